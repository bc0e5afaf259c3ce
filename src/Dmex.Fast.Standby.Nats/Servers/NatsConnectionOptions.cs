using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Standby.Nats.Subjects;
using Microsoft.Extensions.Logging.Abstractions;
using NATS.Client.Core;
using NATS.NKeys;

namespace Dmex.Fast.Standby.Nats.Servers;

/// <summary>Makes the connections of a link: who it is, whom it trusts, and how soon it sees that a server is gone.</summary>
internal sealed class NatsConnectionOptions
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(500);
    private readonly NatsStandbyOptions _options;
    private readonly NatsAuthOpts _credentials;
    private readonly NatsTlsOpts _tls;

    public NatsConnectionOptions(NatsStandbyOptions options)
    {
        _options = options;
        _credentials = ReadCredentials(options);
        _tls = options.CertificateAuthorityFile is { } file ? Trust(file) : new NatsTlsOpts { Mode = TlsMode.Disable };
    }

    public NatsServerPath Open(NatsServerAddress address, int index) => new(address, index, OptionsFor(address), _options.TimeProvider);

    private NatsOpts OptionsFor(NatsServerAddress address) => NatsOpts.Default with
    {
        Url = $"nats://{address}",
        Name = $"dmex {NatsNames.Name(_options.Role)} {_options.Book}",
        AuthOpts = _credentials,
        TlsOpts = _tls,
        InboxPrefix = NatsNames.Inbox(_options.Role),
        Echo = false,
        NoRandomize = true,

        // A dead server is seen within three of these; a live one that refuses a credential is asked again, as it may be reconfigured.
        PingInterval = PingInterval,
        MaxPingOut = 2,
        IgnoreAuthErrorAbort = true,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        CommandTimeout = TimeSpan.FromSeconds(1),
        RequestTimeout = _options.RequestTimeout,
        MaxReconnectRetry = -1,
        ReconnectWaitMin = NatsStandbyOptions.MinDelay,
        ReconnectWaitMax = _options.MaxReconnectDelay,
        ReconnectJitter = TimeSpan.FromMilliseconds(20),
        PublishTimeoutOnDisconnected = true,
        SubPendingChannelCapacity = 1 << 16,
        SubPendingChannelFullMode = System.Threading.Channels.BoundedChannelFullMode.DropOldest,
        LoggerFactory = _options.LoggerFactory ?? NullLoggerFactory.Instance,
    };

    private static NatsAuthOpts ReadCredentials(NatsStandbyOptions options)
    {
        if (options.SeedFile is { } seedFile)
        {
            var seed = File.ReadAllText(seedFile).Trim();
            try
            {
                using var pair = KeyPair.FromSeed(seed);
                return new NatsAuthOpts { NKey = pair.GetPublicKey(), Seed = seed };
            }
            catch (Exception e) when (e is NKeysException or FormatException or ArgumentException)
            {
                throw new ArgumentException(
                    $"{nameof(options.SeedFile)}: {seedFile} does not hold the seed of a user's nkey (SU…).", nameof(options), e);
            }
        }

        return options.CredentialsFile is { } credentials
            ? new NatsAuthOpts { CredsFile = credentials }
            : options.User is { } user ? new NatsAuthOpts { Username = user, Password = options.Password } : NatsAuthOpts.Default;
    }

    /// <summary>Trusts the one authority alone, for the name that was configured, whatever the machine trusts.</summary>
    private static NatsTlsOpts Trust(string authorityFile)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(authorityFile);
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException(
                $"{nameof(NatsStandbyOptions.CertificateAuthorityFile)}: {authorityFile} is no PEM file of certificates.",
                nameof(authorityFile),
                e);
        }

        return new NatsTlsOpts
        {
            Mode = TlsMode.Require,
            ConfigureClientAuthentication = tls =>
            {
                tls.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
                return default;
            },
        };
    }
}
