using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// What happens to a cancel after its first copy, no matter who asked for it: when it is sent again, what has become of it, and who is
/// told. A deterministic state machine: each input is a method with a time stamp (ticks of <see cref="System.Diagnostics.Stopwatch"/>,
/// which never go back), each decision leaves as an effect that the caller carries out. It has no clock, no thread, no lock and no I/O.
/// </summary>
/// <remarks>
/// Copies belong to one life of a connection: an outcome or an answer of an earlier life changes nothing of the present one. Nothing is
/// allocated in steady state. Not thread-safe: the client has one lock around it.
/// </remarks>
internal sealed partial class CancelTracker
{
    // One hold of the caller's lock hands out so many copies at most.
    private const int MaxCopiesAtOnce = 64;

    private readonly TrackerOptions _options;
    private readonly TrackedCancels _cancels;
    private readonly ConnectionTable _connections;
    private readonly RetryPolicy _retries;
    private readonly CopySchedule _schedule;
    private readonly CancelCopies _copies;
    private readonly CancelWaits _waits;
    private readonly UnknownMessages _unknown = new();
    private UnresolvedReason _stopped;
    private string? _stoppedText;

    public CancelTracker(TrackerOptions options)
    {
        _options = options;
        _cancels = new TrackedCancels(options.Capacity, options.BookCapacity);
        _connections = new ConnectionTable(options.Policy);
        _retries = new RetryPolicy(options);
        _schedule = new CopySchedule(options);
        _copies = new CancelCopies(options, _connections, _retries, _schedule);
        _waits = new CancelWaits(options.Capacity);
    }

    /// <summary>What came that no rule knows, while any order was unresolved.</summary>
    public UnknownMessages Unknown => _unknown;

    /// <summary>Orders that are unresolved.</summary>
    public int OpenCount => _cancels.OpenCount;

    /// <summary>Why nothing more is accepted, and in which words; None while cancels are.</summary>
    public (UnresolvedReason Reason, string? Text) Stopped => (_stopped, _stoppedText);

    /// <summary>The account's rate; null for no limit.</summary>
    public AccountRateLimiter? Rate => _schedule.Rate;

    /// <summary>The connections that are up, as bits: bit 0 is connection 1.</summary>
    public uint Connections => _connections.Up;

    /// <summary>When <see cref="Tick"/> has something to do; <see cref="long.MaxValue"/> when nothing is due ever.</summary>
    public long NextDue => Math.Min(_waits.NextDue, _schedule.NextDue);

    /// <summary>The cancel of an order among those that callers asked for, open or remembered; null when there is none.</summary>
    public TrackedCancel? Find(in OrderHash hash) => _cancels.Find(hash);

    /// <summary>The cancel that a panic fired from a slot of the book; null when none did, or another order is in it.</summary>
    public TrackedCancel? FindFired(int slot, uint slotGeneration) => _cancels.FindSlot(slot, slotGeneration);

    /// <summary>Whether any cancel stands for a slot of the book.</summary>
    public bool HasFired => _cancels.SlotCount > 0;

    /// <summary>The life that a connection is in, or was in last.</summary>
    public long Incarnation(int connectionId) => _connections.Incarnation(connectionId);

    /// <summary>
    /// Waits for an order that is unresolved: joins the copy that is under way, or has another sent when there is none.
    /// </summary>
    /// <param name="cancel">Open.</param>
    /// <param name="wait">Not linked; with its deadline.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    /// <returns>False when too many wait already: nothing changed.</returns>
    public bool TryJoin(TrackedCancel cancel, CancelWait wait, long now, TrackerEffects effects)
    {
        if (!_waits.HasRoom)
        {
            return false;
        }

        _waits.Add(cancel, wait);
        if (cancel.Queue == CopyQueue.None)
        {
            // A caller that asks again gets a copy like a first one, and the full number of retries.
            cancel.Resends = 0;
            cancel.IsLost = true;
            Plan(cancel, now, effects);
        }

        return true;
    }

    /// <summary>Accepts an order that is not open, with its signature.</summary>
    /// <inheritdoc cref="TryJoin" path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its cancel's.</param>
    /// <param name="wait">Not linked; with its deadline.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    /// <returns>False when there is no room: nothing changed.</returns>
    public bool TryAccept(in OrderHash hash, in Signature signature, CancelWait wait, long now, TrackerEffects effects)
    {
        if (!_waits.HasRoom || !_cancels.HasRoom)
        {
            return false;
        }

        if (_cancels.Find(hash) is { } remembered)
        {
            _cancels.Remove(remembered); // requested again after it was resolved: a new cancel
        }

        var cancel = _cancels.Add(hash, now);
        cancel.Signature = signature;
        cancel.UnknownBefore = _unknown.Count;
        return TryJoin(cancel, wait, now, effects);
    }

    /// <summary>
    /// A panic fires an order: its frame is about to be handed to a connection, and the outcome of that is told by
    /// <see cref="Written"/> and <see cref="NotWritten"/>.
    /// </summary>
    /// <param name="order">Which, and where its frame is.</param>
    /// <param name="panic">Counts it.</param>
    /// <param name="connectionId">Carries the copy, counted from 1.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    /// <returns>The cancel, and its generation in <see cref="TrackedCancel.Generation"/>.</returns>
    public TrackedCancel Fire(in FiredOrder order, PanicTally panic, int connectionId, long now, TrackerEffects effects)
    {
        var cancel = Panicked(order, panic, now, effects);
        _copies.Fire(cancel, connectionId, now);
        return cancel;
    }

    /// <summary>A further copy of a fired order goes out on another connection.</summary>
    public static void FireAlso(TrackedCancel cancel, int connectionId, long now) => CancelCopies.Start(cancel, connectionId, now);

    /// <summary>
    /// A later panic takes over an order that was fired before and is not resolved. A copy that is under way stays; one that the venue
    /// put off, or that nothing moves on, goes now: an explicit panic overrides every pause.
    /// </summary>
    public void TakeOver(in FiredOrder order, PanicTally panic, long now, TrackerEffects effects)
    {
        var cancel = Panicked(order, panic, now, effects);
        if (!_copies.IsUnderWay(cancel, now))
        {
            cancel.PutOffUntil = 0;
            cancel.Resends = 0;
            cancel.IsUrgent = true;
            cancel.IsRefused = false; // a later panic tries again what was refused to an earlier one
        }

        Plan(cancel, now, effects);
    }

    /// <summary>Lists the unresolved orders that a panic counts.</summary>
    public void ListOpen(PanicTally panic, List<OrderHash> orders)
    {
        for (var cancel = _cancels.LastOpen; cancel is not null; cancel = cancel.Older)
        {
            if (ReferenceEquals(cancel.Panic, panic))
            {
                orders.Add(cancel.Hash);
            }
        }
    }

    /// <summary>The kernel has taken a copy.</summary>
    /// <param name="cancel">Of the copy.</param>
    /// <param name="generation">Of the copy.</param>
    /// <param name="connectionId">That carried it.</param>
    /// <param name="incarnation">The life of the connection that carried it.</param>
    /// <param name="timestamp">When the kernel had it.</param>
    /// <param name="effects">Receives what is to be done.</param>
    public void Written(TrackedCancel cancel, uint generation, int connectionId, long incarnation, long timestamp, TrackerEffects effects)
    {
        if (cancel.Generation != generation)
        {
            return;
        }

        PanicCounting.NoteWritten(cancel, connectionId, timestamp);
        var bit = ConnectionTable.Bit(connectionId);
        if (!_connections.IsCurrent(connectionId, incarnation) || (cancel.SendingOn & bit) == 0)
        {
            return; // the connection has ended, or has answered the copy already
        }

        cancel.EndSending(connectionId);
        cancel.AwaitedOn |= bit;
        cancel.Unanswered.Add(connectionId);
        cancel.IsLost = false;
        if (!_copies.IsLookedAtInTime(cancel, timestamp))
        {
            Plan(cancel, timestamp, effects);
        }
    }

    /// <summary>
    /// A copy did not go, or only perhaps, because its connection is ending. Another goes out when no other copy is under way: at once
    /// where another connection is up, else with the next that is.
    /// </summary>
    /// <inheritdoc cref="Written" path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="cancel">Of the copy.</param>
    /// <param name="generation">Of the copy.</param>
    /// <param name="perhaps">Whether the venue may have it all the same.</param>
    /// <param name="connectionId">That was to carry it.</param>
    /// <param name="incarnation">The life of the connection.</param>
    /// <param name="now">The time.</param>
    /// <param name="effects">Receives what is to be done.</param>
    public void NotWritten(
        TrackedCancel cancel, uint generation, bool perhaps, int connectionId, long incarnation, long now, TrackerEffects effects)
    {
        if (cancel.Generation != generation)
        {
            return;
        }

        cancel.Attempts -= perhaps ? 0 : 1;
        if (!_connections.IsCurrent(connectionId, incarnation) || (cancel.SendingOn & ConnectionTable.Bit(connectionId)) == 0)
        {
            return;
        }

        _copies.Refused(cancel, connectionId, now);
        Plan(cancel, now, effects);
    }

    /// <summary>The book does not hold the frame of a copy any more: its owner took the order out, and knows what became of it.</summary>
    public void Withdraw(in CancelCopy copy, long now, TrackerEffects effects)
    {
        var cancel = copy.Cancel;
        if (cancel.Generation == copy.Generation && cancel.Slot == copy.Slot && cancel.SlotGeneration == copy.SlotGeneration)
        {
            cancel.Attempts -= cancel.IsMapped ? 0 : 1; // before it is told; else below
            LeaveBook(cancel, now, effects);
        }

        NotWritten(cancel, copy.Generation, perhaps: false, copy.ConnectionId, copy.Incarnation, now, effects);
    }

    /// <summary>A connection is ready, in a new life: what waited for one goes out.</summary>
    public void ConnectionUp(int connectionId, long incarnation, long now, TrackerEffects effects)
    {
        // Whatever it carried in a life whose end was not told is lost with it.
        ConnectionDown(connectionId, _connections.Incarnation(connectionId), text: null, now, effects);
        _connections.Raise(connectionId, incarnation);
        TrackedCancel? next;
        for (var cancel = _schedule.AwaitingConnection > 0 ? _cancels.LastOpen : null; cancel is not null; cancel = next)
        {
            next = cancel.Older;
            if (cancel.Queue == CopyQueue.Connection)
            {
                Plan(cancel, now, effects);
            }
        }
    }

    /// <summary>
    /// A connection ended: what it carried unanswered goes out on another, or waits for one. When it was the last, those who wait are
    /// told so, and the cancels stay.
    /// </summary>
    public void ConnectionDown(int connectionId, long incarnation, string? text, long now, TrackerEffects effects)
    {
        if (!_connections.Lower(connectionId, incarnation))
        {
            return;
        }

        var bit = ConnectionTable.Bit(connectionId);
        TrackedCancel? next;
        for (var cancel = _cancels.LastOpen; cancel is not null; cancel = next)
        {
            next = cancel.Older;
            var carried = ((cancel.SendingOn | cancel.AwaitedOn) & bit) != 0 || cancel.Unanswered.Of(connectionId) > 0;
            cancel.AvoidOn &= ~bit;
            cancel.ForgetCopies(connectionId);
            if (carried)
            {
                CancelCopies.Lose(cancel);
                Plan(cancel, now, effects);
            }

            if (_connections.Up == 0 && cancel.HasWaits && _stopped == UnresolvedReason.None)
            {
                _waits.Tell(cancel, Unresolved(cancel, UnresolvedReason.ConnectionLost, text, now), effects);
            }
        }
    }

    /// <summary>The venue limits the rate without naming an order: re-sends pause, and go on at half of the rate.</summary>
    public void Throttled(TimeSpan? retryAfter, long now) => _schedule.NoteThrottled(now, _retries.Believed(retryAfter));

    /// <summary>
    /// Does what is due: ends waits whose time is up, and sends copies. Hands out a bounded number of copies; while
    /// <see cref="NextDue"/> is not after <paramref name="now"/>, there are more.
    /// </summary>
    public void Tick(long now, TrackerEffects effects)
    {
        while (_waits.TakeDue(now) is { } wait)
        {
            ExpireWait(wait, now, effects);
        }

        for (var before = effects.Copies.Count; effects.Copies.Count - before < MaxCopiesAtOnce && _schedule.TakeDue(now) is { } cancel;)
        {
            Plan(cancel, now, effects);
        }
    }

    /// <summary>Ends one wait because its token was canceled; false when it was decided before. The cancel goes on.</summary>
    public bool EndWait(CancelWait wait)
    {
        if (wait.Cancel is not { } cancel)
        {
            return false;
        }

        _waits.Remove(cancel, wait);
        if (!cancel.HasWaits && !cancel.WasReported)
        {
            cancel.WasReported = true;
            cancel.Reported = Unresolved(cancel, UnresolvedReason.WaitCanceled, null, cancel.AcceptedAt);
        }

        return true;
    }

    /// <summary>Gives an order's cancel up; those who wait are told so.</summary>
    public void Abandon(TrackedCancel cancel, long now, TrackerEffects effects) => GiveUp(cancel, UnresolvedReason.Abandoned, now, effects);

    /// <summary>
    /// Fails everything unresolved and accepts nothing more. The orders stay known, so that an answer that was already on its way can
    /// still correct what was said. A second stop reports only what had not been failed.
    /// </summary>
    public void Stop(UnresolvedReason reason, string? text, long now, TrackerEffects effects)
    {
        var isFirst = _stopped == UnresolvedReason.None;
        (_stopped, _stoppedText) = isFirst ? (reason, text) : (_stopped, _stoppedText);
        _copies.IsStopped = true;
        for (var cancel = _cancels.LastOpen; cancel is not null; cancel = cancel.Older)
        {
            _schedule.Remove(cancel);
            if (!isFirst && !cancel.HasWaits)
            {
                continue; // failed by the first stop
            }

            var outcome = Unresolved(cancel, reason, text, now);
            if (cancel.HasCaller && (!cancel.HasWaits || cancel.WasReported))
            {
                effects.Changes.Add(new OutcomeChangedEventArgs(cancel.Hash, cancel.Reported, outcome));
            }

            _waits.Tell(cancel, outcome, effects);
        }
    }

    private void Plan(TrackedCancel cancel, long now, TrackerEffects effects)
    {
        if (_copies.Plan(cancel, now, effects))
        {
            Settle(cancel, CancelOutcomeKind.Rejected, GoneReason.None, cancel.TroubleText, now, effects);
        }
    }

    /// <summary>The open cancel of an order that a panic fires or takes over, counted by that panic.</summary>
    private TrackedCancel Panicked(in FiredOrder order, PanicTally panic, long now, TrackerEffects effects)
    {
        if (_cancels.FindSlot(order.Slot) is { } inSlot)
        {
            if (inSlot.SlotGeneration == order.SlotGeneration)
            {
                if (!ReferenceEquals(inSlot.Panic, panic))
                {
                    inSlot.Panic?.Leave();
                    PanicCounting.Count(inSlot, panic);
                }

                return inSlot;
            }

            LeaveBook(inSlot, now, effects); // the book's owner took its order out, and another has the slot
        }

        // Where only panics cancel, nothing is found by hash, and an order costs no look into the map.
        var known = _cancels.MappedCount > 0 ? _cancels.Find(order.Hash) : null;
        if (known is { Stage: CancelStage.Open })
        {
            known.Panic?.Leave();
            if (known.Slot != TrackedCancel.NoSlot)
            {
                _cancels.Detach(known); // its order left the book and came back into another slot
            }

            _cancels.Attach(known, order.Slot, order.SlotGeneration);
        }
        else
        {
            if (known is not null)
            {
                _cancels.Remove(known);
            }

            known = _cancels.AddSlot(order.Slot, order.SlotGeneration, order.Hash, now);
            known.UnknownBefore = _unknown.Count;
        }

        PanicCounting.Count(known, panic);
        return known;
    }

    /// <summary>The book does not hold a fired order any more. What a caller asked for goes on with the caller's own signature.</summary>
    private void LeaveBook(TrackedCancel cancel, long now, TrackerEffects effects)
    {
        if (!cancel.IsMapped)
        {
            GiveUp(cancel, UnresolvedReason.Abandoned, now, effects);
            return;
        }

        cancel.Panic?.Leave();
        cancel.Panic = null;
        effects.PanicProgressed = true;
        _cancels.Detach(cancel);
    }

    /// <summary>Removes a cancel; only its panic's counts and its waits are informed.</summary>
    private void GiveUp(TrackedCancel cancel, UnresolvedReason reason, long now, TrackerEffects effects)
    {
        _waits.Tell(cancel, Unresolved(cancel, reason, null, now), effects);
        effects.PanicProgressed |= cancel.Panic is not null;
        Drop(cancel);
    }

    private void Drop(TrackedCancel cancel)
    {
        if (cancel.Stage == CancelStage.Open)
        {
            cancel.Panic?.Leave();
        }

        _schedule.Remove(cancel);
        _cancels.Remove(cancel);
    }

    /// <summary>The wait is over; the cancel stays, and a later answer raises a change.</summary>
    private void ExpireWait(CancelWait wait, long now, TrackerEffects effects)
    {
        var cancel = wait.Cancel!;
        var reason = cancel.Queue == CopyQueue.Connection && !cancel.HasLiveCopy ? UnresolvedReason.ConnectionLost
            : cancel.Trouble == UnresolvedReason.None ? UnresolvedReason.Deadline
            : cancel.Trouble;

        // The caller's clock may have been read before an answer came that this tells of.
        _waits.Tell(cancel, wait, Unresolved(cancel, reason, cancel.TroubleText, Math.Max(now, cancel.TroubleAt)), effects);
    }
}
