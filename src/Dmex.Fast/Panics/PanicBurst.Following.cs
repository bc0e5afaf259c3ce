using System.Diagnostics;
using Dmex.Fast.Book;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Panics;

/// <content>The panic's thread: firing on, sending again, reporting.</content>
internal sealed partial class PanicBurst
{
    private const int Busy = 1;
    private const int Idle = 20;

    private readonly int[] _unresolved = new int[512];
    private readonly uint[] _unresolvedGenerations = new uint[512];
    private readonly List<OrderHash> _open = [];
    private long _nextLook;
    private bool _hasFailed;

    private void Loop()
    {
        while (!_stopping)
        {
            try
            {
                Follow();
            }
            catch (ObjectDisposedException)
            {
                // The book was disposed before the client: nothing is left to fire or to follow.
                break;
            }
            catch (Exception e)
            {
                // A scope's predicate that throws, say. What can go on does; the rest is tried again.
                NoteFailure(e);
                Thread.Sleep(Idle);
            }
        }

        lock (_lock)
        {
            _stopping = true;
            foreach (var run in _runs)
            {
                if (!run.IsReported)
                {
                    run.Report(LastReportOf(run));
                }

                _book.Unfollow(run.Number);
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
            if (now >= _nextLook)
            {
                _nextLook = now + (Stopwatch.Frequency * Idle / 1000);
                SendAgain(now);
            }

            Conclude(now);
        }
    }

    private void NoteFailure(Exception exception)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            _failed(exception);
        }
    }

    private bool IsAnyoneWaiting()
    {
        lock (_lock)
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
            lock (_lock)
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
        for (var i = 0; ; i++)
        {
            PanicRun run;
            lock (_lock)
            {
                if (i >= _runs.Count)
                {
                    return;
                }

                // Runs are not let go of but by this thread.
                run = _runs[i];
            }

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

    private int NextUnresolved(ref BookCursor cursor) =>
        _book.Unresolved(ref cursor, _unresolved, _unresolvedGenerations);

    /// <summary>Offers orders to each lane that is free, because one that carries an order already is not for its next copy.</summary>
    private void SendAgain(PanicRun run, int count, long now)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            var lane = _lanes[i];
            for (var done = 0; done < count;)
            {
                lock (_lock)
                {
                    if ((FreeLanes() & (1u << i)) == 0 || !TryFillAgain(lane, run, ref done, count, now))
                    {
                        break;
                    }
                }

                // Outside the lock: a panic that is called for now does not wait for this.
                Send(lane);
            }
        }
    }

    /// <summary>Puts copies of those that are due into a lane, which is the run's then; false when none is. Under the lock.</summary>
    private bool TryFillAgain(PanicLane lane, PanicRun run, ref int done, int count, long now)
    {
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

            if (_rate is not null && _rate.TakeForPanic(1) == 0 && run.RespectsBudget)
            {
                break;
            }

            if (_book.CopyFrame(_unresolved[done], _unresolvedGenerations[done], Place(lane), _keys.Next()))
            {
                lane.Generations[lane.Count] = _unresolvedGenerations[done];
                lane.Slots[lane.Count++] = _unresolved[done];
                slot.Resends += (byte)((slot.WasWritten || slot.IsSending) && slot.Resends < byte.MaxValue ? 1 : 0);
                run.Resent += slot.WasWritten ? 1 : 0;
                slot.Generation = _unresolvedGenerations[done];
                slot.IsSending = true;
                slot.StartedAt = now;
                slot.DueAt = 0;
                slot.PassedOver = 0;
            }
        }

        if (lane.Count > 0)
        {
            Occupy(lane, run);
        }

        return lane.Count > 0;
    }

    private bool HasOther(int connectionId) => (_connections.ReadyMask & ~(1u << (connectionId - 1))) != 0;

    /// <summary>
    /// Whether another copy is to go: its connection is gone, or it never went; the venue's putting off is over; or its
    /// connection has answered nothing for long, or nothing but later copies.
    /// </summary>
    private bool IsDue(ref PanicSlot slot, long now)
    {
        if (Volatile.Read(ref slot.IsSending))
        {
            // Its connection takes no bytes: for as long as an answer may take, and then another is tried.
            return now >= _resends.AckDue(slot.StartedAt, slot.Resends);
        }

        if (slot.DueAt != 0)
        {
            return now >= slot.DueAt;
        }

        if (slot.Carrier == 0)
        {
            return true;
        }

        if (slot.PassedOver == 0 && _answers.IsPast(slot.Carrier, slot.WrittenAt))
        {
            // Answers may overtake each other a little: once more the time, which nothing restarts.
            slot.PassedOver = now;
        }

        var lastSign = slot.PassedOver != 0 ? slot.PassedOver : Math.Max(slot.WrittenAt, _answers.LastReply(slot.Carrier));
        return now >= _resends.AckDue(lastSign, slot.Resends);
    }

    /// <summary>
    /// "Not found" of a pending order, whose cancel may have come first, has it sent again for a while; false after that. One that is
    /// only armed, and was canceled otherwise, stays armed.
    /// </summary>
    private bool TryPutOffPending(int index, long now)
    {
        ref var slot = ref _slots[index];
        if (now - slot.FiredAt >= _resends.NotFoundGrace)
        {
            return false;
        }

        slot.DueAt = now + ResendPolicy.Delay(slot.Resends);
        return true;
    }

    private void PutOff(int index, int number, in Reply reply, long now)
    {
        ref var slot = ref _slots[index];
        slot.DueAt = now + ResendPolicy.Delay(slot.Resends, reply.RetryAfter);
        lock (_lock)
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
    }

    /// <summary>Reports the panics that are over or out of time, and lets go of those that nothing can come of any more.</summary>
    private void Conclude(long now)
    {
        lock (_lock)
        {
            for (var i = _runs.Count - 1; i >= 0; i--)
            {
                var run = _runs[i];

                // In this order: what is not latched any more meets no latch from here on.
                var isLatching = _book.IsLatching(run.Number);
                var isResolved = run.IsFiredOut && !_book.HasLatched(run.Number)
                    && Volatile.Read(ref run.Sending) == 0 && _book.Counts(run.Number).Unresolved == 0;
                if (!run.IsReported && (isResolved || now >= run.Deadline))
                {
                    run.Report(ReportOf(run));
                }

                // A latched scope's panic goes on: orders armed in it are fired by it.
                if (run.IsReported && run.IsTaken && isResolved && !isLatching)
                {
                    _book.Unfollow(run.Number);
                    _runs.RemoveAt(i);
                    run.Number = 0;
                    run.Next = _freeRuns;
                    _freeRuns = run;
                }
            }

            _isActive = _runs.Count > 0;
        }
    }

    private PanicReport LastReportOf(PanicRun run)
    {
        try
        {
            return ReportOf(run);
        }
        catch (Exception e)
        {
            // Its scope's predicate throws: what it has fired is known all the same.
            NoteFailure(e);
            _open.Clear();
            return ReportOf(run, _book.Counts(run.Number));
        }
    }

    private PanicReport ReportOf(PanicRun run)
    {
        _open.Clear();
        return ReportOf(run, _book.Look(run.Number, run.IsFiredOut, _open));
    }

    private PanicReport ReportOf(PanicRun run, in PanicCounts counts)
    {
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
            UnresolvedOrders = _open.Count > 0 ? [.. _open] : null,
        };
    }

    private static TimeSpan? Since(PanicRun run, long timestamp) =>
        timestamp == 0 ? null : Stopwatch.GetElapsedTime(run.Triggered, timestamp);
}
