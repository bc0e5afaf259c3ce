namespace Dmex.Fast.Tracking;

/// <summary>All that decides what a read of the venue's list means for a cancel. A value.</summary>
internal readonly struct ListFacts
{
    /// <summary>The read began long enough after the cancel was last written, and after the read before had ended.</summary>
    public bool Counts { get; init; }

    /// <summary>Unresolved.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What was told, for one that is resolved.</summary>
    public CancelOutcomeKind Told { get; init; }

    /// <summary>The list has the order.</summary>
    public bool IsListed { get; init; }

    /// <summary>What the read before said that counted.</summary>
    public ListSighting Before { get; init; }

    /// <summary>
    /// The list has had the order or, for one that the venue has not refused, another of this client's: it is the list that would have it.
    /// That of another account, or of another venue, has none of them, and its silence says nothing.
    /// </summary>
    public bool IsOurs { get; init; }

    /// <summary>The order may not have reached the venue yet: it was never seen there, and its cancel is young.</summary>
    public bool MayBeEarly { get; init; }
}
