using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// What became of the open orders, by both witnesses: <c>Orders = Confirmed + AlreadyGone + NotFound + Rejected + Unresolved + Left</c> by
/// the replies and the list together, and <see cref="IsClear"/> by the list alone. Immutable.
/// </summary>
public sealed record CancelAllReport
{
    /// <summary>Two reads of the list in a row, after the last cancel, had nothing open that passes the filter.</summary>
    public required bool IsClear { get; init; }

    /// <summary>How many orders were canceled by this call.</summary>
    public required int Orders { get; init; }

    /// <summary>How many of them came to be listed after the first read.</summary>
    public required int Appeared { get; init; }

    /// <summary>The venue said that they are canceled.</summary>
    public required int Confirmed { get; init; }

    /// <summary>The venue said that they were not open any more, or its list has them no more.</summary>
    public required int AlreadyGone { get; init; }

    /// <summary>The venue did not know them, and the list had not had them for certain.</summary>
    public required int NotFound { get; init; }

    /// <summary>The venue refused to cancel them.</summary>
    public required int Rejected { get; init; }

    /// <summary>Neither witness has spoken, or the list still has them: they are retried further.</summary>
    public required int Unresolved { get; init; }

    /// <summary>Taken over by a panic, or given up by the caller.</summary>
    public required int Left { get; init; }

    /// <summary>Reads of the list that succeeded.</summary>
    public required int Reads { get; init; }

    /// <summary>Reads of the list that failed.</summary>
    public required int FailedReads { get; init; }

    /// <summary>Why the last read that failed did; null when none failed.</summary>
    public OpenOrdersException? LastFailure { get; init; }

    /// <summary>What passes the filter and is open by the last list that was read; empty when nothing is, or no list was read.</summary>
    public required IReadOnlyList<OpenOrder> StillOpen { get; init; }

    /// <summary>The orders that are unresolved.</summary>
    public required IReadOnlyList<OrderHash> UnresolvedOrders { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
