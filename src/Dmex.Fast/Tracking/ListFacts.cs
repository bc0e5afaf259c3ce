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

    /// <summary>What holds.</summary>
    /// <param name="cancel">Open or remembered.</param>
    /// <param name="read">The read.</param>
    /// <param name="from">No read that began before counts for it.</param>
    /// <param name="grace">How long a cancel is young.</param>
    /// <param name="oursSince">When a read began that had an order of ours.</param>
    public static ListFacts Of(TrackedCancel cancel, in ListRead read, long from, long grace, long oursSince)
    {
        var counts = read.BeganAt >= from && read.BeganAt >= cancel.SightedUntil;
        return new ListFacts
        {
            Counts = counts,
            IsOpen = cancel.Stage == CancelStage.Open,
            Told = cancel.Reported.Kind,
            IsListed = counts && read.Open.Contains(cancel.Hash),
            Before = cancel.SightedFrom >= from ? cancel.Sighting : ListSighting.None,
            IsOurs = cancel.WasListed || (cancel.Stage == CancelStage.Open && oursSince < read.BeganAt),
            MayBeEarly = !cancel.IsLive && read.BeganAt - cancel.AcceptedAt < grace,
        };
    }
}
