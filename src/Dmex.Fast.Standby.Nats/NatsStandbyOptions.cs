using Dmex.Fast.Standby.Nats.Configuration;
using Dmex.Fast.Standby.Nats.Servers;
using Dmex.Fast.Standby.Nats.Subjects;
using Microsoft.Extensions.Logging;

namespace Dmex.Fast.Standby.Nats;

/// <summary>How a process reaches a book's NATS cluster. Read once, when a link is opened.</summary>
public sealed class NatsStandbyOptions
{
    /// <summary>The port of a server whose address names none.</summary>
    public const int DefaultPort = 4222;

    internal static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Every server of the cluster, each once, as host[:port]: 1, 3 or 5. The order is the same for the engine and its standbys, so that
    /// a live path passes one server alone. Each gets a connection of its own, which never moves to a server that another announces.
    /// </summary>
    public IReadOnlyList<string> Servers { get; set; } = [];

    /// <summary>The book's name, a part of every subject and of the stream's name: 1 to 32 of a-z, 0-9 and '-'.</summary>
    public string Book { get; set; } = "";

    /// <summary>What this process is to the book.</summary>
    public NatsStandbyRole Role { get; set; }

    /// <summary>
    /// The PEM file of the authority that signed the servers' certificates; null: no TLS, which is refused but on loopback.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>The file of the role's nkey seed (SU…), readable by its owner alone.</summary>
    public string? SeedFile { get; set; }

    /// <summary>The file of a user's JWT and seed (.creds), readable by its owner alone.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>A user's name, with <see cref="Password"/>.</summary>
    public string? User { get; set; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public string? Password { get; set; }

    /// <summary>The file of the key that seals what is sent; the link itself never reads it. Null: known elsewhere.</summary>
    public string? KeyFile { get; set; }

    /// <summary>On how many servers the stream is kept: 3 or 5, or 1 where there is one server.</summary>
    public int Replicas { get; set; } = 3;

    /// <summary>The size from which the stream refuses appends rather than lose its oldest records; at least 1 MiB.</summary>
    public long MaxStreamBytes { get; set; } = 1L << 30;

    /// <summary>How long a server has to answer a request before its outcome is unknown.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an append waits for the stream to have a leader.</summary>
    public TimeSpan ElectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts to reach a server; they never end.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Where the connections log; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock of <see cref="Links.IStandbyLink.WitnessesSince"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Reads the options from a file that <see cref="NatsClusterConfiguration"/> wrote; paths in it are relative to its folder.
    /// </summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="InvalidDataException">The file is not such a file; the message says where it goes wrong.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static NatsStandbyOptions Load(string path) => NatsStandbyFile.Read(path);

    /// <summary>What is wrong with the options, each with its name and the remedy; empty when nothing is.</summary>
    public IReadOnlyList<string> GetErrors()
    {
        var errors = new List<string>();
        CheckServers(errors);
        CheckCredentials(errors);
        if (!NatsNames.IsName(Book))
        {
            errors.Add($"{nameof(Book)}: 1 to {NatsNames.MaxLength} of a-z, 0-9 and '-', not '{Book}'.");
        }

        if (Role is not (NatsStandbyRole.Engine or NatsStandbyRole.Standby or NatsStandbyRole.Operator))
        {
            errors.Add($"{nameof(Role)}: {NatsStandbyRole.Engine}, {NatsStandbyRole.Standby} or {NatsStandbyRole.Operator}, not {Role}.");
        }

        if (MaxStreamBytes < 1 << 20)
        {
            errors.Add($"{nameof(MaxStreamBytes)}: at least {1 << 20}, not {MaxStreamBytes}.");
        }

        CheckTime(errors, RequestTimeout, nameof(RequestTimeout));
        CheckTime(errors, ElectionTimeout, nameof(ElectionTimeout));
        CheckTime(errors, MaxReconnectDelay, nameof(MaxReconnectDelay));
        if (TimeProvider is null)
        {
            errors.Add($"{nameof(TimeProvider)}: a clock; {nameof(TimeProvider)}.{nameof(TimeProvider.System)} is the machine's.");
        }

        return errors;
    }

    /// <summary>Refuses options that are wrong.</summary>
    /// <exception cref="ArgumentException">Some are; the message names all of them, each with the remedy.</exception>
    public void Validate() => OptionMessages.ThrowIfAny(GetErrors());

    private void CheckServers(List<string> errors)
    {
        if (Servers is not { Count: 1 or 3 or 5 })
        {
            errors.Add($"{nameof(Servers)}: 1, 3 or 5 of them, so that a majority is one; not {Servers?.Count ?? 0}.");
        }

        var addresses = new List<NatsServerAddress>();
        foreach (var server in Servers ?? [])
        {
            if (!NatsServerAddress.TryParse(server, out var address))
            {
                errors.Add($"{nameof(Servers)}: host[:port] each, as nats-1.example.com:{DefaultPort}, not '{server}'.");
            }
            else if (addresses.Contains(address))
            {
                errors.Add(
                    $"{nameof(Servers)}: '{server}' is named twice; one server counted as two would be a majority that is none. "
                    + "Name each once.");
            }
            else
            {
                addresses.Add(address);
            }
        }

        var isSingle = Servers is { Count: 1 } && Replicas == 1;
        if (!isSingle && (Replicas is not (3 or 5) || Replicas > (Servers?.Count ?? 0)))
        {
            errors.Add(
                $"{nameof(Replicas)}: 3 or 5 and at most one a server, or 1 with a single server, not {Replicas} on {Servers?.Count ?? 0}: "
                + "a stream with one copy is lost with its server.");
        }

        if (CertificateAuthorityFile is null)
        {
            foreach (var address in addresses.Where(address => !address.IsLoopback))
            {
                errors.Add(
                    $"{nameof(CertificateAuthorityFile)}: needed for {address}, which is not on loopback: without TLS anyone on the way "
                    + "reads and forges what passes. Name the authority's PEM file; 'dmex standby init' writes one.");
            }
        }
        else if (!File.Exists(CertificateAuthorityFile))
        {
            errors.Add($"{nameof(CertificateAuthorityFile)}: there is no file {CertificateAuthorityFile}.");
        }
    }

    private void CheckCredentials(List<string> errors)
    {
        var kinds = (SeedFile is null ? 0 : 1) + (CredentialsFile is null ? 0 : 1) + (User is null ? 0 : 1);
        if (kinds > 1)
        {
            errors.Add($"{nameof(SeedFile)}, {nameof(CredentialsFile)}, {nameof(User)}: one of them, not {kinds}.");
        }

        if (kinds == 0 && CertificateAuthorityFile is not null)
        {
            errors.Add(
                $"{nameof(SeedFile)}: who this process is must be named: by {nameof(SeedFile)}, {nameof(CredentialsFile)}, "
                + $"or {nameof(User)} and {nameof(Password)}.");
        }

        if ((User is null) != (Password is null))
        {
            errors.Add($"{nameof(User)} and {nameof(Password)}: both or neither.");
        }

        CheckSecret(errors, SeedFile, nameof(SeedFile));
        CheckSecret(errors, CredentialsFile, nameof(CredentialsFile));
        CheckSecret(errors, KeyFile, nameof(KeyFile));
    }

    private static void CheckSecret(List<string> errors, string? path, string name)
    {
        if (path is null)
        {
            return;
        }

        if (!File.Exists(path))
        {
            errors.Add($"{name}: there is no file {path}.");
        }
        else if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
        {
            errors.Add($"{name}: {path} can be read or written by others: chmod 600 {path}");
        }
    }

    private static void CheckTime(List<string> errors, TimeSpan time, string name)
    {
        if (time < MinDelay || time > TimeSpan.FromMinutes(1))
        {
            errors.Add($"{name}: from 50 ms to a minute, not {time}.");
        }
    }
}
