using System.Diagnostics;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Cancels;

/// <content>The panic's thread: firing on, sending again, reporting.</content>
internal sealed partial class PanicBurst
{
    private const int Busy = 1;
    private const int Idle = 20;

    private readonly int[] _unresolved = new int[512];
    private readonly uint[] _unresolvedGenerations = new uint[512];
    private long _nextLook;

    private void Loop()
    {
        try
        {
            Follow();
        }
        catch (ObjectDisposedException)
        {
            // The book was disposed before the client: nothing is left to fire or to follow.
        }

        lock (_gate)
        {
            _stopping = true;
            foreach (var run in _runs)
            {
                if (!run.IsReported)
                {
                    run.Report(ReportOf(run));
                }
            }
        }
    }

    private void Follow()
    {
        while (!_stopping)
        {
            _ = _wake.Wait(!_isActive ? Timeout.Infinite : IsAnyoneWaiting() ? Busy : Idle);
            FireOn();
            var now = Stopwatch.GetTimestamp();
            ForgetLost();
            if (now >= _nextLook || _lookAtOnce)
            {
                _lookAtOnce = false;
                _nextLook = now + (Stopwatch.Frequency * Idle / 1000);
                SendAgain(now);
            }

            Conclude(now);
        }
    }

    private volatile bool _lookAtOnce;

    private bool IsAnyoneWaiting()
    {
        lock (_gate)
        {
            foreach (var run in _runs)
            {
                if (!run.IsReported)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Fires what is left, and what met a latch since, as far as the connections take it.</summary>
    private void FireOn()
    {
        for (var i = 0; ; i++)
        {
            PanicRun run;
            lock (_gate)
            {
                if (i >= _runs.Count)
                {
                    return;
                }

                run = _runs[i];
            }

            while (TryFireRun(run, int.MaxValue))
            {
                // Runs are not let go of but by this thread.
            }
        }
    }

    /// <summary>What a lost connection carried is carried by none.</summary>
    private void ForgetLost()
    {
        var lost = Interlocked.Exchange(ref _lost, 0);
        if (lost == 0)
        {
            return;
        }

        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Carrier != 0 && (lost & (1u << (slot.Carrier - 1))) != 0)
            {
                slot.Carrier = 0;
            }
        }

        _nextLook = 0;
    }

    private void SendAgain(long now)
    {
        lock (_gate)
        {
            foreach (var run in _runs)
            {
                if (_book.Counts(run.Number).Unresolved == 0)
                {
                    continue;
                }

                var cursor = CancelBook.OpenCursor(run.Number);
                for (var count = NextUnresolved(ref cursor); count > 0; count = NextUnresolved(ref cursor))
                {
                    SendAgain(run, count, now);
                }
            }
        }
    }

    private int NextUnresolved(ref BookCursor cursor) =>
        _book.Unresolved(ref cursor, long.MaxValue, _unresolved, _unresolvedGenerations);

    private void SendAgain(PanicRun run, int count, long now)
    {
        for (var done = 0; done < count;)
        {
            var lane = FreeLane(PanicSharing.Shard);
            if (lane is null)
            {
                return; // looked at again when a lane is free, or a connection ready
            }

            lane.Count = 0;
            for (; done < count && lane.Count < lane.Slots.Length; done++)
            {
                ref var slot = ref _slots[_unresolved[done]];
                if (!IsDue(ref slot, now) || (slot.Carrier != 0 && slot.Carrier == lane.ConnectionId && HasOther(lane.ConnectionId)))
                {
                    continue;
                }

                if (slot.Carrier != 0 && !_budget.TryTake(now, out _))
                {
                    continue;
                }

                if (_book.CopyFrame(_unresolved[done], _unresolvedGenerations[done], Place(lane), _keys.Next()))
                {
                    lane.Slots[lane.Count++] = _unresolved[done];
                    slot.IsSending = true;
                    slot.DueAt = 0;
                    slot.Resends += (byte)(slot.WasWritten && slot.Resends < byte.MaxValue ? 1 : 0);
                    run.Resent += slot.WasWritten ? 1 : 0;
                }
            }

            if (lane.Count > 0)
            {
                Occupy(lane, run);
                Send(lane);
            }
        }
    }

    private bool HasOther(int connectionId) => (_connections.ReadyMask & ~(1u << (connectionId - 1))) != 0;

    /// <summary>
    /// Whether another copy is to go: its connection is gone, or it never went; the venue's putting off is over; or nothing
    /// came from its connection for long.
    /// </summary>
    private bool IsDue(ref PanicSlot slot, long now)
    {
        if (slot.IsSending)
        {
            return false;
        }

        if (slot.DueAt != 0)
        {
            return now >= slot.DueAt;
        }

        return slot.Carrier == 0
            || now >= _resends.AckDue(Math.Max(slot.WrittenAt, Volatile.Read(ref _lastReply[slot.Carrier - 1])), slot.Resends);
    }

    /// <summary>"Not found" of an order that the venue may not know yet: its cancel came first, and is sent again for a while.</summary>
    private bool TryPutOffPending(in OrderHash hash, long now)
    {
        if (!_book.TryFindFired(hash, out var index, out _, out var isPending) || !isPending)
        {
            return false;
        }

        ref var slot = ref _slots[index];
        if (now - slot.FiredAt >= _resends.NotFoundGrace)
        {
            return false;
        }

        slot.DueAt = now + ResendPolicy.Delay(slot.Resends);
        return true;
    }

    private bool TryPutOff(in Reply reply, long now)
    {
        if (!_book.TryFindFired(reply.Hash, out var index, out var number, out _))
        {
            return false;
        }

        ref var slot = ref _slots[index];
        slot.DueAt = now + ResendPolicy.Delay(slot.Resends, reply.RetryAfter);
        lock (_gate)
        {
            if (reply.Kind == ReplyKind.Throttled)
            {
                _budget.Throttled(now, reply.RetryAfter);
            }

            foreach (var run in _runs)
            {
                run.PutOff += run.Number == number ? 1 : 0;
            }
        }

        return true;
    }

    /// <summary>Reports the panics that are over or out of time, and lets go of those that nothing can come of any more.</summary>
    private void Conclude(long now)
    {
        lock (_gate)
        {
            var isLatched = _book.IsLatched;
            for (var i = _runs.Count - 1; i >= 0; i--)
            {
                var run = _runs[i];
                var isResolved = run.IsFiredOut && Volatile.Read(ref run.Sending) == 0 && _book.Counts(run.Number).Unresolved == 0;
                if (!run.IsReported && (isResolved || now >= run.Deadline))
                {
                    run.Report(ReportOf(run));
                }

                // A latched scope's panic goes on: orders armed in it are fired by it.
                if (run.IsReported && run.IsTaken && isResolved && !isLatched)
                {
                    _runs.RemoveAt(i);
                    run.Number = 0;
                    run.Next = _freeRuns;
                    _freeRuns = run;
                }
            }

            _isActive = _runs.Count > 0;
        }
    }

    private PanicReport ReportOf(PanicRun run)
    {
        var counts = _book.Counts(run.Number);
        return new PanicReport
        {
            Orders = counts.Fired,
            Written = Volatile.Read(ref run.Written),
            Confirmed = counts.Confirmed,
            AlreadyGone = counts.Gone,
            NotFound = counts.NotFound,
            Rejected = counts.Rejected,
            Unresolved = counts.Unresolved,
            Left = counts.Superseded + counts.Forgotten,
            PutOff = run.PutOff,
            Resent = run.Resent,
            FirstByte = Since(run, run.FirstByte),
            LastByte = Since(run, run.LastByte),
            LastConfirmation = Since(run, counts.LastClosed),
            UnresolvedOrders = counts.Unresolved > 0 ? ListUnresolved(run) : null,
        };
    }

    private List<OrderHash> ListUnresolved(PanicRun run)
    {
        var orders = new List<OrderHash>();
        var cursor = CancelBook.OpenCursor(run.Number);
        try
        {
            for (var count = NextUnresolved(ref cursor); count > 0; count = NextUnresolved(ref cursor))
            {
                for (var i = 0; i < count; i++)
                {
                    if (_book.TryGetOrder(_unresolved[i], _unresolvedGenerations[i], out var order))
                    {
                        orders.Add(order.Hash);
                    }
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The book was disposed before the client: the number says how many are not listed.
        }

        return orders;
    }

    private static TimeSpan? Since(PanicRun run, long timestamp) =>
        timestamp == 0 ? null : Stopwatch.GetElapsedTime(run.Triggered, timestamp);
}
