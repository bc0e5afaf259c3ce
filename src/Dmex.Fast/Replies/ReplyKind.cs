namespace Dmex.Fast;

/// <summary>What a message says about one order.</summary>
public enum ReplyKind
{
    /// <summary>Nothing that decides a cancel.</summary>
    None,

    /// <summary>The order was canceled. Final.</summary>
    Confirmed,

    /// <summary>The order is not open any more; <see cref="Reply.Gone"/> says why.</summary>
    Gone,

    /// <summary>The cancel was refused for a reason that sending it again does not fix.</summary>
    Rejected,

    /// <summary>The venue limits the rate: send it again later, more slowly. Never final.</summary>
    Throttled,

    /// <summary>The venue is busy, timed out or failed inside: send it again later. Never final.</summary>
    Busy,

    /// <summary>
    /// The venue has the cancel, and has not carried it out yet: received, queued, pending. Never final and never a
    /// confirmation.
    /// </summary>
    Acknowledged,
}
