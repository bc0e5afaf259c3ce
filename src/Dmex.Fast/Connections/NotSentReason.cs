namespace Dmex.Fast;

/// <summary>Why nothing was sent.</summary>
public enum NotSentReason
{
    /// <summary>It was sent, or may have been.</summary>
    None,

    /// <summary>The connection is not ready, is closing, or was lost.</summary>
    NotConnected,

    /// <summary>The token was canceled while the message waited for room in the send buffers.</summary>
    Canceled,

    /// <summary>The send buffers are full, and as many messages as allowed wait for room.</summary>
    QueueFull,

    /// <summary>The account's rate budget has nothing left for now.</summary>
    RateBudget,

    /// <summary>The order was resolved while its cancel waited for room in the send buffers: there was nothing left to cancel.</summary>
    Withdrawn,
}
