using System.Numerics;
using Dmex.Fast.Collections;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Where cancels wait for their next copy: for a time, for the retry budget, for the account's rate, or for a connection. Owns both
/// budgets. Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>. Not thread-safe.
/// </summary>
internal sealed class CopySchedule
{
    private readonly DueHeap<TrackedCancel> _timers;

    // Due already; the one that was due first goes before the others.
    private readonly DueHeap<TrackedCancel> _awaitingBudget;
    private readonly DueHeap<TrackedCancel> _awaitingRate;
    private readonly RetryBudget _budget;
    private TrackedCancel? _served;
    private long _budgetAt;
    private long _rateAt;

    /// <param name="options">The budgets.</param>
    public CopySchedule(TrackerOptions options)
    {
        var orders = options.Capacity + options.BookCapacity;
        _timers = new DueHeap<TrackedCancel>(orders);
        _awaitingBudget = new DueHeap<TrackedCancel>(orders);
        _awaitingRate = new DueHeap<TrackedCancel>(options.Rate is null ? 0 : orders);
        _budget = new RetryBudget(options.MaxResendsPerSecond);
        Rate = options.Rate is { } rate ? new AccountRateLimiter(rate) : null;
    }

    /// <summary>The account's rate; null for no limit.</summary>
    public AccountRateLimiter? Rate { get; }

    /// <summary>How many wait for a connection.</summary>
    public int AwaitingConnection { get; private set; }

    /// <summary>When <see cref="TakeDue"/> may have something; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDue
    {
        get
        {
            var due = _timers.NextDue;
            due = _awaitingBudget.Count > 0 ? Math.Min(due, BudgetDue) : due;
            return _awaitingRate.Count > 0 ? Math.Min(due, _rateAt) : due;
        }
    }

    // Who comes from the retry budget needs the account's rate too, and would only change the queue while others wait for that.
    private long BudgetDue => _awaitingRate.Count > 0 ? Math.Max(_budgetAt, _rateAt) : _budgetAt;

    /// <summary>
    /// Has a cancel looked at, at the latest, at a time. One that is looked at earlier anyway is left where it is: that look decides
    /// again, and most cancels are resolved before it.
    /// </summary>
    public void LookAt(TrackedCancel cancel, long time)
    {
        if (cancel.Queue == CopyQueue.Timer && cancel.Due <= time)
        {
            return;
        }

        Put(cancel, _timers, CopyQueue.Timer, time);
    }

    /// <summary>Has a cancel wait for a connection.</summary>
    public void AwaitConnection(TrackedCancel cancel)
    {
        Remove(cancel);
        cancel.Queue = CopyQueue.Connection;
        AwaitingConnection++;
    }

    /// <summary>Takes a cancel out of wherever it waits.</summary>
    public void Remove(TrackedCancel cancel)
    {
        HeapOf(cancel.Queue)?.Remove(cancel);
        AwaitingConnection -= cancel.Queue == CopyQueue.Connection ? 1 : 0;
        cancel.Queue = CopyQueue.None;
    }

    /// <summary>
    /// Takes the next cancel that is due and, where it waits for a budget, may find something in it; null when there is none.
    /// </summary>
    public TrackedCancel? TakeDue(long now)
    {
        if (_timers.TakeDue(now) is { } due)
        {
            return Serve(due);
        }

        if (_awaitingBudget.Count > 0 && now >= BudgetDue && _budget.HasOne(now, out _budgetAt))
        {
            return Serve(_awaitingBudget.TakeDue(long.MaxValue)!);
        }

        return _awaitingRate.Count > 0 && now >= _rateAt ? Serve(_awaitingRate.TakeDue(long.MaxValue)!) : null;
    }

    /// <summary>
    /// Pays for a copy on each of some connections, or has the cancel wait until it can. A first copy costs the account's rate alone: no
    /// pause that the venue asks for holds back what was never sent. One whose connection died costs the retry budget only while the
    /// venue speaks of a limit, which may be why it closed. One that a panic asks for costs what there is, and goes.
    /// </summary>
    public bool TryPay(TrackedCancel cancel, uint targets, long now)
    {
        var isRetry = cancel.Attempts > 0 && !cancel.IsUrgent && (!cancel.IsLost || _budget.IsThrottled(now));
        if (isRetry && ((_awaitingBudget.Count > 0 && !ReferenceEquals(cancel, _served)) || !_budget.HasOne(now, out _budgetAt)))
        {
            Hold(cancel, _awaitingBudget, CopyQueue.Budget, now);
            return false;
        }

        if (!TryPayRate(cancel, BitOperations.PopCount(targets), now))
        {
            Hold(cancel, _awaitingRate, CopyQueue.Rate, now);
            return false;
        }

        if (isRetry)
        {
            _budget.Take(); // as it goes, and not before: what was paid for and waits would go on top of the budget
        }

        return true;
    }

    /// <summary>The venue limits the rate: retries pause, and go on at half of it.</summary>
    public void NoteThrottled(long now, long pause)
    {
        _budget.NoteThrottled(now, pause);
        _budgetAt = 0; // to be computed again: it may be later now
    }

    private bool TryPayRate(TrackedCancel cancel, int frames, long now)
    {
        if (Rate is not { } rate)
        {
            return true;
        }

        if (cancel.Panic is { } panic)
        {
            if (panic.RespectsRate && rate.IsHeld(now, out var until))
            {
                _rateAt = until;
                return false;
            }

            var taken = rate.TakeForPanic(frames, now);
            if (taken == frames || !panic.RespectsRate)
            {
                return true;
            }

            rate.GiveBack(taken);
            _rateAt = now + rate.Period;
            return false;
        }

        return (_awaitingRate.Count == 0 || ReferenceEquals(cancel, _served)) && rate.TryTake(frames, now, out _rateAt);
    }

    private TrackedCancel Serve(TrackedCancel cancel)
    {
        cancel.Queue = CopyQueue.None;
        _served = cancel;
        return cancel;
    }

    /// <summary>One that was served and is held again keeps its turn: what it was due at then.</summary>
    private void Hold(TrackedCancel cancel, DueHeap<TrackedCancel> heap, CopyQueue queue, long now) =>
        Put(cancel, heap, queue, ReferenceEquals(cancel, _served) ? cancel.Due : now);

    private void Put(TrackedCancel cancel, DueHeap<TrackedCancel> heap, CopyQueue queue, long due)
    {
        Remove(cancel);
        cancel.Queue = queue;
        cancel.Due = due;
        heap.Add(cancel);
    }

    private DueHeap<TrackedCancel>? HeapOf(CopyQueue queue) => queue switch
    {
        CopyQueue.Timer => _timers,
        CopyQueue.Budget => _awaitingBudget,
        CopyQueue.Rate => _awaitingRate,
        _ => null,
    };
}
