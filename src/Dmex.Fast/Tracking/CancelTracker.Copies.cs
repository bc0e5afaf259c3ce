using System.Numerics;

namespace Dmex.Fast.Tracking;

/// <content>The next copy: planned, paid for, sent; and what falls due.</content>
internal sealed partial class CancelTracker
{
    // One hold of the caller's lock hands out so many copies at most.
    private const int MaxCopiesAtOnce = 64;

    // A connection that refuses a copy is ending; where there is no other, the next copy waits for as long.
    private static readonly long RefusalPause = System.Diagnostics.Stopwatch.Frequency / 100;

    /// <summary>
    /// Does what is due: ends waits whose time is up, and sends copies. Hands out a bounded number of copies; while
    /// <see cref="NextDue"/> is not after <paramref name="now"/>, there are more.
    /// </summary>
    public void Tick(long now, TrackerEffects effects)
    {
        while (_deadlines.TakeDue(now) is { } wait)
        {
            ExpireWait(wait, now, effects);
        }

        for (var before = effects.Copies.Count; effects.Copies.Count - before < MaxCopiesAtOnce && _schedule.TakeDue(now) is { } cancel;)
        {
            Plan(cancel, now, effects);
        }
    }

    /// <summary>Decides again about a cancel's next copy, after anything that it depends on has changed.</summary>
    private void Plan(TrackedCancel cancel, long now, TrackerEffects effects)
    {
        var targets = NextTargets(cancel);
        var plan = CopyPlanner.Decide(FactsOf(cancel, targets, now), now);
        switch (plan.Step)
        {
            case CopyStep.LookAgain:
                _schedule.LookAt(cancel, plan.At);
                break;
            case CopyStep.TellRefusal:
                Settle(cancel, CancelOutcomeKind.Rejected, GoneReason.None, cancel.TroubleText, now, effects);
                break;
            case CopyStep.AwaitConnection:
                _schedule.AwaitConnection(cancel);
                break;
            case CopyStep.Send:
                Send(cancel, targets, now, effects);
                break;
            default:
                _schedule.Remove(cancel);
                break;
        }
    }

    /// <summary>
    /// Whether planning a cancel with a copy that was written just now would change nothing: that copy is not late before its own time-out
    /// (the second row of <see cref="CopyPlanner"/>), and a look that is planned for earlier stays (<see cref="CopySchedule.LookAt"/>).
    /// Asked for each frame of a panic.
    /// </summary>
    private bool IsLookedAtInTime(TrackedCancel cancel, long writtenAt) =>
        cancel.Queue == CopyQueue.Timer
        && _retries.AnswerDue(writtenAt, cancel.Resends, Spread(cancel)) is var due && due != long.MaxValue && cancel.Due <= due;

    /// <summary>The connections that the next copy would go to now, as bits.</summary>
    private uint NextTargets(TrackedCancel cancel) => _connections.Targets(cancel.SendingOn, cancel.AvoidOn | cancel.AwaitedOn);

    private CopyFacts FactsOf(TrackedCancel cancel, uint targets, long now)
    {
        var answerDue = cancel.HasLiveCopy ? AnswerDue(cancel) : 0;
        if (cancel.HasLiveCopy && now >= answerDue && cancel.PassedOverAt == 0 && !cancel.IsUrgent && IsPassedOver(cancel))
        {
            // Answers may overtake each other a little: once more the time, which nothing restarts.
            cancel.PassedOverAt = now;
            answerDue = AnswerDue(cancel);
        }

        return new CopyFacts
        {
            IsOpen = cancel.Stage == CancelStage.Open && _stopped == UnresolvedReason.None,
            HasLiveCopy = cancel.HasLiveCopy,
            AnswerDue = answerDue,
            IsRefused = cancel.IsRefused,
            PutOffUntil = cancel.PutOffUntil,
            ReplacesLost = cancel.IsLost,
            IsExhausted = IsExhausted(cancel),
            HasTarget = targets != 0,
        };
    }

    /// <summary>A panic goes on for as long as anything is unresolved.</summary>
    private bool IsExhausted(TrackedCancel cancel) => cancel.Panic is null && cancel.Resends >= _options.MaxResendsPerOrder;

    private void Send(TrackedCancel cancel, uint targets, long now, TrackerEffects effects)
    {
        if (!_schedule.TryPay(cancel, targets, now))
        {
            return;
        }

        if (!cancel.IsLost)
        {
            cancel.Resends++;
            if (cancel.Panic is { } panic)
            {
                panic.Resent++;
            }
        }

        NoteLate(cancel, effects);
        effects.Resent += cancel.Attempts > 0 ? BitOperations.PopCount(targets) : 0;
        for (var left = targets; left != 0; left &= left - 1)
        {
            var connectionId = ConnectionTable.Lowest(left);
            Start(cancel, connectionId, now);
            effects.Copies.Add(new CancelCopy(cancel, connectionId, _connections.Incarnation(connectionId)));
        }

        // A connection that takes no bytes, and lives, must not keep it.
        _schedule.LookAt(cancel, _retries.AnswerDue(now, cancel.Resends, Spread(cancel)));
    }

    /// <summary>A copy is in a connection's hands from here on.</summary>
    private static void Start(TrackedCancel cancel, int connectionId, long now)
    {
        cancel.BeginSending(connectionId);
        cancel.AvoidOn &= ~ConnectionTable.Bit(connectionId);
        cancel.Attempts++;
        cancel.StartedAt = now;
        cancel.PassedOverAt = 0;
        cancel.PutOffUntil = 0;
        cancel.IsUrgent = false;
    }

    /// <summary>
    /// Copies that another takes the place of are late. A connection that owes their answers, and answers nothing else, loses its rank, and so
    /// does one that has not even sent them and has answered nothing in the meantime.
    /// </summary>
    private void NoteLate(TrackedCancel cancel, TrackerEffects effects)
    {
        uint owing = 0;
        for (var left = cancel.SendingOn & ~cancel.AvoidOn; left != 0; left &= left - 1)
        {
            owing |= _connections.LastAnswer(ConnectionTable.Lowest(left)) > cancel.StartedAt ? 0 : left & (0 - left);
        }

        for (var left = cancel.AwaitedOn; left != 0; left &= left - 1)
        {
            owing |= _connections.IsPast(ConnectionTable.Lowest(left), cancel.WrittenAt) ? 0 : left & (0 - left);
        }

        cancel.AvoidOn |= cancel.AwaitedOn | cancel.SendingOn;
        cancel.AwaitedOn = 0;
        if (owing != 0 && _connections.NoteOwing(owing) is var demoted and not 0)
        {
            effects.Demoted = demoted;
        }
    }

    /// <summary>A copy cannot be answered; when it was the last that could, the next one is not a retry.</summary>
    private static void LoseCopy(TrackedCancel cancel)
    {
        if (!cancel.HasLiveCopy)
        {
            cancel.IsLost = true;
            cancel.IsRefused = false; // what was lost may have succeeded
        }
    }

    /// <summary>
    /// When the live copies count as lost: counted from the last sign of life for them, which is their sending or writing, or an answer
    /// to others on their connections, which are working their way to it. A connection that has answered later copies is past it.
    /// </summary>
    private long AnswerDue(TrackedCancel cancel)
    {
        var last = Math.Max(Math.Max(cancel.WrittenAt, cancel.PassedOverAt), cancel.StartedAt);
        for (var left = cancel.AwaitedOn; left != 0; left &= left - 1)
        {
            var connectionId = ConnectionTable.Lowest(left);
            if (!_connections.IsPast(connectionId, cancel.WrittenAt))
            {
                last = Math.Max(last, _connections.LastAnswer(connectionId));
            }
        }

        return _retries.AnswerDue(last, cancel.Resends, Spread(cancel));
    }

    /// <summary>Whether a copy is expected to be answered.</summary>
    private bool IsUnderWay(TrackedCancel cancel, long now) => cancel.HasLiveCopy && now < AnswerDue(cancel);

    private bool IsPassedOver(TrackedCancel cancel)
    {
        for (var left = cancel.AwaitedOn; left != 0; left &= left - 1)
        {
            if (_connections.IsPast(ConnectionTable.Lowest(left), cancel.WrittenAt))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The wait is over; the cancel stays, and a later answer raises a change.</summary>
    private void ExpireWait(CancelWait wait, long now, TrackerEffects effects)
    {
        var cancel = wait.Cancel!;
        var reason = cancel.Queue == CopyQueue.Connection && !cancel.HasLiveCopy ? UnresolvedReason.ConnectionLost
            : cancel.Trouble == UnresolvedReason.None ? UnresolvedReason.Deadline
            : cancel.Trouble;

        // The caller's clock may have been read before an answer came that this tells of.
        cancel.WasReported = true;
        cancel.Reported = Unresolved(cancel, reason, cancel.TroubleText, Math.Max(now, cancel.TroubleAt));
        wait.Decided = cancel.Reported;
        Unlink(cancel, wait);
        effects.Deliver(wait);
    }
}
