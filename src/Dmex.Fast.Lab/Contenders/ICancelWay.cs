using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>One way to do the job: sign, send and learn the answer, over a connection of its own.</summary>
internal interface ICancelWay : IAsyncDisposable
{
    /// <summary>What it is made of, in a few words.</summary>
    string Description { get; }

    /// <summary>
    /// Cancels the orders one after the other, each when the one before is answered (a closed loop of one). Implementations
    /// await <paramref name="start"/> before they begin the block: until then the callers have suspended, and the state
    /// machines of all are on the heap before counting starts.
    /// </summary>
    /// <param name="orders">The orders, all open at the venue.</param>
    /// <param name="measurement">Where the block is recorded.</param>
    /// <param name="start">When to begin.</param>
    Task RunAsync(ReadOnlyMemory<OrderHash> orders, WayMeasurement measurement, Task start);

    /// <summary>
    /// Whether cancels of this way may run at the same time and, once everything has run, allocate nothing: the warm-up then
    /// goes on until that is so.
    /// </summary>
    bool AllocatesNothing { get; }

    /// <summary>Drops the connection from another thread, so that a run that waits for an answer ends with an error.</summary>
    void Abort();
}
