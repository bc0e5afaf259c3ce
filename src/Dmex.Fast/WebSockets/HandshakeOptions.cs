namespace Dmex.Fast.WebSockets;

/// <summary>What the opening handshake sends beside the headers that it owns.</summary>
public sealed class HandshakeOptions
{
    /// <summary>Further request headers by name, in any case.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The User-Agent header; null or empty leaves it out.</summary>
    public string? UserAgent { get; set; } = "Dmex.Fast";

    /// <summary>The subprotocols offered, the most wanted first; empty offers none.</summary>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>Checks every name and value.</summary>
    public void Validate() => ArgumentNullException.ThrowIfNull(Headers);
}
