using System.Threading.Tasks.Sources;
using Dmex.Fast.Collections;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// One caller's wait for the outcome of a cancel: pooled, completed once under the table's rules, given back when the
/// caller takes the result. Continuations go to the thread pool (or the caller's context), never onto the thread that
/// completes, which is the reader's or the clock's.
/// </summary>
internal sealed class CancelWait : IValueTaskSource<CancelOutcome>, IDue
{
    private readonly InFlightTable _table;
    private ManualResetValueTaskSourceCore<CancelOutcome> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    public CancelWait(InFlightTable table) => _table = table;

    /// <summary>The order waited for; null when completed or while waiting for room.</summary>
    public InFlightEntry? Entry { get; set; }

    /// <summary>Neighbors among an entry's waits, among those waiting for room, or in the pool.</summary>
    public CancelWait? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    public CancelWait? Previous { get; set; }

    /// <summary>Whether it waits for room in the table, with what to send then.</summary>
    public bool WaitsForRoom { get; set; }

    public OrderHash Hash { get; set; }

    public Signature Signature { get; set; }

    public long Accepted { get; set; }

    /// <summary>The outcome that was decided under the lock and is delivered outside.</summary>
    public CancelOutcome Decided { get; set; }

    /// <summary>Canceled while waiting for room.</summary>
    public bool NeverAccepted { get; set; }

    /// <summary>Canceled rather than decided.</summary>
    public CancellationToken CanceledBy { get; set; }

    /// <inheritdoc/>
    public long Due { get; set; }

    /// <inheritdoc/>
    public int HeapIndex { get; set; } = -1;

    /// <summary>What the caller awaits. Only once a use, before <see cref="Watch"/>.</summary>
    public ValueTask<CancelOutcome> Task => new(this, _core.Version);

    /// <summary>Ends the wait when the token is canceled.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((CancelWait)state!).EndByToken(token), this);
        }
    }

    /// <summary>Tells the caller; called once, outside the table's lock.</summary>
    public void Deliver()
    {
        if (CanceledBy.IsCancellationRequested)
        {
            _core.SetException(new OperationCanceledException(
                NeverAccepted
                    ? "The wait for room in the table was canceled; nothing was sent."
                    : "The wait was canceled; the cancel itself goes on, and its outcome raises OutcomeChanged.",
                CanceledBy));
        }
        else
        {
            _core.SetResult(Decided);
        }
    }

    /// <inheritdoc/>
    public CancelOutcome GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The outcome is not there yet: await the ValueTask, or turn it into a Task, to wait for it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // Waits for a callback in progress, so that none can meet the next use of this object.
            _registration.Dispose();
            _registration = default;
            _core.Reset();
            _table.GiveBack(this);
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void EndByToken(CancellationToken token) => _table.EndWait(this, token);
}
