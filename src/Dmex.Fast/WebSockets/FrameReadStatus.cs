namespace Dmex.Fast.WebSockets;

/// <summary>What <see cref="FrameReader.TryRead"/> found at the front of the receive buffer.</summary>
internal enum FrameReadStatus
{
    /// <summary>No further message is complete: read more bytes.</summary>
    NeedMore,

    /// <summary>A whole text message; its bytes are valid UTF-8.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>A ping: answer with a pong of the same payload.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A close frame with a valid code and reason, or with neither.</summary>
    Close,

    /// <summary>The peer broke the protocol or a limit; see <see cref="FrameReader.Error"/>. The reader stays here.</summary>
    ProtocolError,
}
