using System.Diagnostics;
using Dmex.Fast.Book;
using Dmex.Fast.Connections;
using Dmex.Fast.Diagnostics;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Dispatch;

/// <summary>
/// The tracker under its one lock: takes events from whatever thread brings them, and carries the effects out on that thread after the
/// lock is released. So an answer takes no hop to another thread, and nothing that blocks happens under the lock. Thread-safe; nothing
/// here waits, and nothing is allocated in steady state.
/// </summary>
/// <remarks>Lock order: this lock, then the book's, then that of masking keys. Queues and sets of connections are leaves.</remarks>
internal sealed partial class CancelDispatcher : IWaitOwner, ISendObserver
{
    private readonly Lock _lock = new();
    private readonly CancelTracker _tracker;
    private readonly ConnectionSet _connections;
    private readonly CancelBook? _book;
    private readonly DispatchSink _sink;
    private readonly FrameBatch[] _retries;
    private CancelWait? _freeWaits;

    /// <param name="options">The tracker's.</param>
    /// <param name="connections">Carry the copies.</param>
    /// <param name="sendBufferSize">The most that a connection takes at once, in bytes.</param>
    /// <param name="book">Holds the frames of what a panic fires; null without one.</param>
    /// <param name="sink">Told what leaves; each only hands on.</param>
    public CancelDispatcher(
        TrackerOptions options, ConnectionSet connections, int sendBufferSize, CancelBook? book, DispatchSink sink)
    {
        _tracker = new CancelTracker(options);
        _connections = connections;
        _book = book;
        _sink = sink;
        _retries = [.. Enumerable.Range(1, connections.Count).Select(id => new FrameBatch(id, sendBufferSize))];
        for (var i = 0; i < options.Capacity; i++)
        {
            _freeWaits = new CancelWait(this, sink.Failed) { Next = _freeWaits };
        }
    }

    /// <summary>Orders that are unresolved.</summary>
    public int OpenCount
    {
        get
        {
            lock (_lock)
            {
                return _tracker.OpenCount;
            }
        }
    }

    /// <summary>
    /// The tracker's lock, for a panic, which takes orders out of the book and tells the tracker in one step. Held for the time of
    /// copying one batch of frames.
    /// </summary>
    public Lock Lock => _lock;

    /// <summary>The tracker; under <see cref="Lock"/> only.</summary>
    public CancelTracker Tracker => _tracker;

    /// <summary>
    /// Waits for an order that is unresolved already. False when it is not, so that its cancel is to be signed and
    /// <see cref="Cancel"/> called.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="now">The time, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="deadline">When the wait ends; <see cref="long.MaxValue"/> for never.</param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    /// <param name="task">What to wait for.</param>
    public bool TryJoin(
        in OrderHash hash, long now, long deadline, CancellationToken cancellationToken, out ValueTask<CancelOutcome> task)
    {
        var effects = EffectsPool.Rent();
        CancelWait? wait = null;
        bool isJoined;
        lock (_lock)
        {
            var open = FindOpen(hash);
            isJoined = open is not null;
            task = open is null ? default : BeginWait(open, hash, default, now, deadline, effects, out wait);
            Seal(effects);
        }

        wait?.Watch(cancellationToken);
        Finish(effects);
        return isJoined;
    }

    /// <summary>Accepts a signed cancel, sends it, and waits for its outcome; joins it when it came in meanwhile.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its cancel's.</param>
    /// <param name="now">The time, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="deadline">When the wait ends; <see cref="long.MaxValue"/> for never.</param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    public ValueTask<CancelOutcome> Cancel(
        in OrderHash hash, in Signature signature, long now, long deadline, CancellationToken cancellationToken)
    {
        var effects = EffectsPool.Rent();
        ValueTask<CancelOutcome> task;
        CancelWait? wait;
        lock (_lock)
        {
            task = BeginWait(FindOpen(hash), hash, signature, now, deadline, effects, out wait);
            Seal(effects);
        }

        wait?.Watch(cancellationToken);
        Finish(effects);
        return task;
    }

    /// <summary>Whether the account's rate allows some frames that are not tracked; they are counted then.</summary>
    public bool TryTakeRate(int frames, long now)
    {
        lock (_lock)
        {
            return _tracker.Rate is not { } rate || rate.TryTake(frames, now, out _);
        }
    }

    /// <summary>Gives a cancel up; false when it is not unresolved.</summary>
    public bool Abandon(in OrderHash hash)
    {
        var effects = EffectsPool.Rent();
        var now = Stopwatch.GetTimestamp();
        bool isOpen;
        lock (_lock)
        {
            var cancel = FindOpen(hash);
            isOpen = cancel is not null;
            if (cancel is not null)
            {
                _tracker.Abandon(cancel, now, effects);
            }

            Seal(effects);
        }

        Finish(effects);
        return isOpen;
    }

    /// <summary>The caller took an order out of the book, so that nothing more is sent for it.</summary>
    public void Forget(BookPlace place)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            if (_tracker.FindFired(place.Slot, place.Generation) is { Stage: CancelStage.Open } cancel)
            {
                _tracker.Abandon(cancel, Stopwatch.GetTimestamp(), effects);
            }

            Seal(effects);
        }

        Finish(effects);
    }

    /// <summary>A connection carries copies from now on.</summary>
    public void ConnectionUp(VenueConnection connection)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            _tracker.ConnectionUp(connection.Id, connection.Incarnation, Stopwatch.GetTimestamp(), effects);
            Seal(effects);
        }

        Finish(effects);
    }

    /// <summary>A connection carries no copies any more.</summary>
    public void ConnectionDown(VenueConnection connection, string? text)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            _tracker.ConnectionDown(connection.Id, connection.Incarnation, text, Stopwatch.GetTimestamp(), effects);
            Seal(effects);
        }

        Finish(effects);
    }

    /// <summary>The venue limits the rate without naming an order.</summary>
    public void Throttled(TimeSpan? retryAfter, long now)
    {
        lock (_lock)
        {
            _tracker.Throttled(retryAfter, now);
        }

        _sink.Metrics?.Throttled();
    }

    /// <summary>A message came that no rule ascribes to an order.</summary>
    public void NoteUnknown(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            _tracker.NoteUnknown(message);
        }
    }

    /// <summary>Takes what the venue said about an order; false when neither the tracker nor the book knows it.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="reply">What was said; whether the order is live is filled in here.</param>
    /// <param name="connection">The connection that it was read from.</param>
    /// <param name="now">When it was read.</param>
    public bool Replied(in OrderHash hash, in TrackedReply reply, VenueConnection connection, long now)
    {
        var effects = EffectsPool.Rent();
        var isKnown = true;
        lock (_lock)
        {
            var entry = _book is null ? default : _book.Firing.Locate(hash);
            if (Find(hash, entry) is { } cancel)
            {
                _tracker.Replied(cancel, reply with { IsLive = entry.IsLive }, connection.Id, connection.Incarnation, now, effects);
            }
            else
            {
                // Armed only, and canceled otherwise.
                isKnown = entry.IsThere && CancelTracker.RepliedUntracked(hash, reply with { IsLive = entry.IsLive }, effects);
            }

            Seal(effects);
        }

        _sink.Metrics?.Replied(reply.Kind);
        Finish(effects);
        return isKnown;
    }

    /// <summary>Does what is due. By the timer's thread.</summary>
    /// <returns>When to be called again.</returns>
    public long Tick(long now)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            _tracker.Tick(now, effects);
            Seal(effects);
        }

        return Complete(effects);
    }

    /// <summary>Fails everything unresolved and accepts nothing more.</summary>
    public void Stop(UnresolvedReason reason, string? text)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            _tracker.Stop(reason, text, Stopwatch.GetTimestamp(), effects);
            Seal(effects);
        }

        Finish(effects);
    }

    /// <summary>Hands a taken batch to its connection; what becomes of it is told to the tracker, possibly before this returns.</summary>
    public void Send(FrameBatch batch)
    {
        if (FindConnection(batch.ConnectionId, batch.Incarnation) is { } connection)
        {
            connection.SendFrames(batch.Content, this, batch);
        }
        else
        {
            Sent(batch, new SendOutcome { Kind = SendOutcomeKind.NotSent, Reason = NotSentReason.NotConnected });
        }
    }

    /// <summary>
    /// The last step under <see cref="Lock"/>: orders that were resolved are settled in the book in the same step, or a panic would take
    /// over one that the tracker does not follow any more.
    /// </summary>
    public void Seal(TrackerEffects effects)
    {
        effects.NextDue = _tracker.NextDue;
        foreach (var order in effects.Settled)
        {
            if (order.Keeper is { } keeper && keeper.Hash == order.Hash
                && !_book!.Firing.TryGetSignature(order.Slot, order.SlotGeneration, out keeper.Signature))
            {
                _tracker.ForgetSettled(keeper);
            }

            _ = _book!.Firing.Settle(order);
        }
    }

    /// <summary>Carries effects out that were collected under <see cref="Lock"/>, and lets the timer know.</summary>
    public void Finish(TrackerEffects effects) => _sink.WakeBy(Complete(effects));

    void IWaitOwner.EndWait(CancelWait wait, CancellationToken token)
    {
        lock (_lock)
        {
            if (!_tracker.EndWait(wait))
            {
                return; // decided meanwhile
            }
        }

        wait.CanceledBy = token;
        wait.Deliver();
    }

    void IWaitOwner.GiveBack(CancelWait wait)
    {
        lock (_lock)
        {
            PutBack(wait);
        }
    }

    void ISendObserver.Sent(object state, uint generation, in SendOutcome outcome)
    {
        if (state is FrameBatch batch)
        {
            Sent(batch, outcome);
            return;
        }

        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            Note((TrackedCancel)state, generation, outcome.ConnectionId, outcome.Incarnation, outcome, effects);
            Seal(effects);
        }

        Finish(effects);
        _sink.CopySent(outcome);
    }

    bool ISendObserver.IsWanted(object state, uint generation) => state is not TrackedCancel cancel || cancel.Generation == generation;

    private void Sent(FrameBatch batch, in SendOutcome outcome)
    {
        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                Note(batch.Cancels[i], batch.Generations[i], batch.ConnectionId, batch.Incarnation, outcome, effects);
            }

            Seal(effects);
        }

        effects.PanicProgressed |= !batch.IsFiringHere; // a batch is free again
        batch.Release();
        Finish(effects);
        _sink.CopySent(outcome);
    }

    private void Note(
        TrackedCancel cancel, uint generation, int connectionId, long incarnation, in SendOutcome outcome, TrackerEffects effects)
    {
        if (outcome.Kind == SendOutcomeKind.Written)
        {
            _tracker.Written(cancel, generation, connectionId, incarnation, outcome.WrittenTimestamp, effects);
        }
        else
        {
            var perhaps = outcome.Kind == SendOutcomeKind.Unknown;
            _tracker.NotWritten(cancel, generation, perhaps, connectionId, incarnation, Stopwatch.GetTimestamp(), effects);
        }
    }

    private TrackedCancel? FindOpen(in OrderHash hash) =>
        Find(hash, _book is not null && _tracker.HasFired ? _book.Firing.Locate(hash) : default) is { Stage: CancelStage.Open } cancel
            ? cancel : null;

    private TrackedCancel? FindAny(in OrderHash hash) => Find(hash, _book is null ? default : _book.Firing.Locate(hash));

    private TrackedCancel? Find(in OrderHash hash, in BookPlace place) =>
        (place.IsThere ? _tracker.FindFired(place.Slot, place.Generation) : null) ?? _tracker.Find(hash);

    /// <summary>
    /// Begins a wait for a cancel that is open, or for one that is accepted now when there is none. Refused, with no wait, once stopped:
    /// nothing would end it any more.
    /// </summary>
    private ValueTask<CancelOutcome> BeginWait(
        TrackedCancel? open, in OrderHash hash, in Signature signature, long now, long deadline, TrackerEffects effects,
        out CancelWait? wait)
    {
        wait = RentWait(deadline);
        wait.Parent = Instruments.Activities.HasListeners() && Activity.Current is { } caller ? caller.Context : default;

        // Before anything can complete it: the wait may be decided, but is not back in the pool, until the caller takes the result.
        var task = wait.Task;
        var isAccepted = _tracker.Stopped.Reason == UnresolvedReason.None && (open is not null
            ? _tracker.TryJoin(open, wait, now, effects)
            : _tracker.TryAccept(hash, signature, wait, now, effects));
        if (isAccepted)
        {
            return task;
        }

        PutBack(wait);
        wait = null;
        return Refused(now);
    }

    /// <summary>What a caller is told whose cancel is not accepted: stopped, or no room.</summary>
    private ValueTask<CancelOutcome> Refused(long now)
    {
        var (reason, text) = _tracker.Stopped;
        return new ValueTask<CancelOutcome>(new CancelOutcome
        {
            Kind = CancelOutcomeKind.Unresolved,
            UnresolvedReason = reason == UnresolvedReason.None ? UnresolvedReason.TableFull : reason,
            Reason = text,
            AcceptedTimestamp = now,
            ResolvedTimestamp = now,
        });
    }

    private CancelWait RentWait(long deadline)
    {
        var wait = _freeWaits;
        if (wait is null)
        {
            wait = new CancelWait(this, _sink.Failed);
        }
        else
        {
            _freeWaits = wait.Next;
            wait.Next = null;
        }

        wait.Due = deadline;
        return wait;
    }

    private void PutBack(CancelWait wait)
    {
        wait.Next = _freeWaits;
        _freeWaits = wait;
    }
}
