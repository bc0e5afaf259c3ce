using Dmex.Fast.WebSockets;

namespace Dmex.Fast;

/// <summary>
/// What the opening handshake sends beside the headers that it owns: extra headers (a key of an API gateway, say), the
/// User-Agent and subprotocols. Not thread-safe while it is being changed.
/// </summary>
public sealed class HandshakeOptions
{
    private const int MaxNameShown = 64;

    private static readonly string[] Owned = ["Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding"];

    /// <summary>
    /// Further request headers by name; names are the same in any case. Values are printable ASCII, spaces and tabs; they
    /// never appear in an error. Host, Upgrade, Connection, Content-Length, Transfer-Encoding and Sec-WebSocket-* belong
    /// to the handshake, User-Agent to <see cref="UserAgent"/>.
    /// </summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The User-Agent header; null or empty leaves it out.</summary>
    public string? UserAgent { get; set; } = "Dmex.Fast";

    /// <summary>
    /// The subprotocols offered, the most wanted first; empty offers none. Each is a token (RFC 9110 §5.6.2) and occurs once.
    /// </summary>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>Checks every name and value. Connecting does so too.</summary>
    /// <exception cref="ArgumentException">
    /// A name, value or subprotocol cannot be sent; the message names it and never shows a value.
    /// </exception>
    public void Validate()
    {
        foreach ((var header, var value) in Headers)
        {
            ValidateName(header);
            ValidateValue(header, value);
        }

        ValidateValue("User-Agent", UserAgent ?? string.Empty);
        var offered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var subProtocol in SubProtocols)
        {
            ValidateSubProtocol(subProtocol, offered);
        }
    }

    private static void ValidateName(string header)
    {
        if (!HttpText.IsToken(header))
        {
            throw new ArgumentException(
                $"The header name \"{HttpText.Printable(header, MaxNameShown)}\" is not a token: "
                + "one or more letters, digits or !#$%&'*+-.^_`|~.",
                nameof(header));
        }

        if (header.Equals("User-Agent", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The header {HttpText.Printable(header, MaxNameShown)} is set through {nameof(UserAgent)}.", nameof(header));
        }

        if (Owned.Contains(header, StringComparer.OrdinalIgnoreCase)
            || header.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The header {HttpText.Printable(header, MaxNameShown)} belongs to the handshake and cannot be set.", nameof(header));
        }
    }

    private static void ValidateValue(string header, string value)
    {
        if (value is null || !HttpText.IsFieldValue(value))
        {
            throw new ArgumentException(
                $"The value of the header {HttpText.Printable(header, MaxNameShown)} must be printable ASCII, spaces and tabs, "
                + "without CR, LF or NUL.",
                nameof(value));
        }
    }

    private static void ValidateSubProtocol(string subProtocol, HashSet<string> offered)
    {
        if (!HttpText.IsToken(subProtocol))
        {
            throw new ArgumentException(
                $"The subprotocol \"{HttpText.Printable(subProtocol, MaxNameShown)}\" is not a token: "
                + "one or more letters, digits or !#$%&'*+-.^_`|~.",
                nameof(subProtocol));
        }

        if (!offered.Add(subProtocol))
        {
            throw new ArgumentException(
                $"The subprotocol {HttpText.Printable(subProtocol, MaxNameShown)} is offered twice.", nameof(subProtocol));
        }
    }
}
