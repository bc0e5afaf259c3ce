namespace Dmex.Fast.Tracking;

/// <summary>What follows from the kind of a reply. The default value decides nothing.</summary>
internal readonly struct ReplyMeaning
{
    /// <summary>The verdict; unresolved when it is none.</summary>
    public CancelOutcomeKind Kind { get; init; }

    /// <summary>Why the order is gone.</summary>
    public GoneReason Gone { get; init; }

    /// <summary>Why the venue put the cancel off; None when it did not.</summary>
    public UnresolvedReason Trouble { get; init; }

    /// <summary>Whether it states the order's final state.</summary>
    public bool IsVerdict => Kind != CancelOutcomeKind.Unresolved;

    /// <summary>Whether it says that the venue does not know the order.</summary>
    public bool IsNotFound => Kind == CancelOutcomeKind.AlreadyGone && Gone == GoneReason.NotFound;
}
