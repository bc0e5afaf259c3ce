using System.Net;

namespace Dmex.Fast.Standby.Nats.Servers;

/// <summary>A server's host, in lower case, and its port.</summary>
internal readonly record struct NatsServerAddress(string Host, int Port)
{
    public bool IsLoopback => string.Equals(Host, "localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The host as it stands in an address: IPv6 in brackets.</summary>
    public string UriHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    public bool IsSameHost(NatsServerAddress other) => string.Equals(Host, other.Host, StringComparison.Ordinal);

    public static bool TryParse(string? text, out NatsServerAddress address)
    {
        address = default;
        const string Scheme = "nats://";
        var hasScheme = text?.Contains("://", StringComparison.Ordinal) == true;
        if (!Uri.TryCreate(hasScheme ? text : Scheme + text, UriKind.Absolute, out var uri)
            || uri is not { Scheme: "nats" or "tls", Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "" or "/" })
        {
            return false;
        }

        var port = uri.Port > 0 ? uri.Port : NatsStandbyOptions.DefaultPort;
        address = new NatsServerAddress(uri.Host.Trim('[', ']').ToLowerInvariant(), port);
        return true;
    }

    /// <summary>The address of options that were checked.</summary>
    public static NatsServerAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));

    public override string ToString() => $"{UriHost}:{Port}";
}
