using System.Diagnostics;
using Dmex.Fast.Book;
using Dmex.Fast.Collections;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Panics;

/// <summary>
/// One panic under way: how far its walk over the book has come, its counts, and its caller's wait. Pooled; guarded by the tracker's
/// lock. Times are ticks of <see cref="Stopwatch"/>.
/// </summary>
internal sealed class PanicOperation : PooledSource<PanicReport>
{
    private readonly PanicRunner _runner;

    /// <param name="runner">Takes it back.</param>
    /// <param name="failed">Told what a continuation threw.</param>
    public PanicOperation(PanicRunner runner, Action<Exception> failed)
        : base(failed) => _runner = runner;

    /// <summary>The next in the pool.</summary>
    public PanicOperation? Next { get; set; }

    public PanicTally Tally { get; } = new();

    /// <summary>The book's number of the panic whose latch it is; 0 for one over given orders, which latches nothing.</summary>
    public int Latch { get; private set; }

    /// <summary>How far the walk over the scope has come.</summary>
    public BookCursor Cursor;

    /// <summary>The orders that it was given; null for one over a scope.</summary>
    public OrderHash[]? Orders { get; private set; }

    public PanicSharing Sharing { get; private set; }

    /// <summary>When it was called for.</summary>
    public long TriggeredAt { get; private set; }

    public long Deadline { get; private set; }

    /// <summary>How many messages that no rule knows had come by then.</summary>
    public long UnknownBefore { get; private set; }

    /// <summary>Everything that was armed in its scope when it began has been fired.</summary>
    public bool IsFiredOut { get; set; }

    /// <summary>The caller has its report, or no caller waits for one.</summary>
    public bool IsReported { get; private set; }

    /// <summary>The caller has taken the report, or no caller ever will.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Nothing comes of it any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>It lies in the pool.</summary>
    public bool IsPooled { get; set; }

    /// <summary>Starts over.</summary>
    public void Begin(long number, PanicOptions options, long triggered, long unknownBefore)
    {
        UnknownBefore = unknownBefore;
        Tally.Begin(number, options.RespectRateBudget, triggered);
        Latch = 0;
        Orders = null;
        Sharing = options.Sharing;
        TriggeredAt = triggered;
        Deadline = triggered + (long)(options.Timeout.TotalSeconds * Stopwatch.Frequency);
        IsFiredOut = IsReported = IsTaken = IsOver = IsPooled = false;
    }

    /// <summary>Covers a scope, which is latched.</summary>
    public void Cover(in BookScope scope, int latch)
    {
        Latch = latch;
        Cursor = BookFiring.OpenCursor(latch, scope);
    }

    /// <summary>Covers these orders and no others.</summary>
    public void Cover(OrderHash[] orders, int number)
    {
        Orders = orders;
        Cursor = BookFiring.OpenCursor(number, default);
    }

    /// <summary>No caller waits for a report: its latch was found in the book's file.</summary>
    public void Detach()
    {
        IsReported = true;
        IsTaken = true;
        Tally.IsReported = true;
    }

    /// <summary>Tells the caller. Outside the lock, once.</summary>
    public void Report(in PanicReport report) => Complete(report);

    /// <summary>The report is about to be told.</summary>
    public void MarkReported()
    {
        IsReported = true;
        Tally.IsReported = true;
    }

    /// <inheritdoc/>
    protected override void GiveBack() => _runner.GiveBack(this);
}
