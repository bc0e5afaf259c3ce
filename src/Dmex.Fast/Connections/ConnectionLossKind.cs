namespace Dmex.Fast;

/// <summary>How a connection ended.</summary>
public enum ConnectionLossKind
{
    /// <summary>The venue closed it with a close frame; the code and reason are the venue's.</summary>
    ClosedByVenue,

    /// <summary>The bytes stopped without a close frame: reset, cut, or closed below the WebSocket.</summary>
    Broken,

    /// <summary>Nothing arrived within the time for a pong, although pings were sent.</summary>
    Silent,

    /// <summary>The venue broke the WebSocket protocol or a limit; the code is the one that it was told.</summary>
    ProtocolError,

    /// <summary>This client closed it.</summary>
    ClosedHere,
}
