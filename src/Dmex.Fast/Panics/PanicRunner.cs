using System.Diagnostics;
using System.Numerics;
using Dmex.Fast.Book;
using Dmex.Fast.Connections;
using Dmex.Fast.Diagnostics;
using Dmex.Fast.Dispatch;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Panics;

/// <summary>
/// Fires a book over the connections: takes orders out of it batch by batch, tells the tracker, and hands the frames on. What happens
/// to an order after its first copy is the tracker's. The caller's thread and one of its own send at the same time, on different
/// connections where there are several; the own one goes on where the kernel does not take everything at once, and reports. Thread-safe.
/// </summary>
internal sealed partial class PanicRunner : IDisposable
{
    // The first cancels do not wait until a longer batch has been copied and encrypted.
    private const int FirstBatchFrames = 4 * 1024 / CancelFrame.Length;

    private const int MaxTakenOver = 16;

    // Made ahead, so that a panic allocates nothing; one that finds none makes its own.
    private const int OperationsAtStart = 8;

    // A broadcast waits for a connection that is busy, but not for one that has stopped taking bytes.
    private static readonly long BroadcastPatience = Stopwatch.Frequency / 50;

    private readonly CancelBook _book;
    private readonly CancelDispatcher _dispatcher;
    private readonly FrameBatch[] _batches;
    private readonly Action<Exception> _failed;
    private readonly ClientMetrics? _metrics;
    private readonly List<PanicOperation> _operations = new(OperationsAtStart);
    private readonly List<OrderHash> _open = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private PanicOperation? _free;
    private long _lastNumber;
    private int _nextConnection;
    private bool _hasFailed;
    private volatile bool _isActive;
    private volatile bool _stopping;

    /// <param name="book">What is fired; one runner a book at a time.</param>
    /// <param name="connections">Carry it.</param>
    /// <param name="dispatcher">The tracker, and what is sent.</param>
    /// <param name="sendBufferSize">The most that a connection takes at once, in bytes.</param>
    /// <param name="failed">Told what went wrong on the own thread: must only hand on.</param>
    /// <param name="metrics">Counts the reports; null counts nothing.</param>
    public PanicRunner(
        CancelBook book, ConnectionSet connections, CancelDispatcher dispatcher, int sendBufferSize, Action<Exception> failed,
        ClientMetrics? metrics = null)
    {
        _book = book;
        _dispatcher = dispatcher;
        _failed = failed;
        _metrics = metrics;
        _batches = [.. Enumerable.Range(1, connections.Count).Select(id => new FrameBatch(id, sendBufferSize))];
        for (var i = 0; i < OperationsAtStart; i++)
        {
            _free = new PanicOperation(this, failed) { Next = _free };
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "dmex-panic" };
    }

    /// <summary>Goes on with the panics whose latches a book's file has kept, and begins to listen to the book.</summary>
    public void Start()
    {
        lock (_dispatcher.Lock)
        {
            foreach (var (scope, latch) in _book.Firing.LatchedPanics())
            {
                var operation = Begin(PanicOptions.Default, Stopwatch.GetTimestamp());
                operation.Cover(scope, latch);
                operation.Detach();
            }
        }

        _book.Firing.LatchMet = Wake;
        _thread.Start();
        Wake();
    }

    /// <summary>Fires every armed order of a scope, which is latched from here on.</summary>
    /// <exception cref="InvalidOperationException">Too many scopes are latched. Nothing was fired.</exception>
    public ValueTask<PanicReport> Fire(in BookScope scope, PanicOptions options)
    {
        var triggered = Stopwatch.GetTimestamp();
        PanicOperation operation;
        ValueTask<PanicReport> task;
        lock (_dispatcher.Lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            var latch = _book.Firing.Latch(scope);
            operation = Begin(options, triggered);
            operation.Cover(scope, latch);
            task = operation.Task;
        }

        FireAll(operation);
        return task;
    }

    /// <summary>Fires those of these orders that are armed; latches nothing.</summary>
    public ValueTask<PanicReport> Fire(OrderHash[] orders, PanicOptions options)
    {
        var triggered = Stopwatch.GetTimestamp();
        PanicOperation operation;
        ValueTask<PanicReport> task;
        lock (_dispatcher.Lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            operation = Begin(options, triggered);
            operation.Cover(orders, _book.Firing.BeginListed());
            task = operation.Task;
        }

        FireAll(operation);
        return task;
    }

    /// <summary>Has the own thread look at everything.</summary>
    public void Wake()
    {
        if (_isActive && _wake.CurrentCount == 0)
        {
            _ = _wake.Release();
        }
    }

    /// <summary>Ends the thread; callers that wait for a report get it as it is.</summary>
    public void Dispose()
    {
        lock (_dispatcher.Lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _book.Firing.LatchMet = null;
        _ = _wake.Release();
        if (!_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            _thread.Join();
        }
    }

    /// <summary>The caller has taken the report.</summary>
    internal void GiveBack(PanicOperation operation)
    {
        lock (_dispatcher.Lock)
        {
            operation.IsTaken = true;
            Recycle(operation);
        }
    }

    /// <summary>A new operation among those under way. Under the lock.</summary>
    private PanicOperation Begin(PanicOptions options, long triggered)
    {
        var operation = _free ?? new PanicOperation(this, _failed);
        _free = operation.Next;
        operation.Next = null;
        operation.Begin(++_lastNumber, options, triggered, _dispatcher.Tracker.Unknown.Count);
        _operations.Add(operation);
        _isActive = true;
        return operation;
    }

    private void Recycle(PanicOperation operation)
    {
        if (operation is { IsTaken: true, IsOver: true, IsPooled: false })
        {
            operation.IsPooled = true;
            operation.Next = _free;
            _free = operation;
        }
    }

    /// <summary>Fires on the caller's thread, as far as the connections take it; the own thread does the same at the same time.</summary>
    private void FireAll(PanicOperation operation)
    {
        try
        {
            if (TryFire(operation, FirstBatchFrames))
            {
                if (_batches.Length > 1)
                {
                    Wake(); // with one connection there is nothing that it could send
                }

                while (TryFire(operation, int.MaxValue))
                {
                    // Batch after batch, as long as the kernel takes them.
                }
            }
        }
        finally
        {
            Wake();
        }
    }

    /// <summary>Sends a panic's next batch; false when there is nothing to send or no connection is free.</summary>
    private bool TryFire(PanicOperation operation, int maxFrames)
    {
        var effects = EffectsPool.Rent();
        FrameBatch? batch;
        uint others = 0;
        lock (_dispatcher.Lock)
        {
            batch = operation.IsOver || _stopping ? null : Fill(operation, maxFrames, effects, out others);
            _dispatcher.Seal(effects);
        }

        // Outside the lock: encrypting and the kernel take longer than all the rest.
        if (batch is not null)
        {
            batch.BeginFiring();
            _dispatcher.Send(batch);
            batch.EndFiring();
            for (; others != 0; others &= others - 1)
            {
                _dispatcher.Send(_batches[BitOperations.TrailingZeroCount(others)]);
            }
        }

        _dispatcher.Finish(effects);
        _book.HandToJournal();
        return batch is not null;
    }

    /// <summary>
    /// Takes the panic's next orders out of the book into a free batch, and for a broadcast into others too. Under the lock.
    /// </summary>
    private FrameBatch? Fill(PanicOperation operation, int maxFrames, TrackerEffects effects, out uint others)
    {
        others = 0;
        var now = Stopwatch.GetTimestamp();
        if (TakeBatch(operation.Sharing, now) is not { } batch)
        {
            return null;
        }

        var copies = operation.Sharing == PanicSharing.Broadcast ? 1 + BitOperations.PopCount(FreeConnections()) : 1;
        var frames = Math.Min(maxFrames, batch.Capacity);
        var rate = operation.Tally.RespectsRate ? _dispatcher.Tracker.Rate : null;
        if (rate is not null && !HasMore(operation))
        {
            batch.Release();
            return null; // nothing to hold the rate back for
        }

        var wanted = frames * copies;
        var allowed = rate?.TakeForPanic(wanted, now) ?? 0;
        frames = rate is null ? frames : allowed / copies;
        var count = frames == 0 ? 0 : TakeOrders(operation, batch, frames, now, effects);
        for (var i = 0; i < count; i++)
        {
            var cancel = _dispatcher.Tracker.Fire(batch.Orders[i], operation.Tally, batch.ConnectionId, now, effects);
            batch.Add(cancel, cancel.Generation);
        }

        others = copies > 1 && count > 0 ? CopyElsewhere(batch, now) : 0;
        var used = count * (1 + BitOperations.PopCount(others));
        if (rate is not null)
        {
            rate.SettlePanic(wanted, allowed, used, copies, now);
        }
        else if (used > 0)
        {
            _ = _dispatcher.Tracker.Rate?.TakeForPanic(used, now); // counted, though not kept to
        }

        if (count > 0)
        {
            return batch;
        }

        operation.IsFiredOut |= frames > 0;
        batch.Release();
        return null;
    }

    /// <summary>Whether a panic has orders that it has not come to, or that have met its latch since.</summary>
    private bool HasMore(PanicOperation operation) =>
        !operation.IsFiredOut || (operation.Latch != 0 && _book.Firing.HasLatched(operation.Cursor.Scope));

    /// <summary>
    /// Copies the frames of the next orders into a batch. Orders that an earlier panic fired and that are unresolved are this panic's
    /// from here on, and need no frame.
    /// </summary>
    private int TakeOrders(PanicOperation operation, FrameBatch batch, int frames, long now, TrackerEffects effects)
    {
        var room = batch.Frames.AsSpan(0, frames * CancelFrame.Length);
        var orders = batch.Orders.AsSpan(0, frames);
        Span<FiredOrder> takenOver = stackalloc FiredOrder[MaxTakenOver];
        int count;
        int takenOverCount;
        do
        {
            count = operation.Orders is { } given
                ? _book.Firing.Fire(ref operation.Cursor, given, room, orders, takenOver, out takenOverCount)
                : _book.Firing.Fire(ref operation.Cursor, room, orders, takenOver, out takenOverCount);
            foreach (ref readonly var order in takenOver[..takenOverCount])
            {
                _dispatcher.Tracker.TakeOver(order, operation.Tally, now, effects);
            }
        }
        while (count == 0 && takenOverCount > 0);

        return count;
    }

    /// <summary>
    /// Further copies of a batch for each other connection that is free, under masking keys of their own; returns those as bits.
    /// </summary>
    private uint CopyElsewhere(FrameBatch first, long now)
    {
        uint copied = 0;
        for (var left = FreeConnections(); left != 0; left &= left - 1)
        {
            var connectionId = ConnectionTable.Lowest(left);
            var batch = _batches[connectionId - 1];
            if (!TryTake(batch, now))
            {
                continue;
            }

            for (var i = 0; i < first.Count; i++)
            {
                CancelFrame.Remask(
                    first.Content.Span.Slice(i * CancelFrame.Length, CancelFrame.Length), batch.Next, _book.Firing.NextMaskingKey());
                CancelTracker.FireAlso(first.Cancels[i], connectionId, now);
                batch.Add(first.Cancels[i], first.Generations[i]);
            }

            copied |= ConnectionTable.Bit(connectionId);
        }

        return copied;
    }

    /// <summary>
    /// The batch of a connection that is up and free, in turn; for a broadcast, none while another is busy that still takes bytes.
    /// </summary>
    private FrameBatch? TakeBatch(PanicSharing sharing, long now)
    {
        var free = FreeConnections();
        if (sharing == PanicSharing.Broadcast)
        {
            for (var busy = _dispatcher.Tracker.Connections & ~free; busy != 0; busy &= busy - 1)
            {
                if (now - _batches[ConnectionTable.Lowest(busy) - 1].Since < BroadcastPatience)
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
        var turn = free >> _nextConnection << _nextConnection;
        var index = BitOperations.TrailingZeroCount(turn != 0 ? turn : free);
        _nextConnection = (index + 1) % _batches.Length;
        return TryTake(_batches[index], now) ? _batches[index] : null;
    }

    private bool TryTake(FrameBatch batch, long now)
    {
        if (!batch.TryTake(now))
        {
            return false;
        }

        batch.Incarnation = _dispatcher.Tracker.Incarnation(batch.ConnectionId);
        return true;
    }

    /// <summary>The connections that are up and whose batch is free, as bits.</summary>
    private uint FreeConnections()
    {
        uint free = 0;
        for (var left = _dispatcher.Tracker.Connections; left != 0; left &= left - 1)
        {
            free |= _batches[BitOperations.TrailingZeroCount(left)].IsTaken ? 0 : left & (0 - left);
        }

        return free;
    }
}
