namespace Dmex.Fast;

/// <summary>Why the outcome of a cancel is not known.</summary>
public enum UnresolvedReason
{
    /// <summary>It is known.</summary>
    None,

    /// <summary>The time to wait ran out; the cancel stays in the table and a later answer raises <c>OutcomeChanged</c>.</summary>
    Deadline,

    /// <summary>The time ran out, and the venue's last answer was that too many requests were sent.</summary>
    Throttled,

    /// <summary>The time ran out, and the venue's last answer was that it could not serve the request for now.</summary>
    Busy,

    /// <summary>The connection was lost, or not there, before the venue answered.</summary>
    ConnectionLost,

    /// <summary>Only as the previous outcome of a change: every wait for it had been canceled by its token.</summary>
    WaitCanceled,

    /// <summary>The caller gave the cancel up.</summary>
    Abandoned,

    /// <summary>The client was disposed.</summary>
    Disposed,

    /// <summary>The table of cancels in flight had no room: nothing was sent.</summary>
    TableFull,

    /// <summary>
    /// The venue's own list of open orders has the order, twice in a row after its cancel, whatever a reply said. The cancel goes out
    /// again.
    /// </summary>
    StillOpen,
}
