using Dmex.Fast.Collections;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

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
    /// <summary>Connections are bits of a word.</summary>
    public const int MaxConnections = 16;

    // Waits may outnumber orders, because many may wait for one; beyond this many a caller is turned away.
    private const int WaitsPerEntry = 4;

    private readonly Lock _lock = new();
    private readonly EntryMap _entries;
    private readonly InFlightFullPolicy _whenFull;
    private readonly ResendPolicy _resends;
    private readonly ResendBudget _budget;
    private readonly Func<uint, uint> _targets;
    private readonly FrameBudget? _rate;
    private readonly Action<OutcomeChangedEventArgs> _changed;
    private readonly DueHeap<CancelWait> _deadlines;
    private readonly DueHeap<InFlightEntry> _sends;

    // Due already and waiting for the budget, the one that was due first before the others.
    private readonly DueHeap<InFlightEntry> _held;
    private readonly WaitList _room = new();
    private readonly ConnectionAnswers _answers;
    private CancelWait? _freeWaits;
    private InFlightEntry? _oldestRemembered;
    private InFlightEntry? _newestRemembered;
    private long _heldUntil;
    private int _waits;
    private UnresolvedReason _stopped;
    private string? _stoppedText;

    /// <param name="capacity">Orders.</param>
    /// <param name="whenFull">What happens to the next one.</param>
    /// <param name="resends">When and how often a cancel is sent again.</param>
    /// <param name="budget">Bounds the re-sends of all.</param>
    /// <param name="targets">
    /// The connections that the next copy goes to, as bits, none when there is none ready; it is given those that have an
    /// unanswered copy and are to be avoided where there is a choice. Called under the table's lock: must not block.
    /// </param>
    /// <param name="changed">Told outside the lock, on any thread: must only hand on.</param>
    /// <param name="rate">The account's; null for no limit.</param>
    /// <param name="answers">Shared with the panics of the same connections; an own one when null.</param>
    public InFlightTable(
        int capacity,
        InFlightFullPolicy whenFull,
        ResendPolicy resends,
        ResendBudget budget,
        Func<uint, uint> targets,
        Action<OutcomeChangedEventArgs> changed,
        FrameBudget? rate = null,
        ConnectionAnswers? answers = null)
    {
        _answers = answers ?? new ConnectionAnswers();
        _rate = rate;
        _budget = budget;
        _targets = targets;
        _entries = new EntryMap(capacity);
        _whenFull = whenFull;
        _resends = resends;
        _changed = changed;
        _deadlines = new DueHeap<CancelWait>(capacity);
        _sends = new DueHeap<InFlightEntry>(capacity);
        _held = new DueHeap<InFlightEntry>(capacity);
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
            lock (_lock)
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
            lock (_lock)
            {
                return Math.Min(Math.Min(_deadlines.NextDue, _sends.NextDue), _held.Count > 0 ? _heldUntil : long.MaxValue);
            }
        }
    }

    /// <summary>Why the table stopped, and in which words; None while it has not.</summary>
    public (UnresolvedReason Reason, string? Text) Stopped
    {
        get
        {
            lock (_lock)
            {
                return (_stopped, _stoppedText);
            }
        }
    }

    /// <summary>Whether a cancel that was accepted may have to wait for the account's rate.</summary>
    public bool HasRateBudget => _rate is not null;

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
        lock (_lock)
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
        lock (_lock)
        {
            var entry = _stopped == UnresolvedReason.None ? FindOrAdd(hash, signature, now) : null;
            result = entry is not null ? Continue(entry, now, timeout, out wait, out copy)
                : _stopped != UnresolvedReason.None ? AcceptResult.Stopped
                : WaitForRoom(hash, signature, now, timeout, out wait);
        }

        wait?.Watch(cancellationToken);
        return result;
    }

    /// <summary>Takes a wait back into the pool.</summary>
    internal void GiveBack(CancelWait wait)
    {
        lock (_lock)
        {
            _waits--;
            wait.Decided = default;
            wait.CanceledBy = default;
            wait.Next = _freeWaits;
            _freeWaits = wait;
        }
    }

    private static CancelOutcome LastTold(InFlightEntry entry) => entry.WasReported
        ? entry.Reported
        : entry.Outcome(CancelOutcomeKind.Unresolved, UnresolvedReason.WaitCanceled, default, null, entry.Accepted);

    private AcceptResult Continue(InFlightEntry entry, long now, long timeout, out CancelWait? wait, out CancelCopy copy)
    {
        copy = default;
        wait = RentWait(now, timeout);
        if (wait is null)
        {
            if (!entry.HasWaits && entry.Attempts == 0 && !entry.HasOutstandingCopy)
            {
                _entries.Remove(entry); // just added, and not accepted after all
            }

            return AcceptResult.Full;
        }

        entry.Link(wait);
        if (entry.HasOutstandingCopy)
        {
            return AcceptResult.Joined;
        }

        // Whoever asks once more gets the full number of further copies.
        entry.Resends = 0;
        return TryStartCopy(entry, now, out copy) ? AcceptResult.Send : AcceptResult.Joined;
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
