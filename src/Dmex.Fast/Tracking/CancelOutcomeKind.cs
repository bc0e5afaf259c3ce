namespace Dmex.Fast;

/// <summary>What is known about a cancel.</summary>
public enum CancelOutcomeKind
{
    /// <summary>Not known yet: the order may be open or closed. <see cref="UnresolvedReason"/> says why it is not known.</summary>
    Unresolved,

    /// <summary>The venue answered with an error that means the cancel will not happen; the reason is its own text.</summary>
    Rejected,

    /// <summary>The venue answered that the order is not open any more; the <see cref="GoneReason"/> says how.</summary>
    AlreadyGone,

    /// <summary>The venue answered that the order is canceled.</summary>
    Confirmed,
}
