using System.Diagnostics;
using Dmex.Fast.Collections;

namespace Dmex.Fast.Tracking;

/// <summary>
/// One caller's wait for the outcome of a cancel: pooled, decided once by the tracker, delivered outside its lock, and given back
/// when the caller takes the result. The link fields are the tracker's.
/// </summary>
internal sealed class CancelWait : PooledSource<CancelOutcome>, IDue
{
    private readonly IWaitOwner _owner;
    private CancellationTokenRegistration _registration;

    /// <param name="owner">Ends it when its token is canceled, and takes it back.</param>
    /// <param name="failed">Told what a continuation threw.</param>
    public CancelWait(IWaitOwner owner, Action<Exception> failed)
        : base(failed) => _owner = owner;

    /// <summary>The cancel that it waits for; null once decided, and in the pool.</summary>
    public TrackedCancel? Cancel { get; set; }

    /// <summary>Neighbors among a cancel's waits, among those to be delivered, or in the pool.</summary>
    public CancelWait? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    public CancelWait? Previous { get; set; }

    /// <summary>The outcome that was decided, for <see cref="Deliver"/>.</summary>
    public CancelOutcome Decided { get; set; }

    /// <summary>The caller's activity, when somebody listens to ours; the default without one.</summary>
    public ActivityContext Parent { get; set; }

    /// <summary>Canceled rather than decided.</summary>
    public CancellationToken CanceledBy { get; set; }

    /// <inheritdoc/>
    public long Due { get; set; }

    /// <inheritdoc/>
    public int HeapIndex { get; set; } = -1;

    /// <summary>Ends the wait when the token is canceled. By the caller, before anything can complete it.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var wait = (CancelWait)state!;
                    wait._owner.EndWait(wait, token);
                },
                this);
        }
    }

    /// <summary>Tells the caller. Once, outside the tracker's lock.</summary>
    public void Deliver()
    {
        if (CanceledBy.IsCancellationRequested)
        {
            Complete(new OperationCanceledException(
                "The wait was canceled; the cancel itself goes on, and its outcome raises OutcomeChanged.", CanceledBy));
        }
        else
        {
            Complete(Decided);
        }
    }

    /// <inheritdoc/>
    protected override void GiveBack()
    {
        // Waits for a callback in progress, so that none can meet the next use of this object.
        _registration.Dispose();
        _registration = default;
        Decided = default;
        CanceledBy = default;
        _owner.GiveBack(this);
    }
}
