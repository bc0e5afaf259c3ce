using System.Threading.Tasks.Sources;
using Dmex.Fast.Book;

namespace Dmex.Fast.Panics;

/// <summary>
/// One panic under way: how far it has come, its figures, and its caller's wait. Pooled; the figures are changed by
/// interlocked operations, the rest under the burst's lock.
/// </summary>
internal sealed class PanicRun : IValueTaskSource<PanicReport>
{
    private readonly PanicBurst _burst;
    private ManualResetValueTaskSourceCore<PanicReport> _core = new() { RunContinuationsAsynchronously = true };

    public PanicRun(PanicBurst burst) => _burst = burst;

    /// <summary>The next in the pool.</summary>
    public PanicRun? Next;

    /// <summary>The book's number of the panic; 0 while this object is not in use.</summary>
    public int Number;

    public BookCursor Cursor;
    public PanicSharing Sharing;
    public bool RespectsBudget;
    public long Triggered;
    public long Deadline;
    public long FirstByte;
    public long LastByte;
    public int Written;
    public int PutOff;
    public int Resent;

    /// <summary>Runs that are not in the kernel's hands yet.</summary>
    public int Sending;

    /// <summary>Everything that was armed in the scope has been fired.</summary>
    public bool IsFiredOut;

    /// <summary>The caller has its report.</summary>
    public bool IsReported;

    /// <summary>The caller has taken the result.</summary>
    public volatile bool IsTaken;

    public ValueTask<PanicReport> Task => new(this, _core.Version);

    public void Begin(int number, PanicOptions options, long triggered, long deadline)
    {
        Number = number;
        Cursor = CancelBook.OpenCursor(number);
        Sharing = options.Sharing;
        RespectsBudget = options.RespectRateBudget;
        Triggered = triggered;
        Deadline = deadline;
        FirstByte = 0;
        LastByte = 0;
        Written = 0;
        PutOff = 0;
        Resent = 0;
        Sending = 0;
        IsFiredOut = false;
        IsReported = false;
        IsTaken = false;
    }

    public void Report(in PanicReport report)
    {
        IsReported = true;
        _core.SetResult(report);
    }

    public PanicReport GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The report is not there yet: await the ValueTask, or turn it into a Task, to wait for it.");
        }

        var report = _core.GetResult(token);
        _core.Reset();
        IsTaken = true;
        _burst.Wake();
        return report;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
