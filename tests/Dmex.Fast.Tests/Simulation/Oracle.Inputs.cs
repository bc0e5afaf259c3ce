using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>What the tracker is about to be told, or was told, by callers and panics.</content>
internal sealed partial class Oracle
{
    /// <summary>A caller is about to join an open cancel.</summary>
    public void Joining(SimulatedOrder order, TrackedCancel cancel)
    {
        // Whoever asks again where nothing goes by itself gets all further copies anew.
        order.IsAskedAgain = cancel.Queue == CopyQueue.None && !IsUnderWay(order, cancel);
        order.Resends = order.IsAskedAgain ? 0 : order.Resends;
    }

    /// <summary>A caller's cancel was accepted.</summary>
    public void Accepted(SimulatedOrder order, TrackedCancel cancel)
    {
        Adopt(order, cancel);
        order.IsAccepted = true;
        _accepted++;
    }

    /// <summary>A caller asked, and was accepted or turned away.</summary>
    public void Asked(SimulatedOrder order, bool isAccepted, bool isJoined)
    {
        if (isAccepted)
        {
            Waits++;
            if (order.IsAskedAgain && order.Cancel!.Queue == CopyQueue.None && Options.AckTimeout != long.MaxValue)
            {
                Fail(order, "a caller asked once more, and nothing goes");
            }
        }
        else if (Waits < 4 * Options.Capacity && (isJoined || _accepted < Options.Capacity))
        {
            Fail(null, $"a cancel was turned away with {_accepted} of {Options.Capacity} open and {Waits} waiting");
        }
    }

    /// <summary>A cancel is about to be given up.</summary>
    public void GivingUp(SimulatedOrder order)
    {
        Touch(order);
        order.GivenUpIn = world.Events;
    }

    /// <summary>The book's owner takes a fired order out, and the tracker is not told.</summary>
    public void Forgotten(SimulatedOrder order, bool isFoundByHash)
    {
        order.IsForgotten = true;
        order.ForgottenSlot = world.Book.SlotOf(order);
        _hasForgotten = true;
        if (!isFoundByHash && order.IsOpen)
        {
            // Nothing that the venue says will be found to be about it.
            _orphans.Add(new OrphanedCancel(order, order.Cancel!, order.Generation, order.Panic, order.PanicNumber));
            order.Panic = null;
            Close(order);
        }
    }

    /// <summary>A copy's frame is gone, and the tracker is about to be told.</summary>
    public void Withdrawing(SimulatedOrder order, in SimulatedCopy copy)
    {
        Touch(order);
        if (!order.Is(copy.Cancel, copy.Generation) || !order.IsOpen)
        {
            return;
        }

        order.Attempts--;
        if (IsSending(copy))
        {
            order.Discount(copy.ConnectionId, isAnswer: false);
        }

        if (copy.Cancel.Slot != copy.Decided.Slot || copy.Cancel.SlotGeneration != copy.Decided.SlotGeneration)
        {
            return; // its order left the book, and came back
        }

        if (copy.Cancel.IsMapped)
        {
            LeaveBook(order); // a caller asked for it, and it goes on by itself
        }
        else
        {
            order.GivenUpIn = world.Events;
        }
    }

    /// <summary>A panic is about to fire a slot: whoever stood for it before does not any more.</summary>
    public void Firing(int slot)
    {
        if (!_hasForgotten)
        {
            return;
        }

        foreach (var order in world.Orders)
        {
            if (order.IsOpen && order.IsForgotten && order.ForgottenSlot == slot && !ReferenceEquals(world.Book.Order[slot], order))
            {
                LeaveBook(order);
            }
        }
    }

    /// <summary>A panic has fired an order or taken it over: the order is the panic's now.</summary>
    public void Panicked(SimulatedOrder order, SimulatedPanic panic, TrackedCancel? cancel)
    {
        Touch(order);
        if (cancel is not { Stage: CancelStage.Open })
        {
            Fail(order, "a panic fired it, and its cancel is not open");
        }

        if (!order.IsOpen || !order.Is(cancel, cancel.Generation))
        {
            if (order.IsOpen)
            {
                Fail(order, "a panic began a second cancel of an order whose cancel is open");
            }

            Adopt(order, cancel);
        }

        if (cancel.Slot == TrackedCancel.NoSlot || !ReferenceEquals(world.Book.Order[cancel.Slot], order))
        {
            Fail(order, "a panic fired it from a slot that its cancel does not stand for");
        }

        order.IsForgotten = false;
        if (order.Panic is { } before && before.Tally.Number == order.PanicNumber)
        {
            before.Open--;
        }

        order.Panic = panic;
        order.PanicNumber = panic.Tally.Number;
        panic.Open++;
    }

    /// <summary>A panic's copy goes to a connection's batch.</summary>
    public void Fired(SimulatedOrder order, SimulatedPanic panic, int connectionId)
    {
        order.Outstanding[connectionId]++;
        order.HandedAt[connectionId] = order.LastCopyAt = Now;
        order.Attempts++;
        order.PutOffUntil = 0;
        order.IsUrgent = false;
        Spend(order, panic);
    }

    /// <summary>A panic is about to take an order over.</summary>
    public void TakingOver(SimulatedOrder order, TrackedCancel? cancel)
    {
        var isIdle = cancel is not { Stage: CancelStage.Open } || !IsUnderWay(order, cancel);
        var mayBeIdle = isIdle || AreAllLate(order); // and the timer has not come to it
        order.IsUrgent |= mayBeIdle;
        order.Resends = mayBeIdle ? 0 : order.Resends;
        order.IsTakenOver = isIdle;
    }

    /// <summary>A panic has taken an order over: unless a copy was under way, one has gone.</summary>
    public void TookOver(SimulatedOrder order, SimulatedPanic panic)
    {
        if (!order.IsTakenOver || order.SentIn == world.Events || (Options.Rate is not null && panic.Tally.RespectsRate))
        {
            return;
        }

        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (world.Connection(connectionId).IsToldUp && (order.Cancel!.SendingOn & ConnectionTable.Bit(connectionId)) == 0)
            {
                Fail(order, "a panic took it over, and no copy has gone");
            }
        }
    }

    /// <summary>Whether an answer may be expected: of what has been looked at and is late, only where others were answered since.</summary>
    private bool IsUnderWay(SimulatedOrder order, TrackedCancel cancel)
    {
        if (!cancel.HasLiveCopy || cancel.Queue == CopyQueue.Timer || Options.AckTimeout == long.MaxValue)
        {
            return cancel.HasLiveCopy;
        }

        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (order.Outstanding[connectionId] > 0 && world.Connection(connectionId).AnsweredAt >= order.HandedAt[connectionId])
            {
                return true;
            }
        }

        return false;
    }

    private bool AreAllLate(SimulatedOrder order)
    {
        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (order.Outstanding[connectionId] > order.Late[connectionId] && !IsLate(order, connectionId))
            {
                return false;
            }
        }

        return true;
    }

    private void LeaveBook(SimulatedOrder order)
    {
        Touch(order);
        order.IsForgotten = false;
        if (order.Panic is { } panic && order.PanicNumber == panic.Tally.Number)
        {
            panic.Open--;
        }

        order.Panic = null;
    }

    private void Adopt(SimulatedOrder order, TrackedCancel cancel)
    {
        if (order.IsOpen)
        {
            Fail(order, "a second cancel of it began while one is open");
        }

        var isUrgent = order.IsUrgent;
        var isTakenOver = order.IsTakenOver;
        order.Begin(cancel, Now);
        order.IsUrgent = isUrgent;
        order.IsTakenOver = isTakenOver;
    }
}
