namespace Dmex.Fast.WebSockets;

/// <summary>The peer broke RFC 6455 or one of our limits; the connection cannot go on.</summary>
/// <param name="closeCode">Tells the peer what it did: 1002, 1007 or 1009.</param>
/// <param name="message">Tells a person.</param>
internal sealed class WebSocketProtocolException(CloseCode closeCode, string message) : Exception(message)
{
    /// <summary>The code to close the connection with: 1002, 1007 or 1009.</summary>
    public CloseCode CloseCode { get; } = closeCode;
}
