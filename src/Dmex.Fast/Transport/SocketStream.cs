using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Dmex.Fast.Transport;

/// <summary>
/// A stream over a non-blocking socket whose reads block the caller's thread and whose writes go to the kernel on the
/// caller's thread. A write that the kernel does not take whole is finished by the connection's
/// <see cref="FlushWorker"/>, and its continuation runs there. Nothing waits for the thread pool. One reader and one
/// writer at a time.
/// </summary>
/// <remarks>
/// The socket is non-blocking from its creation and is never given to an asynchronous socket operation, so it is never
/// registered with the runtime's event loop: readiness is awaited by poll(2) on the thread that needs it.
/// </remarks>
internal sealed class SocketStream : Stream, IValueTaskSource
{
    // Long enough to cost nothing, short enough that a missed wake-up by shutdown is noticed.
    private const int PollSliceMicros = 500_000;
    private const int ConnectPollSliceMicros = 20_000;

    private readonly Socket _socket;
    private readonly FlushWorker _worker;
    private readonly ConnectBudget _budget;
    private readonly Action _finishSend;
    private ManualResetValueTaskSourceCore<bool> _sendCore;
    private ReadOnlyMemory<byte> _unsent;
    private readonly bool _busyPoll;
    private volatile bool _aborted;

    /// <param name="socket">Connected, non-blocking, and owned from now on.</param>
    /// <param name="budget">Bounds every wait until it is over.</param>
    /// <param name="worker">Finishes stalled sends.</param>
    /// <param name="busyPoll">Whether reading polls without pause once connecting is over.</param>
    public SocketStream(Socket socket, ConnectBudget budget, FlushWorker worker, bool busyPoll = false)
    {
        _busyPoll = busyPoll;
        _budget = budget;
        _socket = socket;
        _worker = worker;
        _finishSend = FinishSend;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends every wait of this stream, now and later, from any thread; idempotent.</summary>
    public void Abort()
    {
        _aborted = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not connected any more, or closed: there is no wait left to end.
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (!_busyPoll || !_budget.IsOver || buffer.IsEmpty)
            {
                Wait(SelectMode.SelectRead);
            }

            ObjectDisposedException.ThrowIf(_aborted, this);
            if (buffer.IsEmpty)
            {
                return 0;
            }

            var received = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return received;
            }

            if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            {
                throw Broken("receive", error);
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Blocks the caller's thread until bytes, the end or an error arrive; always returns completed.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return new ValueTask<int>(Read(buffer.Span));
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[TrySend(buffer)..];
            if (!buffer.IsEmpty)
            {
                Wait(SelectMode.SelectWrite);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>
    /// Completes synchronously when the kernel takes all bytes. Otherwise the rest goes by the worker thread, once its
    /// deferred work is released (while connecting it goes on the caller's thread, which waits). The token is not
    /// observed: a half-sent record cannot be withdrawn.
    /// </summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (!_budget.IsOver)
            {
                Write(buffer.Span);
                return ValueTask.CompletedTask;
            }

            var sent = TrySend(buffer.Span);
            if (sent == buffer.Length)
            {
                return ValueTask.CompletedTask;
            }

            _unsent = buffer[sent..];
            _sendCore.Reset();
            var version = _sendCore.Version;
            return _worker.PostDeferred(_finishSend)
                ? new ValueTask(this, version)
                : throw new ObjectDisposedException(nameof(SocketStream));
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    void IValueTaskSource.GetResult(short token) => _ = _sendCore.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _sendCore.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sendCore.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Abort();
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private void FinishSend()
    {
        try
        {
            var rest = _unsent;
            while (true)
            {
                Wait(SelectMode.SelectWrite);
                rest = rest[TrySend(rest.Span)..];
                if (rest.IsEmpty)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            _unsent = default;
            _sendCore.SetException(e);
            return;
        }

        _unsent = default;
        _sendCore.SetResult(true);
    }

    private int TrySend(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        while (sent < buffer.Length)
        {
            ObjectDisposedException.ThrowIf(_aborted, this);
            sent += _socket.Send(buffer[sent..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            if (error is not (SocketError.Success or SocketError.Interrupted))
            {
                throw Broken("send", error);
            }
        }

        return sent;
    }

    private void Wait(SelectMode mode)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_aborted, this);
            var connecting = !_budget.IsOver;
            if (connecting)
            {
                _budget.ThrowIfSpent();
            }

            if (_socket.Poll(connecting ? ConnectPollSliceMicros : PollSliceMicros, mode))
            {
                return;
            }
        }
    }

    private static TransportException Broken(string what, SocketError error)
    {
        var inner = new SocketException((int)error);
        return new TransportException(TransportFailure.Broken, $"The connection broke ({what}): {inner.Message}.", inner);
    }
}
