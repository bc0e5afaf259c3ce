using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <content>How waits and cancels end without a verdict: deadline, token, abandonment, loss; and how a verdict is kept.</content>
internal sealed partial class InFlightTable
{
    /// <summary>Ends the waits whose deadline has come. The cancels stay: a later answer raises a change.</summary>
    public void ExpireDue(long now)
    {
        CancelWait? told = null;
        lock (_lock)
        {
            while (_deadlines.TakeDue(now) is { } wait)
            {
                wait.Decided = wait.WaitsForRoom ? NoRoom(wait, now) : TimeIsUp(wait.Entry!, now);
                Unlink(wait);
                wait.Next = told;
                told = wait;
            }
        }

        Deliver(told);
    }

    /// <summary>Ends one wait because its token was canceled. The cancel goes on, unless it was only waiting for room.</summary>
    internal void EndWait(CancelWait wait, CancellationToken token)
    {
        lock (_lock)
        {
            if (wait.Entry is null && !wait.WaitsForRoom)
            {
                return; // decided meanwhile
            }

            wait.NeverAccepted = wait.WaitsForRoom;
            wait.CanceledBy = token;
            _deadlines.Remove(wait);
            Unlink(wait);
        }

        wait.Deliver();
    }

    /// <summary>Gives an order's cancel up; false when it is not unresolved in the table.</summary>
    public bool Abandon(in OrderHash hash, long now)
    {
        CancelWait? told = null;
        bool found;
        lock (_lock)
        {
            var entry = _entries.Find(hash);
            found = entry is { Open: true };
            if (found)
            {
                told = DetachWaits(entry!, entry!.Outcome(CancelOutcomeKind.Unresolved, UnresolvedReason.Abandoned, default, null, now));
                Unschedule(entry);
                _entries.Remove(entry);
            }

            for (var wait = _room.First; wait is not null;)
            {
                var next = wait.Next;
                if (wait.Hash == hash)
                {
                    found = true;
                    wait.Decided = NoRoom(wait, now) with { UnresolvedReason = UnresolvedReason.Abandoned };
                    _deadlines.Remove(wait);
                    Unlink(wait);
                    wait.Next = told;
                    told = wait;
                }

                wait = next;
            }

            AdmitFromRoom(now);
        }

        Deliver(told);
        return found;
    }

    /// <summary>
    /// Fails everything unresolved, at once, and accepts nothing more. The orders stay known, so that an answer that was
    /// already on its way can still correct what was said. A second stop reports only what had not been failed.
    /// </summary>
    public void Stop(UnresolvedReason reason, string? text, long now)
    {
        CancelWait? told = null;
        List<OutcomeChangedEventArgs>? changes = null;
        lock (_lock)
        {
            if (_stopped == UnresolvedReason.None)
            {
                _stopped = reason;
                _stoppedText = text;
            }

            while (_room.First is { } wait)
            {
                wait.Decided = NoRoom(wait, now) with { UnresolvedReason = reason, Reason = text };
                _deadlines.Remove(wait);
                Unlink(wait);
                wait.Next = told;
                told = wait;
            }

            foreach (var entry in _entries.All())
            {
                if (entry.Open)
                {
                    Fail(entry, entry.Outcome(CancelOutcomeKind.Unresolved, reason, default, text, now), ref told, ref changes);
                }
            }
        }

        Deliver(told);
        changes?.ForEach(Raise);
    }

    private void Fail(
        InFlightEntry entry, CancelOutcome outcome, ref CancelWait? told, ref List<OutcomeChangedEventArgs>? changes)
    {
        Unschedule(entry);
        if (entry.WasReported && entry.Reported.UnresolvedReason == UnresolvedReason.Disposed)
        {
            return; // by the first stop
        }

        if (!entry.HasWaits || entry.WasReported)
        {
            (changes ??= []).Add(new OutcomeChangedEventArgs(entry.Hash, LastTold(entry), outcome));
        }

        var detached = DetachWaits(entry, outcome);
        entry.WasReported = true;
        entry.Reported = outcome;
        while (detached is { } wait)
        {
            detached = wait.Next;
            wait.Next = told;
            told = wait;
        }
    }

    /// <summary>
    /// Keeps what the venue said: a confirmation is final, anything else is remembered for a correction. A confirmation is
    /// remembered too while copies on other connections are unanswered, so that their answers are known for what they are.
    /// </summary>
    private void Settle(InFlightEntry entry, in CancelOutcome outcome)
    {
        entry.LateOn |= entry.SendingOn | entry.WrittenOn;
        Unschedule(entry);
        if (outcome.Kind == CancelOutcomeKind.Confirmed && entry.LateOn == 0)
        {
            Forget(entry);
            return;
        }

        entry.WasReported = true;
        entry.Reported = outcome;
        if (entry.Open)
        {
            entry.Open = false;
            Remember(entry);
        }
    }

    private void Remember(InFlightEntry entry)
    {
        RememberedCount++;
        entry.Older = _newestRemembered;
        entry.Newer = null;
        if (_newestRemembered is null)
        {
            _oldestRemembered = entry;
        }
        else
        {
            _newestRemembered.Newer = entry;
        }

        _newestRemembered = entry;
    }

    private void Forget(InFlightEntry entry)
    {
        if (!entry.Open)
        {
            RememberedCount--;
            if (entry.Older is null)
            {
                _oldestRemembered = entry.Newer;
            }
            else
            {
                entry.Older.Newer = entry.Newer;
            }

            if (entry.Newer is null)
            {
                _newestRemembered = entry.Older;
            }
            else
            {
                entry.Newer.Older = entry.Older;
            }

            entry.Older = null;
            entry.Newer = null;
        }

        _entries.Remove(entry);
    }

    private static CancelOutcome TimeIsUp(InFlightEntry entry, long now)
    {
        var reason = entry.Waiting ? UnresolvedReason.ConnectionLost
            : entry.Trouble == UnresolvedReason.None ? UnresolvedReason.Deadline
            : entry.Trouble;

        // The clock's thread may have been held up since it read the time, and an answer that this tells of have come.
        var outcome = entry.Outcome(CancelOutcomeKind.Unresolved, reason, default, entry.TroubleText, Math.Max(now, entry.TroubleAt));
        entry.WasReported = true;
        entry.Reported = outcome;
        return outcome;
    }

    private static CancelOutcome NoRoom(CancelWait wait, long now) => new()
    {
        Kind = CancelOutcomeKind.Unresolved,
        UnresolvedReason = UnresolvedReason.TableFull,
        AcceptedTimestamp = wait.Accepted,
        ResolvedTimestamp = now,
    };

    private void Unlink(CancelWait wait)
    {
        if (wait.WaitsForRoom)
        {
            _room.Remove(wait);
        }
        else
        {
            wait.Entry!.Unlink(wait);
        }
    }

    private CancelWait? DetachWaits(InFlightEntry entry, in CancelOutcome outcome)
    {
        CancelWait? told = null;
        while (entry.AnyWait() is { } wait)
        {
            _deadlines.Remove(wait);
            entry.Unlink(wait);
            wait.Decided = outcome;
            wait.Next = told;
            told = wait;
        }

        return told;
    }

    private static void Deliver(CancelWait? told)
    {
        while (told is { } wait)
        {
            // The caller may take the result, and the pool the wait, as soon as it is delivered.
            told = wait.Next;
            wait.Next = null;
            wait.Deliver();
        }
    }

    private void Raise(OutcomeChangedEventArgs? change)
    {
        if (change is not null)
        {
            _changed(change);
        }
    }
}
