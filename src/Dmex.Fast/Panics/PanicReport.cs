using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// What became of a panic, at its end or its deadline:
/// <c>Orders = Confirmed + AlreadyGone + NotFound + Rejected + Unresolved + Left</c>. Times count from the call. An immutable value.
/// </summary>
public readonly record struct PanicReport
{
    /// <summary>How many orders were covered and armed; with those that met the latch until now.</summary>
    public int Orders { get; init; }

    /// <summary>Of how many a cancel was handed to the kernel.</summary>
    public int Written { get; init; }

    /// <summary>The venue said that they are canceled.</summary>
    public int Confirmed { get; init; }

    /// <summary>The venue said that they were not open any more.</summary>
    public int AlreadyGone { get; init; }

    /// <summary>
    /// The venue did not know them, for as long as <see cref="RetryOptions.NotFoundGrace"/>, and they were never marked live
    /// (<see cref="CancelBook.MarkLive"/>): they may still reach it, and be open then.
    /// </summary>
    public int NotFound { get; init; }

    /// <summary>The venue refused to cancel them.</summary>
    public int Rejected { get; init; }

    /// <summary>Not known yet: they may be open, and are still retried.</summary>
    public int Unresolved { get; init; }

    /// <summary>Taken over by a later panic, or taken out of the book by the caller.</summary>
    public int Left { get; init; }

    /// <summary>
    /// How many of the orders that a panic was given by their hashes are not in the book, so that nothing was sent for them; 0 for a
    /// scope. Not among <see cref="Orders"/>.
    /// </summary>
    public int NotArmed { get; init; }

    /// <summary>How often the venue put a cancel off because of its limits or its load.</summary>
    public int PutOff { get; init; }

    /// <summary>How many copies were sent again.</summary>
    public int Resent { get; init; }

    /// <summary>Until the kernel had the first batch of cancels; null when nothing was written.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>Until the kernel had the last order's first cancel; null when nothing was written.</summary>
    public TimeSpan? LastByte { get; init; }

    /// <summary>Until the last order was known to be closed; null when none is.</summary>
    public TimeSpan? LastConfirmation { get; init; }

    /// <summary>
    /// While an order is unresolved: how many messages came since the call that no rule ascribed to an order, on any connection; else 0.
    /// </summary>
    public long UnknownMessages { get; init; }

    /// <summary>How the last of them begins, printable and without signatures; null when there are none.</summary>
    public string? LastUnknownMessage { get; init; }

    /// <summary>The orders that are unresolved; null when there are none.</summary>
    public IReadOnlyList<OrderHash>? UnresolvedOrders { get; init; }
}
