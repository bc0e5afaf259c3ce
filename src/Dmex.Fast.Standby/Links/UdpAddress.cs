using System.Globalization;
using System.Net;

namespace Dmex.Fast.Standby.Links;

/// <summary>A host, by name or address, and a UDP port.</summary>
/// <param name="Host">In lower case; an IPv6 address without brackets.</param>
/// <param name="Port">From 1 to 65535.</param>
internal readonly record struct UdpAddress(string Host, int Port)
{
    /// <summary>The address of the host; null where it has a name.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>Whether it is all addresses of a host, to which nothing can be sent.</summary>
    public bool IsAny => Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>Reads <c>host:port</c>, <c>address:port</c> or <c>[IPv6]:port</c>.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="address">What it says; only where nothing is wrong.</param>
    /// <returns>What is wrong and what to write; null when nothing is.</returns>
    public static string? Read(string? text, out UdpAddress address)
    {
        address = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0)
        {
            return $"host and port, as s1.example.com:7400, not \"{text}\".";
        }

        var host = text![..colon];
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            return $"an IPv6 address in brackets, as [fd00::1]:7400, not \"{text}\".";
        }

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return host.Length == 0
                ? $"\"{text}\" has no host before its port: write host:port, as s1.example.com:7400."
                : $"\"{host}\" of \"{text}\" is no host: write host:port, as s1.example.com:7400.";
        }

        if (ReadPort(text[(colon + 1)..], out var port) is { } wrong)
        {
            return wrong;
        }

        address = new UdpAddress(host.ToLowerInvariant(), port);
        return null;
    }

    /// <summary>Reads where to listen: a port, of all addresses of this host, or the address of one of them and a port.</summary>
    /// <inheritdoc cref="Read" path="/*[not(self::summary)]"/>
    public static string? ReadLocal(string? text, out UdpAddress address)
    {
        address = default;
        if (text?.Contains(':', StringComparison.Ordinal) != true)
        {
            var wrong = ReadPort(text, out var port);
            address = wrong is null ? new UdpAddress(string.Empty, port) : default;
            return wrong;
        }

        if (Read(text, out var read) is { } problem)
        {
            return problem;
        }

        address = read;
        return read.Address is null
            ? $"an address of this host and a port, as 10.0.0.7:7400, or the port alone; \"{read.Host}\" is a name."
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? ReadPort(string? text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65_535
            ? null
            : $"a port from 1 to 65535, not \"{text}\".";
}
