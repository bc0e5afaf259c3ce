namespace Dmex.Fast.WebSockets;

/// <summary>
/// Why a WebSocket was closed (RFC 6455 §7.4 and the IANA registry of close codes).
/// 3000–3999 are registered by libraries and 4000–4999 are private to an application: they appear as plain numbers.
/// </summary>
internal enum CloseCode
{
    /// <summary>No code.</summary>
    None = 0,

    /// <summary>The purpose of the connection is fulfilled.</summary>
    Normal = 1000,

    /// <summary>The endpoint goes away: a server shuts down, or a client leaves.</summary>
    GoingAway = 1001,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>The peer sent a type of data that the endpoint does not take.</summary>
    UnsupportedData = 1003,

    /// <summary>Never on the wire: the close frame carried no code.</summary>
    NoStatus = 1005,

    /// <summary>Never on the wire: the connection ended without a close frame.</summary>
    Abnormal = 1006,

    /// <summary>A message's data did not fit its type, such as text that is not UTF-8.</summary>
    InvalidPayload = 1007,

    /// <summary>A message broke the endpoint's policy.</summary>
    PolicyViolation = 1008,

    /// <summary>A frame or message is larger than the endpoint takes.</summary>
    MessageTooBig = 1009,

    /// <summary>The server did not agree to an extension that the client needs.</summary>
    MandatoryExtension = 1010,

    /// <summary>The server met a condition that keeps it from fulfilling the request.</summary>
    InternalError = 1011,

    /// <summary>The service restarts: connect again.</summary>
    ServiceRestart = 1012,

    /// <summary>The service is overloaded: connect again later.</summary>
    TryAgainLater = 1013,

    /// <summary>A gateway got an invalid answer from the server behind it.</summary>
    BadGateway = 1014,

    /// <summary>Never on the wire: the TLS handshake failed.</summary>
    TlsHandshake = 1015,
}
