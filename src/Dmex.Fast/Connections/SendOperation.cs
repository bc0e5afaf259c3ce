using System.Buffers;
using Dmex.Fast.Collections;

namespace Dmex.Fast.Connections;

/// <summary>
/// A frame whose outcome is not known yet: in a batch that another thread flushes, or waiting for room with its bytes, its own or
/// borrowed ones. Pooled. Either a caller awaits it, or an observer is told.
/// </summary>
internal sealed class SendOperation : PooledSource<SendOutcome>
{
    private readonly SendQueue _queue;
    private CancellationTokenRegistration _registration;
    private byte[]? _frame;
    private ReadOnlyMemory<byte> _lent;
    private int _frameLength;

    /// <param name="queue">Keeps the pool.</param>
    /// <param name="fault">Told what a caller's continuation or its context throws.</param>
    public SendOperation(SendQueue queue, Action<Exception> fault)
        : base(fault) => _queue = queue;

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

    /// <summary>False when an observer does not want it sent any more. Under the queue's lock.</summary>
    public bool IsWanted => Observer is null || Observer.IsWanted(State!, Generation);

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
        if (Observer is not { } observer)
        {
            Complete(Decided);
            return;
        }

        try
        {
            observer.Sent(State!, Generation, Decided);
        }
        finally
        {
            _queue.GiveBack(this);
        }
    }

    /// <inheritdoc/>
    protected override void GiveBack()
    {
        // Waits for a callback in progress, so that none can meet the next use of this object.
        _registration.Dispose();
        _registration = default;
        _queue.GiveBack(this);
    }

    private void Withdraw() => _queue.Withdraw(this);
}
