using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Dmex.Fast.Connections;

/// <summary>
/// A frame whose fate is not known yet: in a batch that another thread flushes, or waiting for room with its bytes, its own or
/// borrowed ones. Pooled. Either a caller awaits it, or an observer is told.
/// </summary>
internal sealed class SendOperation : IValueTaskSource<SendOutcome>
{
    private readonly SendQueue _queue;
    private ManualResetValueTaskSourceCore<SendOutcome> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private byte[]? _frame;
    private ReadOnlyMemory<byte> _lent;
    private int _frameLength;

    public SendOperation(SendQueue queue) => _queue = queue;

    /// <summary>The next in a batch, or in the pool.</summary>
    public SendOperation? Next { get; set; }

    /// <summary>The one before, among those that wait for room.</summary>
    public SendOperation? Previous { get; set; }

    /// <summary>Whether it waits for room; guarded by the queue's lock.</summary>
    public bool Parked { get; set; }

    public ISendObserver? Observer { get; set; }

    public object? State { get; set; }

    public uint Generation { get; set; }

    /// <summary>What was decided under the lock, delivered outside.</summary>
    public SendOutcome Decided { get; set; }

    public ReadOnlySpan<byte> Frame => _frame is null ? _lent.Span : _frame.AsSpan(0, _frameLength);

    public ValueTask<SendOutcome> Task => new(this, _core.Version);

    /// <summary>Keeps a copy of a frame that found no room.</summary>
    public void KeepFrame(ReadOnlySpan<byte> frame)
    {
        _frame = ArrayPool<byte>.Shared.Rent(frame.Length);
        _frameLength = frame.Length;
        frame.CopyTo(_frame);
    }

    /// <summary>Keeps a frame that its owner leaves as it is until it is told.</summary>
    public void Borrow(ReadOnlyMemory<byte> frame) => _lent = frame;

    public void DropFrame()
    {
        _lent = default;
        if (_frame is { } frame)
        {
            // The frame holds a signature: it does not stay in a shared pool.
            _frame = null;
            ArrayPool<byte>.Shared.Return(frame, clearArray: true);
        }
    }

    public void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static state => ((SendOperation)state!).Withdraw(), this);
        }
    }

    /// <summary>Tells the observer or the caller; called once, outside the queue's lock.</summary>
    public void Deliver()
    {
        if (Observer is { } observer)
        {
            observer.Sent(State!, Generation, Decided);
            _queue.GiveBack(this);
        }
        else
        {
            _core.SetResult(Decided);
        }
    }

    /// <inheritdoc/>
    public SendOutcome GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The outcome is not there yet: await the ValueTask, or turn it into a Task, to wait for it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _registration.Dispose();
            _registration = default;
            _core.Reset();
            _queue.GiveBack(this);
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Withdraw() => _queue.Withdraw(this);
}
