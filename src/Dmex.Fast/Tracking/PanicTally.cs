namespace Dmex.Fast.Tracking;

/// <summary>
/// What has become of the orders that one panic fired:
/// <c>Fired = Confirmed + Gone + NotFound + Rejected + Unresolved + Left</c>. Changed by the tracker alone, under its lock. Times are
/// ticks of <see cref="System.Diagnostics.Stopwatch"/>, 0 for never.
/// </summary>
internal sealed class PanicTally
{
    /// <summary>Counts the panics of a client: a tally is used again under another number.</summary>
    public long Number;

    /// <summary>Whether its copies keep to the account's rate; otherwise they are counted and go.</summary>
    public bool RespectsRate;

    /// <summary>When the panic was called for: copies that an earlier one had written count as written then.</summary>
    public long TriggeredAt;

    /// <summary>Its caller has the report: what changes later is told as an event.</summary>
    public bool IsReported;

    /// <summary>It is among those under way no more, and its tally may be used again: it counts nothing further.</summary>
    public bool IsOver;

    /// <summary>Orders whose cancels it fired, those that it took over from an earlier panic among them.</summary>
    public int Fired;

    /// <summary>The venue said that they are canceled.</summary>
    public int Confirmed;

    /// <summary>The venue said that they were not open any more.</summary>
    public int Gone;

    /// <summary>The venue did not know them, and they were never marked live.</summary>
    public int NotFound;

    /// <summary>The venue refused to cancel them.</summary>
    public int Rejected;

    /// <summary>Unresolved.</summary>
    public int Unresolved;

    /// <summary>Taken over by a later panic, taken out of the book, or given up by the caller.</summary>
    public int Left;

    /// <summary>Orders of which a copy was written.</summary>
    public int Written;

    /// <summary>How often the venue put a copy off.</summary>
    public int PutOff;

    /// <summary>Copies that were sent again.</summary>
    public int Resent;

    public long FirstByteAt;
    public long LastByteAt;
    public long LastClosedAt;

    /// <summary>Starts over for another panic.</summary>
    public void Begin(long number, bool respectsRate, long triggered)
    {
        Number = number;
        TriggeredAt = triggered;
        RespectsRate = respectsRate;
        IsReported = IsOver = false;
        Fired = Confirmed = Gone = NotFound = Rejected = Unresolved = Left = Written = PutOff = Resent = 0;
        FirstByteAt = LastByteAt = LastClosedAt = 0;
    }

    /// <summary>An order is counted from here on.</summary>
    public void Add()
    {
        Fired++;
        Unresolved++;
    }

    /// <summary>An unresolved order is not counted any more.</summary>
    public void Leave()
    {
        Unresolved--;
        Left++;
    }

    /// <summary>An unresolved order is resolved.</summary>
    public void Settle(CancelOutcomeKind kind, GoneReason gone, long now)
    {
        Unresolved--;
        Count(kind, gone, 1, now);
    }

    /// <summary>A resolved order turned out to be open.</summary>
    public void Reopen(CancelOutcomeKind kindBefore, GoneReason goneBefore)
    {
        Count(kindBefore, goneBefore, -1, LastClosedAt);
        Unresolved++;
    }

    /// <summary>A resolved order turned out otherwise.</summary>
    public void Correct(CancelOutcomeKind kindBefore, GoneReason goneBefore, CancelOutcomeKind kind, GoneReason gone, long now)
    {
        Count(kindBefore, goneBefore, -1, LastClosedAt);
        Count(kind, gone, 1, now);
    }

    /// <summary>The first copy of an order was written.</summary>
    public void AddWritten(long timestamp)
    {
        Written++;
        timestamp = Math.Max(timestamp, TriggeredAt);
        FirstByteAt = FirstByteAt == 0 ? timestamp : Math.Min(FirstByteAt, timestamp);
        LastByteAt = Math.Max(LastByteAt, timestamp);
    }

    private void Count(CancelOutcomeKind kind, GoneReason gone, int change, long now)
    {
        switch (kind)
        {
            case CancelOutcomeKind.Rejected:
                Rejected += change;
                return;
            case CancelOutcomeKind.AlreadyGone when gone == GoneReason.NotFound:
                NotFound += change;
                return;
            case CancelOutcomeKind.AlreadyGone:
                Gone += change;
                break;
            default:
                Confirmed += change;
                break;
        }

        LastClosedAt = now;
    }
}
