using System.Net;

namespace Dmex.Fast.Standby.Nats.Servers;

/// <summary>A server's host, in lower case, and its port.</summary>
internal readonly record struct NatsServerAddress(string Host, int Port)
{
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The host as it stands in an address: IPv6 in brackets.</summary>
    public string UriHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    public static bool TryParse(string? text, out NatsServerAddress address)
    {
        address = default;
        const string Scheme = "nats://";
        if (text is null || !Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : Scheme + text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("nats" or "tls") || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.PathAndQuery is not ("" or "/"))
        {
            return false;
        }

        address = new NatsServerAddress(uri.Host.Trim('[', ']').ToLowerInvariant(), uri.Port > 0 ? uri.Port : NatsStandbyOptions.DefaultPort);
        return true;
    }

    public override string ToString() => $"{UriHost}:{Port}";
}
