using Dmex.Fast.Messages;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cancels;

/// <summary>
/// The cancels that are not known to be resolved, by order hash, and those who wait for them. Bounded and preallocated:
/// in steady state neither accepting nor resolving allocates. Rejections and gone orders are remembered, as long as there
/// is room, so that a later confirmation can correct them. Thread-safe; time stamps are ticks of
/// <see cref="System.Diagnostics.Stopwatch"/>, given by the caller.
/// </summary>
/// <remarks>
/// Everything is decided under one short lock; callers are told, and events raised, outside it.
/// </remarks>
internal sealed partial class InFlightTable
{
    // Waits may outnumber orders, because many may wait for one; beyond this many a caller is turned away.
    private const int WaitsPerEntry = 4;

    private readonly Lock _gate = new();
    private readonly EntryMap _entries;
    private readonly InFlightFullPolicy _whenFull;
    private readonly ResendPolicy _resends;
    private readonly long _copyLifetime;
    private readonly Action<OutcomeChangedEventArgs> _changed;
    private readonly DueHeap<CancelWait> _deadlines;
    private readonly DueHeap<InFlightEntry> _sends;
    private readonly WaitList _room = new();
    private CancelWait? _freeWaits;
    private InFlightEntry? _oldestRemembered;
    private InFlightEntry? _newestRemembered;
    private int _waits;
    private UnresolvedReason _stopped;
    private string? _stoppedText;

    /// <param name="capacity">Orders.</param>
    /// <param name="whenFull">What happens to the next one.</param>
    /// <param name="resends">How often a cancel that was put off is sent again.</param>
    /// <param name="copyLifetime">How long an unanswered copy counts as outstanding, at most.</param>
    /// <param name="changed">Told outside the lock, on any thread: must only hand on.</param>
    public InFlightTable(
        int capacity,
        InFlightFullPolicy whenFull,
        ResendPolicy resends,
        long copyLifetime,
        Action<OutcomeChangedEventArgs> changed)
    {
        _copyLifetime = copyLifetime;
        _entries = new EntryMap(capacity);
        _whenFull = whenFull;
        _resends = resends;
        _changed = changed;
        _deadlines = new DueHeap<CancelWait>(capacity);
        _sends = new DueHeap<InFlightEntry>(capacity);
        for (var i = 0; i < capacity; i++)
        {
            _freeWaits = new CancelWait(this) { Next = _freeWaits };
        }
    }

    /// <summary>The unresolved orders.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count - RememberedCount;
            }
        }
    }

    /// <summary>The next deadline or re-send; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDue
    {
        get
        {
            lock (_gate)
            {
                return Math.Min(_deadlines.NextDue, _sends.NextDue);
            }
        }
    }

    /// <summary>Why the table stopped, and in which words; None while it has not.</summary>
    public (UnresolvedReason Reason, string? Text) Stopped
    {
        get
        {
            lock (_gate)
            {
                return (_stopped, _stoppedText);
            }
        }
    }

    private int RememberedCount { get; set; }

    /// <summary>
    /// Waits for an order that is unresolved already: joins its outstanding copy, or asks for another when there is none.
    /// </summary>
    public AcceptResult TryContinue(
        in OrderHash hash, long now, long timeout, CancellationToken cancellationToken, out CancelWait? wait, out CancelCopy copy)
    {
        AcceptResult result;
        wait = null;
        copy = default;
        lock (_gate)
        {
            result = _entries.Find(hash) switch
            {
                _ when _stopped != UnresolvedReason.None => AcceptResult.Stopped,
                { Open: true } entry => Continue(entry, now, timeout, out wait, out copy),
                _ => AcceptResult.NotThere,
            };
        }

        wait?.Watch(cancellationToken);
        return result;
    }

    /// <summary>Takes an order with its signature in, or continues it when it came in meanwhile.</summary>
    public AcceptResult Begin(
        in OrderHash hash,
        in Signature signature,
        long now,
        long timeout,
        CancellationToken cancellationToken,
        out CancelWait? wait,
        out CancelCopy copy)
    {
        AcceptResult result;
        wait = null;
        copy = default;
        lock (_gate)
        {
            var entry = _stopped == UnresolvedReason.None ? FindOrAdd(hash, signature, now) : null;
            result = entry is not null ? Continue(entry, now, timeout, out wait, out copy)
                : _stopped != UnresolvedReason.None ? AcceptResult.Stopped
                : WaitForRoom(hash, signature, now, timeout, out wait);
        }

        wait?.Watch(cancellationToken);
        return result;
    }

    /// <summary>Notes that the kernel has taken a copy.</summary>
    public void MarkWritten(InFlightEntry entry, uint generation, long timestamp, int connectionId)
    {
        lock (_gate)
        {
            if (entry.Generation == generation && entry.Sending)
            {
                entry.Sending = false;
                entry.Attempts++;
                entry.Written = timestamp;
                entry.ConnectionId = connectionId;
            }
        }
    }

    /// <summary>Notes that a copy did not go, or only perhaps, so that the next caller's may.</summary>
    public void MarkNotWritten(InFlightEntry entry, uint generation, bool perhaps)
    {
        lock (_gate)
        {
            if (entry.Generation == generation)
            {
                entry.Sending = false;
                entry.CopyExpires = 0;
                entry.Attempts += perhaps ? 1 : 0;
            }
        }
    }

    /// <summary>Takes the venue's verdict on an order, read from a connection; false when the order is not in the table.</summary>
    public bool Resolve(
        in OrderHash hash, CancelOutcomeKind kind, GoneReason gone, string? text, long now, int connectionId = 1)
    {
        CancelWait? told;
        OutcomeChangedEventArgs? change = null;
        lock (_gate)
        {
            var entry = _entries.Find(hash);
            if (entry is null)
            {
                return false;
            }

            if (!entry.Open && kind <= entry.Reported.Kind)
            {
                return true; // said before, or weaker than what was said before
            }

            entry.NoteAnswer(now, connectionId);
            var outcome = entry.Outcome(kind, UnresolvedReason.None, gone, text, now);
            if (entry.WasReported || !entry.HasWaits)
            {
                change = new OutcomeChangedEventArgs(entry.Hash, LastTold(entry), outcome);
            }

            told = DetachWaits(entry, outcome);
            Settle(entry, outcome);
            AdmitFromRoom(now);
        }

        Deliver(told);
        Raise(change);
        return true;
    }

    /// <summary>
    /// Takes an answer that decides nothing (throttled, busy): the order stays unresolved and is sent again after a while,
    /// within its deadline and a limit an order. False when the order is not in the table.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="trouble">Throttled or busy.</param>
    /// <param name="text">The venue's words.</param>
    /// <param name="retryAfter">How long the venue asks to wait, at least.</param>
    /// <param name="now">The time.</param>
    /// <param name="connectionId">The connection that it was read from.</param>
    public bool Postpone(in OrderHash hash, UnresolvedReason trouble, string? text, TimeSpan? retryAfter, long now, int connectionId = 1)
    {
        lock (_gate)
        {
            var entry = _entries.Find(hash);
            if (entry is null)
            {
                return false;
            }

            if (!entry.Open)
            {
                return true;
            }

            entry.NoteAnswer(now, connectionId);
            entry.Trouble = trouble;
            entry.TroubleText = text;
            entry.CopyExpires = 0;
            var due = now + ResendPolicy.Delay(entry.Resends, retryAfter);
            if (entry.HeapIndex < 0 && _stopped == UnresolvedReason.None
                && entry.Resends < _resends.MaxPerOrder && due < entry.LastDeadline)
            {
                entry.Resends++;
                entry.Due = due;
                _sends.Add(entry);
            }

            return true;
        }
    }

    /// <summary>Gives the next copy that is due to be sent by the clock.</summary>
    public bool TryTakeSend(long now, out CancelCopy copy)
    {
        lock (_gate)
        {
            var entry = _stopped == UnresolvedReason.None ? _sends.TakeDue(now) : null;
            copy = entry is null ? default : StartCopy(entry, now);
            return entry is not null;
        }
    }

    /// <summary>Takes a wait back into the pool.</summary>
    internal void GiveBack(CancelWait wait)
    {
        lock (_gate)
        {
            _waits--;
            wait.Decided = default;
            wait.CancelledBy = default;
            wait.Next = _freeWaits;
            _freeWaits = wait;
        }
    }

    private static CancelOutcome LastTold(InFlightEntry entry) => entry.WasReported
        ? entry.Reported
        : entry.Outcome(CancelOutcomeKind.Unresolved, UnresolvedReason.WaitCancelled, default, null, entry.Accepted);

    private CancelCopy StartCopy(InFlightEntry entry, long now)
    {
        entry.Sending = true;
        entry.CopyExpires = Math.Min(entry.LastDeadline, now + _copyLifetime);
        return new CancelCopy(entry);
    }

    private AcceptResult Continue(InFlightEntry entry, long now, long timeout, out CancelWait? wait, out CancelCopy copy)
    {
        copy = default;
        wait = RentWait(now, timeout);
        if (wait is null)
        {
            if (!entry.HasWaits && entry.Attempts == 0 && !entry.HasOutstandingCopy(now))
            {
                _entries.Remove(entry); // just added, and not accepted after all
            }

            return AcceptResult.Full;
        }

        entry.Link(wait);
        entry.LastDeadline = Math.Max(entry.LastDeadline, wait.Due);
        if (entry.HasOutstandingCopy(now))
        {
            return AcceptResult.Joined;
        }

        copy = StartCopy(entry, now);
        return AcceptResult.Send;
    }

    private CancelWait? RentWait(long now, long timeout)
    {
        if (_waits >= (long)_entries.Capacity * WaitsPerEntry)
        {
            return null;
        }

        _waits++;
        var wait = _freeWaits;
        if (wait is null)
        {
            wait = new CancelWait(this);
        }
        else
        {
            _freeWaits = wait.Next;
            wait.Next = null;
        }

        wait.Accepted = now;
        wait.Due = timeout >= long.MaxValue - now ? long.MaxValue : now + timeout;
        if (wait.Due != long.MaxValue)
        {
            _deadlines.Add(wait);
        }

        return wait;
    }
}
