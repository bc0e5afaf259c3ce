using Microsoft.Extensions.Configuration;

namespace Dmex.Fast.Hosting.Configuration;

/// <summary>Reads <see cref="DmexHostOptions"/> from a section: every option by its name.</summary>
internal static class HostOptionsReader
{
    /// <summary>Reads what the section has; what is wrong goes to <see cref="DmexHostOptions.ReadErrors"/>.</summary>
    public static void Read(IConfiguration section, DmexHostOptions options)
    {
        options.Path = (section as IConfigurationSection)?.Path ?? string.Empty;
        if (section is IConfigurationSection named && !named.Exists())
        {
            options.ReadErrors.Add($"{options.Path}: the configuration has no such section. Check its name, and that its file is found.");
        }

        SectionReader reader = new(section, options.Path, options.ReadErrors);
        ReadClient(reader, options.Client);
        reader.Group(nameof(DmexHostOptions.Key), group =>
        {
            group.Text(nameof(DmexKeyOptions.File), value => options.Key.File = value);
            group.Text(nameof(DmexKeyOptions.Keystore), value => options.Key.Keystore = value);
            group.Text(nameof(DmexKeyOptions.PasswordFile), value => options.Key.PasswordFile = value);
        });
        reader.Group(nameof(DmexHostOptions.Book), group =>
        {
            group.Whole(nameof(DmexBookOptions.Capacity), value => options.Book.Capacity = value);
            group.Text(nameof(DmexBookOptions.File), value => options.Book.File = value);
            group.Name<BookLatchedPolicy>(nameof(DmexBookOptions.WhenLatched), value => options.Book.WhenLatched = value);
            group.Flag(nameof(DmexBookOptions.VerifyArmed), value => options.Book.VerifyArmed = value);
            group.Time(nameof(DmexBookOptions.SignerTimeout), value => options.Book.SignerTimeout = value);
        });
        reader.Group(nameof(DmexHostOptions.PanicOnShutdown), group =>
        {
            group.Flag(nameof(DmexShutdownOptions.Enabled), value => options.PanicOnShutdown.Enabled = value);
            group.Time(nameof(DmexShutdownOptions.Timeout), value => options.PanicOnShutdown.Timeout = value);
        });
        reader.Finish();
    }

    private static void ReadClient(SectionReader reader, DmexClientOptions client)
    {
        reader.Link(nameof(client.Endpoint), value => client.Endpoint = value);
        reader.List(nameof(client.MoreEndpoints), (items, key) => items.Link(key, client.MoreEndpoints.Add));
        reader.Address(nameof(client.Account), value => client.Account = value);
        reader.Address(nameof(client.Signer), value => client.Signer = value);
        reader.Whole(nameof(client.Connections), value => client.Connections = value);
        reader.Name<ConnectionPolicy>(nameof(client.Policy), value => client.Policy = value);
        reader.Flag(nameof(client.AllowPlaintext), value => client.AllowPlaintext = value);
        reader.Flag(nameof(client.AllowBookOfOtherEndpoint), value => client.AllowBookOfOtherEndpoint = value);
        reader.Flag(nameof(client.VerifyAfterSign), value => client.VerifyAfterSign = value);
        reader.Time(nameof(client.ConnectTimeout), value => client.ConnectTimeout = value);
        reader.Time(nameof(client.CancelTimeout), value => client.CancelTimeout = value);
        reader.Time(nameof(client.CloseTimeout), value => client.CloseTimeout = value);
        reader.Group(nameof(client.OpenOrders), group => ReadOpenOrders(group, client.OpenOrders ??= new OpenOrdersOptions()));
        reader.Group(nameof(client.RateBudget), group => ReadRate(group, client.RateBudget ??= new RateBudgetOptions()));
        reader.Group(nameof(client.Retry), group => ReadRetry(group, client.Retry));
        reader.Group(nameof(client.Reconnect), group => ReadReconnect(group, client.Reconnect));
        reader.Group(nameof(client.Liveness), group => ReadLiveness(group, client.Liveness));
        reader.Group(nameof(client.Limits), group => ReadLimits(group, client.Limits));
        reader.Group(nameof(client.Standby), group => ReadStandby(group, client.Standby));
        reader.Group(nameof(client.Handshake), group => ReadHandshake(group, client.Handshake));
        reader.Group(nameof(client.Transport), group => ReadTransport(group, client.Transport));
    }

    private static void ReadOpenOrders(SectionReader reader, OpenOrdersOptions list)
    {
        reader.Link(nameof(list.Endpoint), value => list.Endpoint = value);
        reader.Time(nameof(list.Timeout), value => list.Timeout = value);
        reader.Whole(nameof(list.MaxBytes), value => list.MaxBytes = value);
        reader.Time(nameof(list.Interval), value => list.Interval = value);
        reader.Time(nameof(list.ListLag), value => list.ListLag = value);
    }

    private static void ReadRate(SectionReader reader, RateBudgetOptions rate)
    {
        reader.Whole(nameof(rate.FramesPerSecond), value => rate.FramesPerSecond = value);
        reader.Whole(nameof(rate.Burst), value => rate.Burst = value);
        reader.Whole(nameof(rate.PanicReserve), value => rate.PanicReserve = value);
    }

    private static void ReadRetry(SectionReader reader, RetryOptions retry)
    {
        reader.Time(nameof(retry.AckTimeout), value => retry.AckTimeout = value);
        reader.Time(nameof(retry.NotFoundGrace), value => retry.NotFoundGrace = value);
        reader.Whole(nameof(retry.MaxResendsPerOrder), value => retry.MaxResendsPerOrder = value);
        reader.Whole(nameof(retry.MaxResendsPerSecond), value => retry.MaxResendsPerSecond = value);
        reader.Time(nameof(retry.MaxRetryAfter), value => retry.MaxRetryAfter = value);
    }

    private static void ReadReconnect(SectionReader reader, ReconnectOptions reconnect)
    {
        reader.Time(nameof(reconnect.Delay), value => reconnect.Delay = value);
        reader.Time(nameof(reconnect.MaxDelay), value => reconnect.MaxDelay = value);
        reader.Flag(nameof(reconnect.ConnectInBackground), value => reconnect.ConnectInBackground = value);
    }

    private static void ReadLiveness(SectionReader reader, LivenessOptions liveness)
    {
        reader.Time(nameof(liveness.PingInterval), value => liveness.PingInterval = value);
        reader.Time(nameof(liveness.PongTimeout), value => liveness.PongTimeout = value);
        reader.Text(nameof(liveness.HeartbeatText), value => liveness.HeartbeatText = value);
        reader.Time(nameof(liveness.HeartbeatInterval), value => liveness.HeartbeatInterval = value);
        reader.Flag(nameof(liveness.KeepWarm), value => liveness.KeepWarm = value);
    }

    private static void ReadLimits(SectionReader reader, LimitsOptions limits)
    {
        reader.Whole(nameof(limits.InFlightCapacity), value => limits.InFlightCapacity = value);
        reader.Whole(nameof(limits.SendBufferSize), value => limits.SendBufferSize = value);
        reader.Whole(nameof(limits.MaxWaitingSends), value => limits.MaxWaitingSends = value);
        reader.Whole(nameof(limits.MaxFrameSize), value => limits.MaxFrameSize = value);
        reader.Whole(nameof(limits.MaxMessageSize), value => limits.MaxMessageSize = value);
        reader.Whole(nameof(limits.EventQueueCapacity), value => limits.EventQueueCapacity = value);
        reader.Long(nameof(limits.EventQueueBytes), value => limits.EventQueueBytes = value);
        reader.Whole(nameof(limits.UnrecognizedThreshold), value => limits.UnrecognizedThreshold = value);
    }

    private static void ReadStandby(SectionReader reader, StandbyOptions standby)
    {
        reader.Text(nameof(standby.BeatPage), value => standby.BeatPage = value);
        reader.Time(nameof(standby.Ttl), value => standby.Ttl = value);
        reader.Flag(nameof(standby.ResumeWithOtherOrders), value => standby.ResumeWithOtherOrders = value);
    }

    private static void ReadHandshake(SectionReader reader, HandshakeOptions handshake)
    {
        reader.Map(nameof(handshake.Headers), (name, value) => handshake.Headers[name] = value);
        reader.Text(nameof(handshake.UserAgent), value => handshake.UserAgent = value);
        reader.List(nameof(handshake.SubProtocols), (items, key) => items.Text(key, handshake.SubProtocols.Add));
    }

    private static void ReadTransport(SectionReader reader, TransportOptions transport)
    {
        reader.List(nameof(transport.PinnedPublicKeys), (items, key) => items.Digest(key, transport.PinnedPublicKeys.Add));
        reader.Certificates("TrustRootsFile", value => transport.TrustRoots = value);
        reader.Whole(nameof(transport.SendBufferSize), value => transport.SendBufferSize = value);
        reader.Whole(nameof(transport.ReceiveBufferSize), value => transport.ReceiveBufferSize = value);
        reader.Flag(nameof(transport.AllowCertificateDownloads), value => transport.AllowCertificateDownloads = value);
        reader.Flag(nameof(transport.BusyPoll), value => transport.BusyPoll = value);
    }
}
