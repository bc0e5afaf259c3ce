using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>
/// The one writer of a connection: two buffers and one flusher. Senders copy whole frames into the filling buffer under a
/// short lock; a caller that finds no flusher becomes it, swaps the buffers and writes on its own thread; frames that come
/// meanwhile are carried by the next batch. When the buffers are full, senders wait, in turn and bounded. Pings, pongs and
/// the close frame go at the end of a batch, between frames. Thread-safe.
/// </summary>
/// <remarks>
/// Nothing here needs the thread pool: a flush that the kernel does not take is finished on the connection's worker
/// thread, which then goes on as the flusher, and it also relieves a sender that has carried a few batches of others.
/// </remarks>
internal sealed partial class SendQueue
{
    // A sender carries its own batch and a few of others', then hands over, so that none is kept indefinitely.
    private const int BatchesPerSender = 4;

    // Made ahead: a stall is not the time to allocate.
    private const int OperationsAtStart = 8;

    // Fewer frames that wait are not worth looking through for those that are not wanted any more.
    private const int MinSweep = 64;

    private const int ControlReserve = 3 * ControlSlot.MaxFrameSize;

    private readonly Lock _lock = new();
    private readonly PipeWriter _output;
    private readonly FlushWorker _worker;
    private readonly int _connectionId;
    private readonly long _incarnation;
    private readonly int _capacity;
    private readonly int _maxParked;
    private readonly Action<Exception> _failed;
    private readonly Action<Exception> _fault;
    private readonly Action _resume;
    private readonly Action _takeOver;
    private readonly ControlSlot _ping = new();
    private readonly ControlSlot _pong = new();
    private readonly ControlSlot _close = new();

    private byte[] _filling;
    private byte[] _flying;
    private int _filled;
    private SendOperation? _fillingOperations;
    private SendOperation? _flyingOperations;
    private long _fillingBatch = 1;
    private long _flyingBatch;
    private long _completedBatch;
    private long _droppedBatch = long.MaxValue;
    private bool _flushing;
    private NotSentReason _refusing;
    private bool _closeWritten;
    private bool _failedOnce;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _pendingFlush;
    private long _lastStallEnded;

    /// <param name="output">Written by this queue alone.</param>
    /// <param name="worker">Finishes what a sender's thread should not wait for.</param>
    /// <param name="connectionId">Stamped on outcomes.</param>
    /// <param name="incarnation">Stamped on outcomes.</param>
    /// <param name="capacity">Bytes per buffer: also the maximum of a frame, and of what goes between two control frames.</param>
    /// <param name="maxParked">How many callers may wait for room, and how many redundant copies.</param>
    /// <param name="failed">Told once, on the flushing thread, when writing fails.</param>
    /// <param name="fault">Told what an observer or a caller's continuation throws; must only hand on.</param>
    public SendQueue(
        PipeWriter output,
        FlushWorker worker,
        int connectionId,
        long incarnation,
        int capacity,
        int maxParked,
        Action<Exception> failed,
        Action<Exception> fault)
    {
        _output = output;
        _worker = worker;
        _connectionId = connectionId;
        _incarnation = incarnation;
        _capacity = capacity;
        _maxParked = maxParked;
        _failed = failed;
        _fault = fault;
        _filling = new byte[capacity + ControlReserve];
        _flying = new byte[capacity + ControlReserve];
        _resume = ResumeAfterStall;
        _takeOver = TakeOver;
        for (var i = 0; i < OperationsAtStart; i++)
        {
            _freeOperations = new SendOperation(this, fault) { Next = _freeOperations };
        }
    }

    /// <summary>The largest frame, in bytes, header included.</summary>
    public int MaxFrameSize => _capacity;

    /// <summary>How many frames wait for room.</summary>
    public int ParkedCount => Volatile.Read(ref _parkedCount);

    /// <summary>When a flush that had stalled last completed: the peer has taken bytes. 0 before the first.</summary>
    public long LastStallEnded => Volatile.Read(ref _lastStallEnded);

    /// <summary>Sends a frame; completes when the kernel has it, synchronously when it takes it at once.</summary>
    /// <param name="frame">A whole, masked frame of at most <see cref="MaxFrameSize"/> bytes; copied.</param>
    /// <param name="cancellationToken">Withdraws the frame while it waits for room; then it was not sent.</param>
    public ValueTask<SendOutcome> SendAsync(ReadOnlySpan<byte> frame, CancellationToken cancellationToken)
    {
        var finished = Append(frame, default, null, null, 0, out var operation, out var outcome);
        if (finished)
        {
            return new ValueTask<SendOutcome>(outcome);
        }

        operation!.Watch(cancellationToken);
        return operation.Task;
    }

    /// <summary>Sends a frame whose sender does not wait; the observer is told, possibly before this returns.</summary>
    public void Send(ReadOnlySpan<byte> frame, ISendObserver observer, object state, uint generation)
    {
        if (Append(frame, default, observer, state, generation, out _, out var outcome))
        {
            Tell(observer, state, generation, outcome);
        }
    }

    /// <summary>Sends frames whose sender does not wait, and leaves their memory as it is until the observer is told.</summary>
    public void SendLent(ReadOnlyMemory<byte> frames, ISendObserver observer, object state)
    {
        if (Append(frames.Span, frames, observer, state, 0, out _, out var outcome))
        {
            Tell(observer, state, 0, outcome);
        }
    }

    /// <summary>Sends a ping after the frames that are queued; it replaces one that has not gone yet.</summary>
    public void SendPing(ReadOnlySpan<byte> frame) => SendControl(_ping, frame);

    /// <summary>Sends a pong; it replaces one that has not gone yet, as RFC 6455 §5.5.3 allows.</summary>
    public void SendPong(ReadOnlySpan<byte> frame) => SendControl(_pong, frame);

    /// <summary>Sends the close frame, and nothing after it.</summary>
    /// <param name="frame">A whole, masked close frame.</param>
    /// <param name="dropQueued">Drops what has not been passed on yet; otherwise it goes first.</param>
    public void SendClose(ReadOnlySpan<byte> frame, bool dropQueued)
    {
        SendOperation? dropped = null;
        bool flush;
        lock (_lock)
        {
            if (_failedOnce || _closeWritten || !_close.IsEmpty)
            {
                return;
            }

            _refusing = NotSentReason.NotConnected;
            if (dropQueued)
            {
                dropped = TakeUnsent();
            }

            _close.Put(frame);
            flush = !_flushing;
            _flushing = true;
        }

        Deliver(dropped);
        if (flush)
        {
            _ = Drain(1);
        }
    }

    /// <summary>Refuses everything from now on; what has not been passed on was not sent. Idempotent.</summary>
    public void Stop()
    {
        SendOperation? dropped;
        lock (_lock)
        {
            _failedOnce = true;
            _refusing = NotSentReason.NotConnected;
            _ping.Clear();
            _pong.Clear();
            _close.Clear();
            dropped = TakeUnsent();
        }

        Deliver(dropped);
    }

    /// <summary>Withdraws an operation that still waits for room.</summary>
    internal void Withdraw(SendOperation operation)
    {
        lock (_lock)
        {
            if (!operation.Parked)
            {
                return; // in a batch already
            }

            Unpark(operation);
            operation.Decided = NotSent(NotSentReason.Canceled);
        }

        operation.DropFrame();
        Deliver(operation);
    }

    private bool Append(
        ReadOnlySpan<byte> frame,
        ReadOnlyMemory<byte> lent,
        ISendObserver? observer,
        object? state,
        uint generation,
        out SendOperation? operation,
        out SendOutcome outcome)
    {
        Debug.Assert(frame.Length <= _capacity, "The caller checks the size.");
        operation = null;
        outcome = default;
        SendOperation? unwanted = null;
        ReadOnlyMemory<byte> direct = default;
        long batch = 0;
        lock (_lock)
        {
            if (_refusing != NotSentReason.None)
            {
                outcome = NotSent(_refusing);
                return true;
            }

            if (_firstParked is not null || _filled + frame.Length > _capacity)
            {
                if (observer is null or NullSendObserver && _parkedCount >= _maxParked)
                {
                    outcome = NotSent(NotSentReason.QueueFull);
                    return true;
                }

                operation = Rent(observer, state, generation);
                Park(operation, frame, lent);
                unwanted = SweepParked();
            }
            else if (!_flushing && !lent.IsEmpty)
            {
                // Nothing goes before it: a batch of its own, from where it lies.
                _flushing = true;
                batch = _flyingBatch = _fillingBatch++;
                direct = lent;
            }
            else
            {
                frame.CopyTo(_filling.AsSpan(_filled));
                _filled += frame.Length;
                batch = _fillingBatch;
                if (_flushing)
                {
                    operation = Rent(observer, state, generation);
                    operation.Next = _fillingOperations;
                    _fillingOperations = operation;
                }

                _flushing = true;
            }
        }

        if (operation is not null)
        {
            Deliver(unwanted);
            return false;
        }

        var written = Drain(BatchesPerSender, direct);
        return Conclude(batch, written, observer, state, generation, out operation, out outcome);
    }

    /// <summary>Finds out, after flushing, what became of the own batch.</summary>
    private bool Conclude(
        long batch,
        long written,
        ISendObserver? observer,
        object? state,
        uint generation,
        out SendOperation? operation,
        out SendOutcome outcome)
    {
        operation = null;
        if (batch >= Volatile.Read(ref _droppedBatch))
        {
            outcome = NotSent(NotSentReason.NotConnected);
            return true;
        }

        if (written != 0)
        {
            outcome = Written(written);
            return true;
        }

        lock (_lock)
        {
            if (_completedBatch >= batch)
            {
                // The worker finished it between the stall and here.
                outcome = Written(LastStallEnded);
                return true;
            }

            if (_failedOnce && !_flushing)
            {
                outcome = Unknown();
                return true;
            }

            operation = Rent(observer, state, generation);
            operation.Next = _flyingOperations;
            _flyingOperations = operation;
            outcome = default;
            return false;
        }
    }

    private void SendControl(ControlSlot slot, ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (_refusing != NotSentReason.None)
            {
                return;
            }

            slot.Put(frame);
            if (_flushing)
            {
                return;
            }

            _flushing = true;
        }

        _ = Drain(1);
    }

    private void Tell(ISendObserver observer, object state, uint generation, in SendOutcome outcome)
    {
        try
        {
            observer.Sent(state, generation, outcome);
        }
#pragma warning disable CA1031 // What an observer throws must not reach the sender, who is another.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault(e);
        }
    }

    private SendOutcome Written(long timestamp) => Outcome(SendOutcomeKind.Written) with { WrittenTimestamp = timestamp };

    private SendOutcome NotSent(NotSentReason reason) => Outcome(SendOutcomeKind.NotSent) with { Reason = reason };

    private SendOutcome Unknown() => Outcome(SendOutcomeKind.Unknown);

    private SendOutcome Outcome(SendOutcomeKind kind) => new() { Kind = kind, ConnectionId = _connectionId, Incarnation = _incarnation };
}
