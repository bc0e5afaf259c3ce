using System.Diagnostics;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>What goes to the venue, and what comes of it.</content>
internal sealed partial class Oracle
{
    /// <summary>The tracker has decided on a copy.</summary>
    public void Decided(SimulatedOrder order, in CancelCopy copy)
    {
        Touch(order);
        if (IsOrphan(copy.Cancel, copy.Generation))
        {
            // The book will not have its frame; but the connections that its last copies are late on owe their answers.
            for (var left = copy.Cancel.AvoidOn; left != 0; left &= left - 1)
            {
                world.Connection(ConnectionTable.Lowest(left)).MayOwe = true;
            }

            return;
        }

        var connection = world.Connection(copy.ConnectionId);
        if (!order.IsOpen || !order.Is(copy.Cancel, copy.Generation))
        {
            Fail(order, "a copy is sent of a cancel that is not open");
        }

        if (!connection.IsToldUp || connection.ToldIncarnation != copy.Incarnation)
        {
            Fail(order, $"a copy is sent on connection {copy.ConnectionId}, which is not up in that life");
        }

        if (order.SentIn != world.Events)
        {
            order.SentIn = world.Events;
            LookAtOthers(order);
            LookAtRank(order, copy.ConnectionId);
            LookAtPauses(order);
            order.PutOffUntil = 0;
            order.IsUrgent = false;
        }
        else if (order.HandedAt[copy.ConnectionId] == Now && order.Outstanding[copy.ConnectionId] > 0)
        {
            Fail(order, $"two copies are sent at once on connection {copy.ConnectionId}");
        }

        order.Outstanding[copy.ConnectionId]++;
        order.HandedAt[copy.ConnectionId] = order.LastCopyAt = Now;
        order.Attempts++;
        Spend(order, order.Panic);
    }

    /// <summary>The kernel has taken a copy, and the tracker is about to be told.</summary>
    public void Written(SimulatedOrder order, in SimulatedCopy copy)
    {
        Touch(order);
        if (order.IsOpen && order.Is(copy.Cancel, copy.Generation))
        {
            order.LastCopyAt = Math.Max(order.LastCopyAt, copy.WrittenAt);
        }
    }

    /// <summary>A copy did not go, and the tracker is about to be told.</summary>
    public void NotWritten(SimulatedOrder order, in SimulatedCopy copy, bool perhaps)
    {
        Touch(order);
        if (!order.IsOpen || !order.Is(copy.Cancel, copy.Generation))
        {
            return;
        }

        order.Attempts -= perhaps ? 0 : 1;
        if (IsSending(copy))
        {
            order.Discount(copy.ConnectionId, isAnswer: false);
        }
    }

    /// <summary>The tracker is about to be told that a connection ended.</summary>
    public void Down(int connectionId, long incarnation)
    {
        var connection = world.Connection(connectionId);
        if (IsCurrent(connectionId, incarnation))
        {
            connection.IsToldUp = false;
            ForgetCopies(connectionId);
            _allDownIn = IsAnyUp() ? _allDownIn : world.Events;
        }
    }

    /// <summary>The tracker is about to be told that a connection is up.</summary>
    public void Up(int connectionId, long incarnation)
    {
        Down(connectionId, world.Connection(connectionId).ToldIncarnation); // a life whose end was not told ends now
        var connection = world.Connection(connectionId);
        connection.IsToldUp = true;
        connection.ToldIncarnation = incarnation;
        ForgetCopies(connectionId);
    }

    /// <summary>The venue speaks of a limit, and the tracker is about to be told.</summary>
    public void Throttled(TimeSpan? retryAfter) => _budget.Limit(Now, Believed(retryAfter));

    /// <summary>The venue says something about an order that the tracker knows, and the tracker is about to be told.</summary>
    public void Replying(SimulatedOrder order, TrackedCancel cancel, in SimulatedReply reply)
    {
        Touch(order);
        Said(order, reply, isKnown: true);
        if (IsCurrent(reply.ConnectionId, reply.Incarnation))
        {
            world.Connection(reply.ConnectionId).AnsweredAt = Now;
            if (reply.Kind != ReplyKind.None)
            {
                world.Connection(reply.ConnectionId).Owes = world.Connection(reply.ConnectionId).MayOwe = false;
                order.Discount(reply.ConnectionId, isAnswer: true);
            }
        }

        if (reply.Kind == ReplyKind.Throttled)
        {
            Throttled(reply.RetryAfter);
        }

        var isPutOff = reply.Kind is ReplyKind.Throttled or ReplyKind.Busy
            && cancel is { Stage: CancelStage.Open, Queue: CopyQueue.None or CopyQueue.Timer, IsUrgent: false };
        if (isPutOff && order.IsOpen)
        {
            order.PutOffUntil = Now + Believed(reply.RetryAfter) + (Stopwatch.Frequency / 40);
        }

        order.AwaitsCorrection = order.HasCaller && order.WasTold && !order.IsOpen && cancel.Stage == CancelStage.Settled
            && order.Told.Kind != CancelOutcomeKind.Unresolved
            && (KindOf(reply.Kind) > order.Told.Kind
                || (reply.Kind == ReplyKind.Gone && reply.Gone != GoneReason.NotFound && order.Told.GoneReason == GoneReason.NotFound));
    }

    /// <summary>The venue has said something about an order.</summary>
    public void Said(SimulatedOrder order, in SimulatedReply reply, bool isKnown)
    {
        Touch(order);
        order.IsKnown = isKnown;
        order.LatestGone = reply.Gone == GoneReason.None ? GoneReason.Unspecified : reply.Gone;
        order.WasKnownLive |= order.IsOpen && world.IsKnownLive(order);
        order.Said |= reply.Kind switch
        {
            ReplyKind.Confirmed => SaidAbout.Confirmed,
            ReplyKind.Rejected => SaidAbout.Rejected,
            ReplyKind.Gone => FlagOf(reply.Gone),
            _ => SaidAbout.Nothing,
        };
    }

    private static SaidAbout FlagOf(GoneReason gone) =>
        (SaidAbout)((int)SaidAbout.Gone << (int)(gone == GoneReason.None ? GoneReason.Unspecified : gone));

    private static CancelOutcomeKind KindOf(ReplyKind kind) => kind switch
    {
        ReplyKind.Confirmed => CancelOutcomeKind.Confirmed,
        ReplyKind.Gone => CancelOutcomeKind.AlreadyGone,
        ReplyKind.Rejected => CancelOutcomeKind.Rejected,
        _ => CancelOutcomeKind.Unresolved,
    };

    private bool IsCurrent(int connectionId, long incarnation) =>
        world.Connection(connectionId) is { IsToldUp: true } connection && connection.ToldIncarnation == incarnation;

    /// <summary>
    /// Whether a copy that did not go is one less that may be answered. Copies of one order in one life of a connection cannot be told
    /// apart: an outcome told late of one that was answered may have passed for this one's. Then the end of the connection sets it right.
    /// </summary>
    private bool IsSending(in SimulatedCopy copy) =>
        IsCurrent(copy.ConnectionId, copy.Incarnation) && (copy.Cancel.SendingOn & ConnectionTable.Bit(copy.ConnectionId)) != 0;

    private void ForgetCopies(int connectionId)
    {
        var connection = world.Connection(connectionId);
        connection.Owes = connection.MayOwe = false;
        connection.AnsweredAt = 0;
        _sweeps = true;
        foreach (var order in world.Orders)
        {
            order.DiscountAll(connectionId);
        }
    }

    private bool IsLate(SimulatedOrder order, int connectionId) =>
        Options.AckTimeout != long.MaxValue && Now - order.HandedAt[connectionId] >= Options.AckTimeout;

    /// <summary>A copy goes only when no other is expected to be answered. A connection that let one go unanswered owes.</summary>
    private void LookAtOthers(SimulatedOrder order)
    {
        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            var connection = world.Connection(connectionId);
            connection.MayOwe |= order.Outstanding[connectionId] > 0;
            if (order.Outstanding[connectionId] > order.Late[connectionId] && connection.IsToldUp)
            {
                if (!IsLate(order, connectionId))
                {
                    Fail(order, $"a copy is sent while one on connection {connectionId} may still be answered");
                }

                order.Late[connectionId] = order.Outstanding[connectionId];
                connection.Owes |= connection.AnsweredAt < order.HandedAt[connectionId] && order.Cancel!.Unanswered.Of(connectionId) > 0;
            }
        }
    }

    /// <summary>A connection that owes answers carries a first copy only where every other owes them too.</summary>
    private void LookAtRank(SimulatedOrder order, int target)
    {
        if (Options.Policy != ConnectionPolicy.Primary || !world.Connection(target).Owes || order.Attempts > 0
            || order.Cancel!.AvoidOn != 0)
        {
            return;
        }

        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (world.Connection(connectionId) is { IsToldUp: true, MayOwe: false } && order.Outstanding[connectionId] == 0)
            {
                Fail(order, $"connection {target} owes answers, and carries it while connection {connectionId} does not");
            }
        }
    }

    /// <summary>What the venue put off waits, and what is sent again is within the budget.</summary>
    private void LookAtPauses(SimulatedOrder order)
    {
        if (order.IsUrgent)
        {
            return;
        }

        if (Now < order.PutOffUntil)
        {
            Fail(order, "a copy is sent before the time that the venue put it off to");
        }

        var isLimited = _budget.IsLimited(Now);
        if (order.Attempts == 0 || (!isLimited && order.Cancel!.Resends <= order.Resends))
        {
            return;
        }

        if (Now < _budget.PausedUntil)
        {
            Fail(order, "a copy is sent again while the venue's limit is in force");
        }

        if (!_budget.TryTake(Now))
        {
            Fail(order, "more copies are sent again than the budget allows");
        }
    }

    private void Spend(SimulatedOrder order, SimulatedPanic? panic)
    {
        if (panic is null)
        {
            if (!_rate.TryTake(Now))
            {
                Fail(order, "more cancels are sent than the account's rate allows");
            }
        }
        else if (!panic.Tally.RespectsRate)
        {
            _rate.Use(Now);
        }
        else if (!_rate.TryTakeForPanic(Now))
        {
            Fail(order, "a panic that keeps to the account's rate sends more than it allows");
        }
    }

    private long Believed(TimeSpan? retryAfter)
    {
        var seconds = Math.Clamp(retryAfter?.TotalSeconds ?? 0, 0, Options.MaxRetryAfter / (double)Stopwatch.Frequency);
        return (long)(seconds * Stopwatch.Frequency);
    }
}
