using System.Diagnostics;
using System.IO.Pipelines;

namespace Dmex.Fast.Connections;

/// <content>
/// The flusher: batches, stalls, hand-over, failure. At most one thread is in here at a time, marked by <c>_flushing</c>.
/// </content>
internal sealed partial class SendQueue
{
    /// <summary>
    /// Flushes batch after batch, until there is nothing left, a flush stalls, or <paramref name="limit"/> batches were
    /// carried. Returns when the first batch was written, or 0 when it stalled or failed.
    /// </summary>
    /// <param name="limit">How many batches.</param>
    /// <param name="batch">The first one, where it is taken already; empty where it is in the filling buffer.</param>
    private long Drain(int limit, ReadOnlyMemory<byte> batch = default)
    {
        long firstWritten = 0;
        for (var carried = 0; ; carried++)
        {
            if (carried == limit)
            {
                HandOver();
                return firstWritten;
            }

            SendOperation? unwanted = null;
            if (batch.IsEmpty && !TakeBatch(out batch, out unwanted))
            {
                return firstWritten;
            }

            Deliver(unwanted);
            try
            {
#pragma warning disable CA2012 // Consumed once: here, or by the continuation when it is pending.
                var flush = _output.WriteAsync(batch).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!flush.IsCompleted)
                {
                    _pendingFlush = flush;
                    flush.UnsafeOnCompleted(_resume);
                    _worker.ReleaseDeferred();
                    return firstWritten;
                }

                Check(flush.GetResult());
            }
            catch (Exception e)
            {
                Fail(e);
                return firstWritten;
            }

            var now = Stopwatch.GetTimestamp();
            if (carried == 0)
            {
                firstWritten = now;
            }

            CompleteBatch(now);
            batch = default;
        }
    }

    private void HandOver()
    {
        lock (_lock)
        {
            if (!HasWork)
            {
                _flushing = false;
                return;
            }
        }

        if (!_worker.Post(_takeOver))
        {
            Fail(new ObjectDisposedException(nameof(SendQueue)));
        }
    }

    private void TakeOver() => _ = Drain(int.MaxValue);

    private void ResumeAfterStall()
    {
        var flush = _pendingFlush;
        _pendingFlush = default;
        try
        {
            Check(flush.GetResult());
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _lastStallEnded, now);
        CompleteBatch(now);
        _ = Drain(int.MaxValue);
    }

    private bool HasWork => _filled > 0 || _firstParked is not null || !_ping.IsEmpty || !_pong.IsEmpty || !_close.IsEmpty;

    private bool TakeBatch(out ReadOnlyMemory<byte> batch, out SendOperation? unwanted)
    {
        unwanted = null;
        lock (_lock)
        {
            if (!HasWork)
            {
                _flushing = false;
                batch = default;
                return false;
            }

            (_filling, _flying) = (_flying, _filling);
            var length = _filled;
            _filled = 0;
            _flyingOperations = _fillingOperations;
            _fillingOperations = null;
            _flyingBatch = _fillingBatch++;
            length += _pong.MoveTo(_flying.AsSpan(length));
            length += _ping.MoveTo(_flying.AsSpan(length));
            unwanted = AdmitParked();
            if (!_close.IsEmpty && _filled == 0 && _firstParked is null)
            {
                length += _close.MoveTo(_flying.AsSpan(length));
                _closeWritten = true;
            }

            batch = _flying.AsMemory(0, length);
            return true;
        }
    }

    private void CompleteBatch(long now)
    {
        SendOperation? written;
        lock (_lock)
        {
            _completedBatch = _flyingBatch;
            written = _flyingOperations;
            _flyingOperations = null;
            var outcome = Written(now);
            for (var operation = written; operation is not null; operation = operation.Next)
            {
                operation.Decided = outcome;
            }
        }

        Deliver(written);
    }

    private void Fail(Exception exception)
    {
        SendOperation? unknown;
        SendOperation? dropped;
        lock (_lock)
        {
            _failedOnce = true;
            _refusing = NotSentReason.NotConnected;
            _flushing = false;
            unknown = _flyingOperations;
            _flyingOperations = null;
            for (var operation = unknown; operation is not null; operation = operation.Next)
            {
                operation.Decided = Unknown();
            }

            _ping.Clear();
            _pong.Clear();
            _close.Clear();
            dropped = TakeUnsent();
        }

        try
        {
            _failed(exception);
        }
#pragma warning disable CA1031 // The senders are told their outcomes whatever happens.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault(e);
        }

        Deliver(unknown);
        Deliver(dropped);
    }

    private static void Check(FlushResult result)
    {
        if (result.IsCanceled)
        {
            throw new OperationCanceledException("The flush was canceled.");
        }

        if (result.IsCompleted)
        {
            throw new IOException("The other end reads no more.");
        }
    }

    /// <summary>Tells observers and callers. What an observer throws is reported, and the next one is told.</summary>
    private void Deliver(SendOperation? operations)
    {
        while (operations is { } operation)
        {
            // It may be back in the pool as soon as it is delivered.
            operations = operation.Next;
            operation.Next = null;
            try
            {
                operation.Deliver();
            }
#pragma warning disable CA1031 // The flusher goes on: others' frames depend on it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _fault(e);
            }
        }
    }
}
