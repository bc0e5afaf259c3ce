using System.Numerics;

namespace Dmex.Fast.Tracking;

/// <content>Copies on their way: written, not written, unanswered, due again, and moved from a dead connection to a live one.</content>
internal sealed partial class InFlightTable
{
    /// <summary>Notes that the kernel has taken a copy; returns when it is to be looked at, for the clock.</summary>
    public long MarkWritten(InFlightEntry entry, uint generation, long timestamp, int connectionId)
    {
        lock (_lock)
        {
            var bit = InFlightEntry.Bit(connectionId);
            if (entry.Generation != generation || (entry.SendingOn & bit) == 0)
            {
                return long.MaxValue;
            }

            entry.SendingOn &= ~bit;
            entry.WrittenOn |= bit;
            entry.Attempts++;
            entry.Written = timestamp;
            entry.ConnectionId = connectionId;
            if (entry.NextSend == NextSend.None)
            {
                Schedule(entry, NextSend.AckCheck, _resends.AckDue(timestamp, entry.Resends));
            }

            return entry.Due;
        }
    }

    /// <summary>
    /// Notes that a copy did not go, or only perhaps, because its connection is ending: another goes out when no other copy
    /// is outstanding, at once where another connection is ready, and else with the next that is.
    /// </summary>
    public void MarkNotWritten(InFlightEntry entry, uint generation, bool perhaps, int connectionId, long now)
    {
        lock (_lock)
        {
            var bit = InFlightEntry.Bit(connectionId);
            if (entry.Generation != generation || (entry.SendingOn & bit) == 0)
            {
                return;
            }

            entry.Attempts += perhaps ? 1 : 0;

            // Others are preferred from here on. Where there is none, this one may be ending and refuse the next copy too.
            entry.LateOn |= bit;
            var ready = _targets(entry.LateOn);
            LoseCopy(entry, bit, ready == 0 || (ready & ~entry.LateOn) != 0 ? now : now + RefusalPause);
        }
    }

    /// <summary>
    /// A connection ended: what it carried unanswered goes out on another at once, or waits for one. When it was the last,
    /// those who wait are told so now, and the cancels stay.
    /// </summary>
    public void LoseConnection(int connectionId, bool wasLast, string? text, long now)
    {
        CancelWait? told = null;
        lock (_lock)
        {
            var bit = InFlightEntry.Bit(connectionId);
            foreach (var entry in _entries.All())
            {
                if (!entry.Open)
                {
                    continue;
                }

                var carried = ((entry.SendingOn | entry.WrittenOn | entry.LateOn) & bit) != 0;
                entry.LateOn &= ~bit;
                if (carried)
                {
                    LoseCopy(entry, bit, now);
                }

                if (wasLast && entry.HasWaits && _stopped == UnresolvedReason.None)
                {
                    var outcome = entry.Outcome(CancelOutcomeKind.Unresolved, UnresolvedReason.ConnectionLost, default, text, now);
                    entry.WasReported = true;
                    entry.Reported = outcome;
                    var detached = DetachWaits(entry, outcome);
                    while (detached is { } wait)
                    {
                        detached = wait.Next;
                        wait.Next = told;
                        told = wait;
                    }
                }
            }
        }

        Deliver(told);
    }

    /// <summary>A connection is ready: the cancels that waited for one are due.</summary>
    public void ReleaseWaiting(long now)
    {
        lock (_lock)
        {
            if (_waitingCopies == 0 || _stopped != UnresolvedReason.None)
            {
                return;
            }

            foreach (var entry in _entries.All())
            {
                if (entry is { Open: true, Waiting: true })
                {
                    entry.Waiting = false;
                    _waitingCopies--;
                    Schedule(entry, NextSend.AtOnce, now);
                }
            }
        }
    }

    /// <summary>Gives the next copy that is due to be sent.</summary>
    public bool TryTakeSend(long now, out CancelCopy copy)
    {
        lock (_lock)
        {
            while (_stopped == UnresolvedReason.None && NextToSend(now) is { } entry)
            {
                var isForLost = entry.NextSend == NextSend.AckCheck;
                entry.NextSend = NextSend.None;
                var isStarted = TryStartCopy(entry, now, out copy);

                // Its turn has come, too, where it only waits for the account's rate: later it is not known as one for a lost copy.
                entry.Resends += isForLost && (isStarted || entry.NextSend == NextSend.AtOnce) ? 1 : 0;
                if (isStarted)
                {
                    return true;
                }

                if (entry.SendingOn != 0 && entry.NextSend == NextSend.None)
                {
                    // A connection holds its copy and takes no bytes, and there is no other: looked at again.
                    Schedule(entry, NextSend.AckCheck, _resends.AckDue(now, entry.Resends));
                }
            }

            copy = default;
            return false;
        }
    }

    /// <summary>The venue limits the rate: re-sends pause, and go on at half of it.</summary>
    public void Throttle(TimeSpan? retryAfter, long now)
    {
        lock (_lock)
        {
            _budget.Throttled(now, retryAfter);
        }
    }

    private static readonly long RefusalPause = System.Diagnostics.Stopwatch.Frequency / 100;

    private int _waitingCopies;

    /// <summary>Takes the next entry that is due and within the budget; those that are due first wait for the budget in turn.</summary>
    private InFlightEntry? NextToSend(long now)
    {
        while (_sends.TakeDue(now) is { } entry)
        {
            if (!IsToBeSent(entry, now))
            {
                continue;
            }

            if (!NeedsBudget(entry, now))
            {
                return entry;
            }

            Hold(entry);
        }

        while (_held.TakeDue(now) is { } entry)
        {
            entry.IsHeld = false;
            if (!IsToBeSent(entry, now))
            {
                continue;
            }

            if (NeedsBudget(entry, now) && !_budget.TryTake(now, out _heldUntil))
            {
                Hold(entry);
                return null;
            }

            return entry;
        }

        return null;
    }

    /// <summary>A dead connection's copies go at once, but not into a venue that has just closed it for sending too much.</summary>
    private bool NeedsBudget(InFlightEntry entry, long now) => entry.NextSend != NextSend.AtOnce || _budget.IsThrottled(now);

    private bool IsToBeSent(InFlightEntry entry, long now)
    {
        if (entry.NextSend != NextSend.AckCheck)
        {
            return true;
        }

        var due = _resends.AckDue(LastSign(entry), entry.Resends);
        if (due > now)
        {
            Schedule(entry, NextSend.AckCheck, due);
            return false;
        }

        if (entry.PassedOver == 0 && IsPassedOver(entry))
        {
            // Answers may overtake each other a little: once more the time, which nothing restarts.
            entry.PassedOver = now;
            Schedule(entry, NextSend.AckCheck, _resends.AckDue(now, entry.Resends));
            return false;
        }

        if (entry.Resends < _resends.MaxPerOrder)
        {
            return true;
        }

        // Nothing more by itself; an answer still counts, and whoever asks again sends again.
        entry.NextSend = NextSend.None;
        entry.GiveUpWritten();
        return false;
    }

    /// <summary>
    /// The last sign of life for the copies of an entry: their sending or writing, or an answer to others on their connections, which
    /// are working their way to it. A connection that has answered later copies is past it.
    /// </summary>
    private long LastSign(InFlightEntry entry)
    {
        var last = Math.Max(Math.Max(entry.Written, entry.PassedOver), entry.Started);
        for (var written = entry.WrittenOn; written != 0; written &= written - 1)
        {
            var connectionId = BitOperations.TrailingZeroCount(written) + 1;
            if (!_answers.IsPast(connectionId, entry.Written))
            {
                last = Math.Max(last, _answers.LastReply(connectionId));
            }
        }

        return last;
    }

    private bool IsPassedOver(InFlightEntry entry)
    {
        for (var written = entry.WrittenOn; written != 0; written &= written - 1)
        {
            if (_answers.IsPast(BitOperations.TrailingZeroCount(written) + 1, entry.Written))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a copy to send, to the connections that are ready; false when none is and the entry waits for one.</summary>
    private bool TryStartCopy(InFlightEntry entry, long now, out CancelCopy copy)
    {
        // Those that are outstanding are late: another one's refusal need not wait for them.
        entry.GiveUpWritten();
        entry.PassedOver = 0;
        var targets = _targets(entry.LateOn | entry.SendingOn) & ~entry.SendingOn;
        if (targets == 0)
        {
            if (entry.SendingOn == 0)
            {
                Wait(entry);
            }

            copy = default;
            return false;
        }

        if (_rate is not null && !_rate.TryTake(BitOperations.PopCount(targets)))
        {
            Schedule(entry, NextSend.AtOnce, now + _rate.Period);
            copy = default;
            return false;
        }

        // One an order and connection.
        entry.LateOn &= ~targets;
        entry.SendingOn |= targets;
        entry.Started = now;
        copy = new CancelCopy(entry, targets);
        if (entry.NextSend == NextSend.None)
        {
            // A connection that takes no bytes, and lives, must not keep it.
            Schedule(entry, NextSend.AckCheck, _resends.AckDue(now, entry.Resends));
        }

        return true;
    }

    private void LoseCopy(InFlightEntry entry, uint bit, long now)
    {
        entry.SendingOn &= ~bit;
        entry.WrittenOn &= ~bit;
        if (!entry.Open || (entry.SendingOn | entry.WrittenOn) != 0 || _stopped != UnresolvedReason.None)
        {
            return;
        }

        if (!entry.Waiting && entry.NextSend is NextSend.None or NextSend.AckCheck)
        {
            Schedule(entry, NextSend.AtOnce, now);
        }
    }

    private void Wait(InFlightEntry entry)
    {
        if (!entry.Waiting)
        {
            entry.Waiting = true;
            _waitingCopies++;
        }
    }

    private void Schedule(InFlightEntry entry, NextSend next, long due)
    {
        Unqueue(entry);
        entry.NextSend = due == long.MaxValue ? NextSend.None : next;
        entry.Due = due;
        if (due != long.MaxValue)
        {
            _sends.Add(entry);
        }
    }

    private void Hold(InFlightEntry entry)
    {
        entry.IsHeld = true;
        _held.Add(entry);
    }

    private void Unqueue(InFlightEntry entry)
    {
        (entry.IsHeld ? _held : _sends).Remove(entry);
        entry.IsHeld = false;
    }

    private void Unschedule(InFlightEntry entry)
    {
        Unqueue(entry);
        entry.NextSend = NextSend.None;
        entry.SendingOn = 0;
        entry.WrittenOn = 0;
        if (entry.Waiting)
        {
            entry.Waiting = false;
            _waitingCopies--;
        }
    }
}
