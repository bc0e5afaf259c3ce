using System.Diagnostics;
using System.Numerics;
using Dmex.Fast.Book;
using Dmex.Fast.Connections;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tracking;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Panics;

/// <summary>
/// Fires a book over the connections and follows what it fired until the venue has answered. The caller's thread and one of
/// its own send at the same time, on different connections where there are several; the own one finishes what the kernel
/// does not take at once, and sends again what was lost, put off or not answered. Thread-safe.
/// </summary>
internal sealed partial class PanicBurst : ISendObserver, IDisposable
{
    // The first cancels do not wait until a longer run has been copied and encrypted.
    private const int FirstRunFrames = 4 * 1024 / CancelFrame.Length;

    // Between pings, pongs and closes at most so much is written.
    private const int RunBytes = 32 * 1024;
    private const int MaxRuns = 64;

    // A broadcast waits for a connection that is busy, but not for one that has stopped taking bytes.
    private static readonly long BroadcastPatience = Stopwatch.Frequency / 50;

    private readonly Lock _lock = new();
    private readonly CancelBook _book;
    private readonly ConnectionSet _connections;
    private readonly ResendPolicy _resends;
    private readonly ResendBudget _budget;
    private readonly FrameBudget? _rate;
    private readonly MaskingKeys _keys = new();
    private readonly PanicLane[] _lanes;
    private readonly PanicSlot[] _slots;
    private readonly ConnectionAnswers _answers;
    private readonly List<PanicRun> _runs = new(MaxRuns);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;
    private PanicRun? _freeRuns;
    private int _nextLane;
    private uint _lost;
    private volatile bool _isActive;
    private volatile bool _stopping;

    /// <param name="book">What is fired; one burst a book at a time.</param>
    /// <param name="connections">Carry it.</param>
    /// <param name="sendBufferSize">The most that a connection takes at once.</param>
    /// <param name="resends">When an order's cancel is sent again.</param>
    /// <param name="budget">Bounds the re-sends of all orders.</param>
    /// <param name="rate">The account's; null for no limit.</param>
    /// <param name="answers">Shared with the table of the same connections.</param>
    /// <param name="failed">Told once what the burst's own thread met, a scope's predicate that throws, say: must only hand on.</param>
    public PanicBurst(
        CancelBook book,
        ConnectionSet connections,
        int sendBufferSize,
        ResendPolicy resends,
        ResendBudget budget,
        FrameBudget? rate,
        ConnectionAnswers answers,
        Action<Exception> failed)
    {
        _rate = rate;
        _book = book;
        _connections = connections;
        _resends = resends;
        _budget = budget;
        _lanes = [.. Enumerable.Range(1, connections.Count).Select(id => new PanicLane(id, Math.Min(RunBytes, sendBufferSize)))];
        _slots = new PanicSlot[book.Capacity];
        _answers = answers;
        _failed = failed;
        for (var i = 0; i < MaxRuns; i++)
        {
            _freeRuns = new PanicRun(this) { Next = _freeRuns };
        }

        _thread = new Thread(Loop) { IsBackground = true, Name = "dmex-panic" };
    }

    /// <summary>Takes up the panics that a book's file has kept the latches of, and begins to listen to the book.</summary>
    public void Start()
    {
        foreach (var number in _book.FollowLatched())
        {
            var run = TakeFree();
            run.Begin(number, PanicOptions.Default, Stopwatch.GetTimestamp(), 0);
            run.IsReported = true;
            run.IsTaken = true;
            _runs.Add(run);
        }

        _isActive = _runs.Count > 0;
        _book.PanicChanged = Wake;
        _thread.Start();
        Wake();
    }

    /// <summary>Fires every armed order of a scope.</summary>
    /// <exception cref="InvalidOperationException">Too many panics are under way, or too many scopes latched. Nothing was fired.</exception>
    public ValueTask<PanicReport> Fire(in BookScope scope, PanicOptions options)
    {
        var triggered = Stopwatch.GetTimestamp();
        PanicRun run;
        ValueTask<PanicReport> task;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_runs.Count == MaxRuns)
            {
                throw new InvalidOperationException(
                    $"{MaxRuns} panics are unresolved, or their reports were not taken: await each, and panic over a scope that covers them.");
            }

            var number = _book.Latch(scope, isFollowed: true);
            run = TakeFree();
            run.Begin(number, options, triggered, triggered + (long)(options.Timeout.TotalSeconds * Stopwatch.Frequency));
            _runs.Add(run);
            _isActive = true;
            task = run.Task;
        }

        try
        {
            if (TryFireRun(run, FirstRunFrames))
            {
                Wake();
                while (TryFireRun(run, int.MaxValue))
                {
                    // Run after run, as long as the kernel takes them.
                }
            }
        }
        finally
        {
            // Also when a scope's predicate throws: the thread goes on with what it can.
            Wake();
        }

        return task;
    }

    /// <summary>Has the thread look at everything.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _ = _wake.Release();
        }
    }

    /// <summary>A connection ended: what it carried unanswered is sent again.</summary>
    public void OnDown(int connectionId)
    {
        if (_isActive)
        {
            _ = Interlocked.Or(ref _lost, 1u << (connectionId - 1));
            Wake();
        }
    }

    /// <summary>A connection is ready.</summary>
    public void OnReady()
    {
        if (_isActive)
        {
            Wake();
        }
    }

    /// <summary>Takes the venue's word about an order; false when it is not in the book.</summary>
    public bool TakeReply(in Reply reply, long now, int connectionId)
    {
        try
        {
            var isFired = _book.TryFindFired(reply.Hash, out var index, out var number, out var isPending);
            if (isFired && _slots[index].Carrier == connectionId)
            {
                _answers.NoteAnswered(connectionId, _slots[index].WrittenAt, now);
            }

            switch (reply.Kind)
            {
                case ReplyKind.Confirmed:
                    return _book.Resolve(reply.Hash, CancelOutcomeKind.Confirmed, default, now);
                case ReplyKind.Gone:
                    return (reply.Gone == GoneReason.NotFound && (isFired ? isPending && TryPutOffPending(index, now) : _book.IsPending(reply.Hash)))
                        || _book.Resolve(reply.Hash, CancelOutcomeKind.AlreadyGone, reply.Gone == GoneReason.None ? GoneReason.Unspecified : reply.Gone, now);
                case ReplyKind.Rejected:
                    return _book.Resolve(reply.Hash, CancelOutcomeKind.Rejected, default, now);
                case ReplyKind.Throttled:
                case ReplyKind.Busy:
                    if (isFired)
                    {
                        PutOff(index, number, reply, now);
                    }

                    return isFired;
                default:
                    return false;
            }
        }
        catch (ObjectDisposedException)
        {
            return false; // the book was disposed before the client
        }
    }

    /// <summary>Ends the thread; whoever waits for a report gets it as it is.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _book.PanicChanged = null;
        _ = _wake.Release();
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            return;
        }

        _thread.Join();
    }

    void ISendObserver.Sent(object state, uint generation, in SendOutcome outcome)
    {
        var lane = (PanicLane)state;
        var run = lane.Run!;
        var written = outcome.Kind == SendOutcomeKind.Written;
        var carrier = written && lane.Connection?.Loss is null ? (byte)lane.ConnectionId : (byte)0;
        var first = 0;
        for (var i = 0; i < lane.Count; i++)
        {
            ref var slot = ref _slots[lane.Slots[i]];
            if (slot.Generation != lane.Generations[i])
            {
                continue; // resolved meanwhile, and another order is in its place
            }

            // A connection that was lost in between has been looked at, or is about to be, before this was noted.
            slot.Carrier = written ? carrier : slot.Carrier;
            slot.WrittenAt = written ? outcome.WrittenTimestamp : slot.WrittenAt;
            first += written && !slot.WasWritten ? 1 : 0;
            slot.WasWritten |= written;

            // Last: whoever sees that it is not on its way any more sees what became of it.
            Volatile.Write(ref slot.IsSending, false);
        }

        if (first > 0)
        {
            _ = Interlocked.Add(ref run.Written, first);
            _ = Interlocked.CompareExchange(ref run.FirstByte, outcome.WrittenTimestamp, 0);
            InterlockedMax(ref run.LastByte, outcome.WrittenTimestamp);
        }

        _ = Interlocked.Decrement(ref run.Sending);
        lane.Run = null;
        if (Thread.CurrentThread != _thread)
        {
            Wake();
        }
    }

    /// <summary>A run that is not among <see cref="_runs"/>, which never are more than there are.</summary>
    private PanicRun TakeFree()
    {
        var run = _freeRuns!;
        _freeRuns = run.Next;
        run.Next = null;
        return run;
    }

    /// <summary>Sends the panic's next run on a lane that is free; false when there is nothing to send or nowhere to send it.</summary>
    private bool TryFireRun(PanicRun run, int maxFrames)
    {
        PanicLane? lane;
        uint others = 0;
        lock (_lock)
        {
            lane = run.Number == 0 || _stopping ? null : TakeRun(run, maxFrames, out others);
        }

        if (lane is null)
        {
            return false;
        }

        // Outside the lock: encrypting and the kernel take longer than all the rest.
        Send(lane);
        for (; others != 0; others &= others - 1)
        {
            Send(_lanes[BitOperations.TrailingZeroCount(others)]);
        }

        return true;
    }

    /// <summary>Takes the next orders out of the book into a free lane, and for a broadcast into others too.</summary>
    private PanicLane? TakeRun(PanicRun run, int maxFrames, out uint others)
    {
        others = 0;
        if (FreeLane(run.Sharing) is not { } lane)
        {
            return null;
        }

        var ahead = _book.MaxAhead(run.Cursor);
        if (ahead == 0 && run.Cursor.Walk == BookWalk.Latched)
        {
            run.IsFiredOut = true;
            return null;
        }

        var frames = Math.Min(Math.Min(maxFrames, lane.Slots.Length), Math.Max(ahead, 1));
        var copies = run.Sharing == PanicSharing.Broadcast ? Math.Max(1, BitOperations.PopCount(FreeLanes())) : 1;
        var allowed = 0;
        if (_rate is not null && run.RespectsBudget && ahead > 0)
        {
            allowed = _rate.TakeForPanic(frames * copies);
            frames = allowed / copies;
        }

        var length = frames == 0 ? 0 : _book.Fire(
            ref run.Cursor, lane.Frames.AsSpan(0, frames * CancelFrame.Length), lane.Slots.AsSpan(0, frames), out lane.Count, lane.Generations);
        var spent = 0;
        if (length > 0)
        {
            NoteFired(lane);
            Occupy(lane, run);
            others = copies > 1 ? CopyElsewhere(run, lane, out spent) : 0;
            spent += lane.Count;
        }
        else if (frames > 0)
        {
            run.IsFiredOut = true;
        }

        SettleBudget(allowed, spent);
        return length > 0 ? lane : null;
    }

    /// <summary>What was not used goes back; who ignores the budget still uses it up.</summary>
    private void SettleBudget(int allowed, int spent)
    {
        if (allowed > spent)
        {
            _rate!.GiveBack(allowed - spent);
        }
        else if (spent > allowed)
        {
            _ = _rate?.TakeForPanic(spent - allowed);
        }
    }

    private void NoteFired(PanicLane lane)
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < lane.Count; i++)
        {
            _slots[lane.Slots[i]] = new PanicSlot { Generation = lane.Generations[i], IsSending = true, FiredAt = now, StartedAt = now };
        }
    }

    /// <summary>
    /// Further copies of a run, for each other lane that is free, each under a masking key of its own; returns those lanes as
    /// bits.
    /// </summary>
    private uint CopyElsewhere(PanicRun run, PanicLane first, out int copies)
    {
        copies = 0;
        var lanes = FreeLanes();
        for (var left = lanes; left != 0; left &= left - 1)
        {
            var lane = _lanes[BitOperations.TrailingZeroCount(left)];
            lane.Count = 0;
            for (var i = 0; i < first.Count; i++)
            {
                if (_book.CopyFrame(first.Slots[i], first.Generations[i], Place(lane), _keys.Next()))
                {
                    lane.Generations[lane.Count] = first.Generations[i];
                    lane.Slots[lane.Count++] = first.Slots[i];
                }
            }

            copies += lane.Count;
            Occupy(lane, run);
        }

        return lanes;
    }

    /// <summary>The lanes that are free and whose connections are ready, as bits.</summary>
    private uint FreeLanes()
    {
        uint free = 0;
        for (var left = _connections.ReadyMask; left != 0; left &= left - 1)
        {
            free |= _lanes[BitOperations.TrailingZeroCount(left)].Run is null ? left & (0 - left) : 0;
        }

        return free;
    }

    private static Span<byte> Place(PanicLane lane) => lane.Frames.AsSpan(lane.Count * CancelFrame.Length, CancelFrame.Length);

    /// <summary>The lane is the run's until the connection says what became of it. Under the lock.</summary>
    private static void Occupy(PanicLane lane, PanicRun run)
    {
        _ = Interlocked.Increment(ref run.Sending);
        lane.Since = Stopwatch.GetTimestamp();
        lane.Run = run;
    }

    private void Send(PanicLane lane)
    {
        lane.Connection = _connections.Find(lane.ConnectionId);
        if (lane.Connection is { } connection)
        {
            connection.SendFrames(lane.Frames.AsMemory(0, lane.Count * CancelFrame.Length), this, lane);
        }
        else
        {
            ((ISendObserver)this).Sent(lane, 0, new SendOutcome { Kind = SendOutcomeKind.NotSent });
        }
    }

    /// <summary>
    /// A lane whose connection is ready and free, in turn; for a broadcast, none while another is busy that still takes bytes.
    /// </summary>
    private PanicLane? FreeLane(PanicSharing sharing)
    {
        var free = FreeLanes();
        if (sharing == PanicSharing.Broadcast)
        {
            for (var busy = _connections.ReadyMask & ~free; busy != 0; busy &= busy - 1)
            {
                if (Stopwatch.GetTimestamp() - _lanes[BitOperations.TrailingZeroCount(busy)].Since < BroadcastPatience)
                {
                    return null;
                }
            }
        }

        if (free == 0)
        {
            return null;
        }

        // The first one from the next in turn on.
        var turn = free >> _nextLane << _nextLane;
        var index = BitOperations.TrailingZeroCount(turn != 0 ? turn : free);
        _nextLane = (index + 1) % _lanes.Length;
        return _lanes[index];
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
