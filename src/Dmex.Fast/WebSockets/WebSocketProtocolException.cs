namespace Dmex.Fast;

/// <summary>The peer broke RFC 6455 or one of our limits; the connection cannot go on.</summary>
public sealed class WebSocketProtocolException : Exception
{
    /// <summary>Creates the exception with the close code 1002 and a general message.</summary>
    public WebSocketProtocolException()
        : this(CloseCode.ProtocolError, "The peer broke the WebSocket protocol.")
    {
    }

    /// <summary>Creates the exception with the close code 1002.</summary>
    public WebSocketProtocolException(string message)
        : this(CloseCode.ProtocolError, message)
    {
    }

    /// <summary>Creates the exception with the close code 1002 and its cause.</summary>
    public WebSocketProtocolException(string message, Exception innerException)
        : base(message, innerException) => CloseCode = CloseCode.ProtocolError;

    /// <summary>Creates the exception with the close code that tells the peer what it did.</summary>
    public WebSocketProtocolException(CloseCode closeCode, string message)
        : base(message) => CloseCode = closeCode;

    /// <summary>The code to close the connection with: 1002, 1007 or 1009.</summary>
    public CloseCode CloseCode { get; }
}
