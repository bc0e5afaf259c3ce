using System.Numerics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// The copies of cancels: which of those under way count as lost, when the next one goes, and on which connections. Times are ticks of
/// <see cref="System.Diagnostics.Stopwatch"/>. Not thread-safe: a part of <see cref="CancelTracker"/>.
/// </summary>
internal sealed class CancelCopies
{
    // A connection that refuses a copy is ending; where there is no other, the next copy waits for as long.
    private static readonly long RefusalPause = System.Diagnostics.Stopwatch.Frequency / 100;

    private readonly TrackerOptions _options;
    private readonly ConnectionTable _connections;
    private readonly RetryPolicy _retries;
    private readonly CopySchedule _schedule;

    public CancelCopies(TrackerOptions options, ConnectionTable connections, RetryPolicy retries, CopySchedule schedule) =>
        (_options, _connections, _retries, _schedule) = (options, connections, retries, schedule);

    /// <summary>Whether nothing more is sent.</summary>
    public bool IsStopped { get; set; }

    /// <summary>A panic's first copy is in a connection's hands, and is looked at when its answer is late.</summary>
    public void Fire(TrackedCancel cancel, int connectionId, long now)
    {
        Start(cancel, connectionId, now);
        _schedule.LookAt(cancel, _retries.AnswerDue(now, cancel.Resends, Spread(cancel)));
    }

    /// <summary>Decides again about a cancel's next copy, after anything that it depends on has changed.</summary>
    /// <returns>Whether no other copy can succeed any more, so that the refusal that was held is to be told.</returns>
    public bool Plan(TrackedCancel cancel, long now, TrackerEffects effects)
    {
        var targets = NextTargets(cancel);
        var plan = CopyPlanner.Decide(FactsOf(cancel, targets, now), now);
        switch (plan.Step)
        {
            case CopyStep.LookAgain:
                _schedule.LookAt(cancel, plan.At);
                break;
            case CopyStep.AwaitConnection:
                _schedule.AwaitConnection(cancel);
                break;
            case CopyStep.Send:
                Send(cancel, targets, now, effects);
                break;
            case CopyStep.TellRefusal:
                return true;
            default:
                _schedule.Remove(cancel);
                break;
        }

        return false;
    }

    /// <summary>A copy did not go on a connection: others are preferred, and where there is none, the next one waits a little.</summary>
    public void Refused(TrackedCancel cancel, int connectionId, long now)
    {
        cancel.EndSending(connectionId);

        // Others are preferred from here on. Where none is to be had, this one is probably ending and would refuse the next copy too.
        cancel.AvoidOn |= ConnectionTable.Bit(connectionId);
        Lose(cancel);
        if ((NextTargets(cancel) & ~cancel.AvoidOn) == 0)
        {
            cancel.PutOffUntil = Math.Max(cancel.PutOffUntil, now + RefusalPause);
        }
    }

    /// <summary>
    /// Whether planning a cancel with a copy that was written just now would change nothing: that copy is not late before its own time-out
    /// (the second row of <see cref="CopyPlanner"/>), and a look that is planned for earlier stays (<see cref="CopySchedule.LookAt"/>).
    /// Asked for each frame of a panic.
    /// </summary>
    public bool IsLookedAtInTime(TrackedCancel cancel, long writtenAt) =>
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
            IsOpen = cancel.Stage == CancelStage.Open && !IsStopped,
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
    public bool IsExhausted(TrackedCancel cancel) => cancel.Panic is null && cancel.Resends >= _options.MaxResendsPerOrder;

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
    public static void Start(TrackedCancel cancel, int connectionId, long now)
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
    /// Copies that another takes the place of are late. A connection that owes their answers, and answers nothing else, loses its rank, and
    /// so does one that has not even sent them and has answered nothing in the meantime.
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
    public static void Lose(TrackedCancel cancel)
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
    public bool IsUnderWay(TrackedCancel cancel, long now) => cancel.HasLiveCopy && now < AnswerDue(cancel);

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

    private static byte Spread(TrackedCancel cancel) => cancel.Hash.AsSpan()[0];
}
