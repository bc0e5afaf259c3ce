using Dmex.Fast.Collections;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Who waits for cancels: each wait is decided once, by an outcome, by its deadline or by its caller, and what was told is remembered.
/// Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>. Not thread-safe: a part of <see cref="CancelTracker"/>.
/// </summary>
internal sealed class CancelWaits
{
    // Undecided waits may outnumber orders, because many may wait for one; beyond this many a caller is turned away.
    private const int WaitsPerOrder = 4;

    private readonly DueHeap<CancelWait> _deadlines;
    private readonly long _max;
    private int _count;

    /// <param name="capacity">How many orders may be unresolved.</param>
    public CancelWaits(int capacity)
    {
        _max = (long)capacity * WaitsPerOrder;
        _deadlines = new DueHeap<CancelWait>(capacity);
    }

    /// <summary>Whether another wait can be taken.</summary>
    public bool HasRoom => _count < _max;

    /// <summary>When the next deadline is; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue => _deadlines.NextDue;

    /// <summary>Has a caller wait for a cancel.</summary>
    /// <param name="cancel">Open.</param>
    /// <param name="wait">Not linked; with its deadline.</param>
    public void Add(TrackedCancel cancel, CancelWait wait)
    {
        _count++;
        cancel.HasCaller = true;
        cancel.Link(wait);
        if (wait.Due != long.MaxValue)
        {
            _deadlines.Add(wait);
        }
    }

    /// <summary>The next wait whose time is up; null when there is none.</summary>
    public CancelWait? TakeDue(long now) => _deadlines.TakeDue(now);

    /// <summary>Takes back a wait that was not decided.</summary>
    public void Remove(TrackedCancel cancel, CancelWait wait)
    {
        _count--;
        _deadlines.Remove(wait);
        cancel.Unlink(wait);
    }

    /// <summary>Tells one who waits, and remembers what was told.</summary>
    public void Tell(TrackedCancel cancel, CancelWait wait, in CancelOutcome outcome, TrackerEffects effects)
    {
        cancel.WasReported = true;
        cancel.Reported = outcome;
        wait.Decided = outcome;
        Remove(cancel, wait);
        effects.Deliver(wait);
    }

    /// <summary>Tells all who wait, and remembers what they were told, also when nobody waits.</summary>
    public void Tell(TrackedCancel cancel, in CancelOutcome outcome, TrackerEffects effects)
    {
        cancel.WasReported = true;
        cancel.Reported = outcome;
        while (cancel.AnyWait() is { } wait)
        {
            Tell(cancel, wait, outcome, effects);
        }
    }
}
