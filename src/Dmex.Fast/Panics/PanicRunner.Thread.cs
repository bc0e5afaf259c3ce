using System.Diagnostics;

namespace Dmex.Fast.Panics;

/// <content>The own thread: fires on what the kernel did not take at once, and reports.</content>
internal sealed partial class PanicRunner
{
    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                Wait();
                FireOn();
                Conclude(Stopwatch.GetTimestamp(), isLast: false);
            }
            catch (ObjectDisposedException)
            {
                break; // the book was disposed before the client: nothing is left to fire
            }
#pragma warning disable CA1031 // A panic's thread ends for nothing: what can go on does, and the rest is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                NoteFailure(e);
                Thread.Sleep(20);
            }
        }

        Conclude(Stopwatch.GetTimestamp(), isLast: true);
    }

    private void NoteFailure(Exception exception)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            _failed(exception);
        }
    }

    /// <summary>Waits until something happens, or the next report is due.</summary>
    private void Wait()
    {
        var due = long.MaxValue;
        lock (_dispatcher.Lock)
        {
            foreach (var operation in _operations)
            {
                due = operation.IsReported ? due : Math.Min(due, operation.Deadline);

                // Where the account's rate holds it back, nothing wakes this thread.
                if (operation.Tally.RespectsRate && _dispatcher.Tracker.Rate is not null && HasMore(operation))
                {
                    due = Math.Min(due, Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100));
                }
            }
        }

        var sleep = due == long.MaxValue ? Timeout.Infinite
            : (int)Math.Clamp(((due - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency) + 1, 0, 60_000);
        _ = _wake.Wait(sleep);
    }

    /// <summary>Fires what is left, and what met a latch since, as far as the connections take it.</summary>
    private void FireOn()
    {
        for (var i = 0; ; i++)
        {
            PanicOperation operation;
            lock (_dispatcher.Lock)
            {
                if (i >= _operations.Count)
                {
                    return;
                }

                operation = _operations[i];
            }

            while (TryFire(operation, int.MaxValue))
            {
                // Operations leave the list on this thread alone.
            }
        }
    }

    /// <summary>Reports the panics that are resolved or out of time, and releases those to which nothing more can happen.</summary>
    private void Conclude(long now, bool isLast)
    {
        for (var i = _operations.Count - 1; i >= 0; i--)
        {
            var operation = _operations[i];
            PanicReport? report = null;
            lock (_dispatcher.Lock)
            {
                // In this order: what is not latched any more meets no latch from here on.
                var isLatching = !isLast && operation.Latch != 0 && _book.Firing.IsLatching(operation.Latch);
                var isResolved = operation.IsFiredOut && operation.Tally.Unresolved == 0
                    && (operation.Latch == 0 || !_book.Firing.HasLatched(operation.Cursor.Scope));
                if (!operation.IsReported && (isResolved || isLast || now >= operation.Deadline))
                {
                    report = ReportOf(operation);
                    operation.MarkReported();
                }

                // A latched scope's panic goes on: orders armed in it are fired by it.
                if (operation.IsReported && (isLast || (isResolved && !isLatching)))
                {
                    operation.IsOver = operation.Tally.IsOver = true;
                    _operations.RemoveAt(i);
                }

                _isActive = _operations.Count > 0;
            }

            if (report is { } told)
            {
                _metrics?.Panicked(told.Confirmed, told.AlreadyGone + told.NotFound, told.Rejected, told.Unresolved, told.LastByte);
                operation.Report(told);
            }

            if (operation.IsOver)
            {
                lock (_dispatcher.Lock)
                {
                    Recycle(operation);
                }
            }
        }
    }

    private PanicReport ReportOf(PanicOperation operation)
    {
        var tally = operation.Tally;
        _open.Clear();
        var notFired = ListUnresolved(operation);
        var unknown = _open.Count > 0 ? _dispatcher.Tracker.Unknown.Count - operation.UnknownBefore : 0;
        return new PanicReport
        {
            Orders = tally.Fired + notFired,
            Written = tally.Written,
            Confirmed = tally.Confirmed,
            AlreadyGone = tally.Gone,
            NotFound = tally.NotFound,
            Rejected = tally.Rejected,
            Unresolved = tally.Unresolved + notFired,
            Left = tally.Left,
            NotArmed = operation.Cursor.Missing,
            PutOff = tally.PutOff,
            Resent = tally.Resent,
            FirstByte = Since(operation, tally.FirstByteAt),
            LastByte = Since(operation, tally.LastByteAt),
            LastConfirmation = Since(operation, tally.LastClosedAt),
            UnknownMessages = unknown,
            LastUnknownMessage = unknown > 0 ? _dispatcher.Tracker.Unknown.Excerpt : null,
            UnresolvedOrders = _open.Count > 0 ? [.. _open] : null,
        };
    }

    /// <summary>Lists what is unresolved; returns how many of those the panic has not come to yet.</summary>
    private int ListUnresolved(PanicOperation operation)
    {
        if (operation.Tally.Unresolved > 0)
        {
            _dispatcher.Tracker.ListOpen(operation.Tally, _open);
        }

        var fired = _open.Count;
        if (operation.Orders is { } given)
        {
            _book.Firing.ListArmed(given.AsSpan(operation.Cursor.Word), _open);
        }
        else
        {
            _book.Firing.ListArmed(operation.Cursor.Scope, isLatchedOnly: operation.IsFiredOut, _open);
        }

        return _open.Count - fired;
    }

    private static TimeSpan? Since(PanicOperation operation, long timestamp) =>
        timestamp == 0 ? null : Stopwatch.GetElapsedTime(operation.TriggeredAt, Math.Max(timestamp, operation.TriggeredAt));
}
