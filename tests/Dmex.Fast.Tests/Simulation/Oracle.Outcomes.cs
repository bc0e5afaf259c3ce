using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>What callers, the book and handlers are told.</content>
internal sealed partial class Oracle
{
    /// <summary>A caller is told.</summary>
    public void Told(SimulatedWait wait, in CancelOutcome outcome)
    {
        var order = wait.Order!;
        Touch(order);
        if (!order.Is(wait.Cancel!, wait.Generation))
        {
            return; // it waited for a cancel that the book's owner forgot, and another has begun since
        }

        LookAt(order, outcome, wait.Due);
        if (outcome.Attempts == 0 && order.IsAtVenue)
        {
            Fail(order, "a caller was told that no copy was sent, and the venue has one");
        }

        if (order.ToldIn != world.Events)
        {
            order.ToldBefore = order.Told;
            order.AwaitsCorrection |= order.WasTold && outcome.Kind != CancelOutcomeKind.Unresolved;
        }

        order.WasTold = true;
        order.Told = outcome;
        order.ToldIn = world.Events;
    }

    /// <summary>A change is raised.</summary>
    public void Changed(OutcomeChangedEventArgs change)
    {
        var order = world.OrderOf(change.Hash);
        Touch(order);
        var orphan = _orphans.FindIndex(orphan => orphan.Is(order, change.Current));
        if (orphan >= 0)
        {
            order.AwaitsCorrection &= !order.Is(_orphans[orphan].Cancel, _orphans[orphan].Generation);
            return;
        }

        LookAt(order, change.Current, long.MaxValue);

        // What a panic was told of an order that has left the book is not what its callers were told.
        var isOrphan = !order.IsOpen && _orphans.Exists(orphan => ReferenceEquals(orphan.Order, order));
        if (!isOrphan && order.WasTold && !IsSame(change.Previous, order.Told) && !IsSame(change.Previous, order.ToldBefore)
            && change.Previous.UnresolvedReason != UnresolvedReason.WaitCanceled && order.Panic is not { Tally.IsReported: true })
        {
            Fail(order, $"a change names {change.Previous} as what was told before, which was {order.Told}");
        }

        order.AwaitsCorrection = false;
        order.WasTold = true;
        order.Told = change.Current;
        order.ChangedIn = world.Events;
    }

    /// <summary>The book is told.</summary>
    public void Settled(SimulatedOrder order, in SettledOrder settled)
    {
        Touch(order);
        if (TrySettleOrphan(order, settled))
        {
            return;
        }

        var gone = settled.Kind == CancelOutcomeKind.AlreadyGone ? order.LatestGone : GoneReason.None;
        LookAtVerdict(order, settled.Kind, gone);
        gone = gone == GoneReason.NotFound && order.WasKnownLive ? GoneReason.Unspecified : gone;
        if (order.Panic is not { } panic || order.PanicNumber != panic.Tally.Number || (!order.IsOpen && !order.IsCounted)
            || !order.IsKnown)
        {
            return;
        }

        if (order.IsCounted)
        {
            panic.Count(order.Counted, order.CountedGone, -1);
        }
        else
        {
            panic.Open--;
        }

        order.IsCounted = true;
        order.Counted = settled.Kind;
        order.CountedGone = gone;
        panic.Count(settled.Kind, gone, 1);
    }

    /// <summary>
    /// A cancel whose order has left the book without a word hears nothing of the venue, but a refusal that was held back is told of it,
    /// and two reads of the list may not have its order: its panic counts it. What became of the order since is another matter.
    /// </summary>
    private bool TrySettleOrphan(SimulatedOrder order, SettledOrder settled)
    {
        var found = _orphans.FindIndex(orphan => orphan.Is(order, settled));
        if (found < 0)
        {
            return false;
        }

        if (settled.Kind != CancelOutcomeKind.Rejected && !IsAbsent(order, settled))
        {
            Fail(order, $"{settled.Kind} {settled.Gone} is claimed of a cancel that the venue can have said nothing about");
        }

        var orphan = _orphans[found];
        _orphans.RemoveAt(found);
        if (orphan.Panic is { } panic && panic.Tally.Number == orphan.PanicNumber)
        {
            panic.Open--;
            panic.Count(settled.Kind, settled.Gone, 1);
        }

        if (!order.IsOpen)
        {
            // What is said of the order from here on corrects what its panic counts of this cancel.
            (order.Panic, order.PanicNumber) = (orphan.Panic, orphan.PanicNumber);
            (order.IsCounted, order.IsKnown) = (true, true);
            (order.Counted, order.CountedGone) = (settled.Kind, settled.Gone);
        }

        return true;
    }

    private static bool IsSame(in CancelOutcome one, in CancelOutcome other) =>
        (one.Kind, one.UnresolvedReason, one.GoneReason) == (other.Kind, other.UnresolvedReason, other.GoneReason);

    private void LookAt(SimulatedOrder order, in CancelOutcome outcome, long due)
    {
        if (outcome.Kind != CancelOutcomeKind.Unresolved)
        {
            LookAtVerdict(order, outcome.Kind, outcome.GoneReason);
            return;
        }

        var isRight = outcome.UnresolvedReason switch
        {
            UnresolvedReason.Deadline or UnresolvedReason.Throttled or UnresolvedReason.Busy => due <= Now,
            UnresolvedReason.ConnectionLost => due <= Now || _allDownIn == world.Events,
            UnresolvedReason.Abandoned => order.GivenUpIn == world.Events || order.IsForgotten,
            UnresolvedReason.Disposed => true,
            UnresolvedReason.StillOpen => due <= Now || order.ReopenedIn == world.Events,
            _ => false,
        };
        if (!isRight)
        {
            Fail(order, $"a caller was told {outcome}, which is not so");
        }
    }

    /// <summary>Nothing is claimed that the venue has not said, and no refusal while another copy may succeed.</summary>
    private void LookAtVerdict(SimulatedOrder order, CancelOutcomeKind kind, GoneReason gone)
    {
        var said = kind switch
        {
            CancelOutcomeKind.Confirmed => SaidAbout.Confirmed,
            CancelOutcomeKind.Rejected => SaidAbout.Rejected,
            _ => FlagOf(gone),
        };
        if ((order.Said & said) == SaidAbout.Nothing)
        {
            Fail(order, $"{kind} {gone} is claimed, and the venue has not said so");
        }

        if (!order.IsOpen || IsStopped)
        {
            return;
        }

        if (kind == CancelOutcomeKind.Rejected)
        {
            for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
            {
                if (order.Outstanding[connectionId] > order.Late[connectionId] && world.Connection(connectionId).IsToldUp
                    && !IsLate(order, connectionId))
                {
                    Fail(order, $"a refusal is told while a copy on connection {connectionId} may still succeed");
                }
            }
        }

        if (kind == CancelOutcomeKind.AlreadyGone && gone == GoneReason.NotFound && !order.WasKnownLive
            && Now - order.AcceptedAt < Options.NotFoundGrace && !IsExhausted(order))
        {
            Fail(order, "\"not found\" is told while the cancel may have overtaken its order");
        }
    }

    private bool IsAnyUp()
    {
        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (world.Connection(connectionId).IsToldUp)
            {
                return true;
            }
        }

        return false;
    }
}
