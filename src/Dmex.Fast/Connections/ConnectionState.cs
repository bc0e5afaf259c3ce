namespace Dmex.Fast;

/// <summary>The state of a connection to the venue. It only moves downwards in this list.</summary>
public enum ConnectionState
{
    /// <summary>Not connected yet: name, TCP, TLS or the WebSocket handshake is under way.</summary>
    Connecting,

    /// <summary>Connected; the callback after connecting is running. Cancels are not carried yet.</summary>
    Preparing,

    /// <summary>Carries cancels.</summary>
    Ready,

    /// <summary>Being closed from this side: the close handshake is under way and nothing new is carried.</summary>
    Closing,

    /// <summary>Closed or lost.</summary>
    Closed,
}
