using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>What a <see cref="CancelTracker"/> is told at its start. Times are ticks of <see cref="Stopwatch"/>.</summary>
internal sealed class TrackerOptions
{
    /// <summary>How many cancels may be unresolved that callers asked for.</summary>
    public required int Capacity { get; init; }

    /// <summary>Slots of the book, whose orders never lack room; 0 without a book.</summary>
    public int BookCapacity { get; init; }

    /// <summary>How the connections share the work.</summary>
    public ConnectionPolicy Policy { get; init; } = ConnectionPolicy.Primary;

    /// <summary>
    /// How often a copy is sent again that was put off or not answered, for what no panic fired; what died with its connection does not
    /// count.
    /// </summary>
    public int MaxResendsPerOrder { get; init; } = int.MaxValue;

    /// <summary>How many copies may be sent again in a second, over all orders.</summary>
    public int MaxResendsPerSecond { get; init; } = 1000;

    /// <summary>
    /// How long a copy may stay unanswered on a connection that answers nothing else either; <see cref="long.MaxValue"/> for no limit. At
    /// most a day.
    /// </summary>
    public long AckTimeout { get; init; } = long.MaxValue;

    /// <summary>How long after its acceptance "not found" may mean that the cancel overtook its order.</summary>
    public long NotFoundGrace { get; init; }

    /// <summary>How far the venue's list of open orders may lag behind; null when no list is read.</summary>
    public long? ListLag { get; init; }

    /// <summary>The longest pause that a reply of the venue can cause.</summary>
    public long MaxRetryAfter { get; init; } = 5 * Stopwatch.Frequency;

    /// <summary>The account's rate; null for no limit.</summary>
    public RateBudgetOptions? Rate { get; init; }

    /// <summary>Whatever decides at random begins with it. Not 0.</summary>
    public ulong Seed { get; init; } = 1;
}
