namespace Dmex.Fast.Tracking;

/// <summary>
/// What a <see cref="CancelTracker"/> has decided and its caller is to carry out, after the tracker's lock is released. Used again and
/// again, so that nothing is allocated in steady state. For one thread at a time.
/// </summary>
internal sealed class TrackerEffects
{
    private CancelWait? _decided;

    /// <summary>Copies to send. The outcome of each is told to the tracker.</summary>
    public List<CancelCopy> Copies { get; } = new(64);

    /// <summary>Outcomes that changed after somebody was told otherwise, to be raised as events.</summary>
    public List<OutcomeChangedEventArgs> Changes { get; } = [];

    /// <summary>How many of the copies are not the first of their order.</summary>
    public int Resent { get; set; }

    /// <summary>Orders that the book is to settle.</summary>
    public List<SettledOrder> Settled { get; } = new(16);

    /// <summary>A panic's orders are all resolved, or its counts changed so that its report may be due.</summary>
    public bool PanicProgressed { get; set; }

    /// <summary>A connection, counted from 1, that is no longer to carry the work; 0 for none.</summary>
    public int Demoted { get; set; }

    /// <summary>
    /// When <see cref="CancelTracker.Tick"/> is to be called at the latest, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.
    /// </summary>
    public long NextDue { get; set; } = long.MaxValue;

    /// <summary>Whether there is nothing to carry out.</summary>
    public bool IsEmpty =>
        Copies.Count == 0 && Changes.Count == 0 && Settled.Count == 0 && _decided is null && !PanicProgressed && Demoted == 0;

    /// <summary>A wait to be delivered.</summary>
    public void Deliver(CancelWait wait)
    {
        wait.Next = _decided;
        _decided = wait;
    }

    /// <summary>Takes the next wait to be delivered; null when there is none.</summary>
    public CancelWait? TakeDecided()
    {
        var wait = _decided;
        if (wait is not null)
        {
            // The caller may take the result, and the pool the wait, as soon as it is delivered.
            _decided = wait.Next;
            wait.Next = null;
        }

        return wait;
    }

    /// <summary>Everything was carried out.</summary>
    public void Clear()
    {
        Copies.Clear();
        Changes.Clear();
        Settled.Clear();
        Resent = 0;
        PanicProgressed = false;
        Demoted = 0;
        NextDue = long.MaxValue;
    }
}
