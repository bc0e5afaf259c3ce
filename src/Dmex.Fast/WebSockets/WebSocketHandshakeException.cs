namespace Dmex.Fast;

/// <summary>The server did not upgrade the connection to a WebSocket, or upgraded it wrongly.</summary>
public sealed class WebSocketHandshakeException : Exception
{
    /// <summary>Creates the exception with a general message.</summary>
    public WebSocketHandshakeException()
        : this("The WebSocket handshake failed.")
    {
    }

    /// <summary>Creates the exception for a failure without an HTTP status.</summary>
    public WebSocketHandshakeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception for a failure without an HTTP status, with its cause.</summary>
    public WebSocketHandshakeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a response that was read.</summary>
    public WebSocketHandshakeException(string message, int? statusCode, string? reasonPhrase, TimeSpan? retryAfter)
        : base(message)
    {
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status of the response; null when none could be read.</summary>
    public int? StatusCode { get; }

    /// <summary>The words behind the status, printable ASCII and cut to a bounded length; null when none were read.</summary>
    public string? ReasonPhrase { get; }

    /// <summary>
    /// How long the server asks to wait before the next attempt (Retry-After, RFC 9110 §10.2.3); null when it does not say.
    /// </summary>
    public TimeSpan? RetryAfter { get; }
}
