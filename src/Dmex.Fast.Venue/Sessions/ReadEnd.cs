namespace Dmex.Fast.Venue.Sessions;

/// <summary>How the reading of a message ended.</summary>
internal enum ReadEnd
{
    /// <summary>A whole message was read.</summary>
    Message,

    /// <summary>The client sent a close frame.</summary>
    Close,

    /// <summary>The message is longer than allowed.</summary>
    TooBig,

    /// <summary>The connection broke, or the client broke the protocol (the WebSocket answered that itself).</summary>
    Broken,
}
