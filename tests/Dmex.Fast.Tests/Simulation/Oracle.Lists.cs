using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>What the venue's list says: two reads in a row decide, and whatever they decide is told at once.</content>
internal sealed partial class Oracle
{
    private long _comparedIn;
    private long _oursSince;
    private ListRead _compared;

    /// <summary>A read of the list is about to be compared.</summary>
    public void Comparing(in ListRead read)
    {
        (_compared, _comparedIn) = (read, world.Events);
        foreach (var order in world.Orders)
        {
            if (CancelOf(order) is { } cancel)
            {
                if (read.Open.Contains(order.Hash) || read.Before?.Contains(order.Hash) == true)
                {
                    order.ListedFor = (cancel, cancel.AcceptedAt);
                    _oursSince = Math.Min(_oursSince, read.BeganAt);
                }

                if (IsSecond(order, cancel, read))
                {
                    Touch(order);
                    Expect(order, cancel, read);
                }
            }
        }
    }

    /// <summary>Its open cancel, wherever that is found, or what is remembered of it.</summary>
    private TrackedCancel? CancelOf(SimulatedOrder order)
    {
        if (order.IsOpen && order.Cancel!.Generation == order.Generation)
        {
            return order.Cancel;
        }

        return world.FindAny(order) ?? OrphanOf(order);
    }

    private TrackedCancel? OrphanOf(SimulatedOrder order)
    {
        var found = _orphans.FindIndex(orphan => order.Is(orphan.Cancel, orphan.Generation));
        return found < 0 ? null : _orphans[found].Cancel;
    }

    private bool IsAbsent(SimulatedOrder order, in SettledOrder settled) =>
        settled.Gone == GoneReason.NotListed && _comparedIn == world.Events && !_compared.Open.Contains(order.Hash);

    /// <summary>Whether the read counts for an order, and says what the one before has said.</summary>
    private bool IsSecond(SimulatedOrder order, TrackedCancel cancel, in ListRead read)
    {
        // Of what the oracle has no account any more, because another cancel of the order followed, it takes the tracker's. A copy that was
        // answered before the tracker was told that it was written counts from its answer on.
        var isOwn = ReferenceEquals(order.Cancel, cancel);
        var last = Math.Max(isOwn ? order.LastCopyAt : cancel.StartedAt, cancel.WrittenAt);
        var from = last + Options.ListLag!.Value;
        if ((isOwn ? order.Attempts : cancel.Attempts) == 0 || read.BeganAt < from || read.BeganAt < order.SightedUntil)
        {
            return false;
        }

        var isListed = read.Open.Contains(order.Hash);
        var isSecond = order.SightedUntil != 0 && order.SightedFrom >= from && order.WasListed == isListed;
        (order.WasListed, order.SightedFrom, order.SightedUntil) = (isListed, read.BeganAt, read.EndedAt);
        return isSecond;
    }

    private void Expect(SimulatedOrder order, TrackedCancel cancel, in ListRead read)
    {
        var isClosed = cancel.Stage == CancelStage.Settled && cancel.Reported.Kind != CancelOutcomeKind.Rejected;
        if (order.WasListed)
        {
            order.WasKnownLive |= cancel.Stage == CancelStage.Open;
            if (isClosed)
            {
                Reopen(order, cancel);
            }
        }
        else if (isClosed)
        {
            order.AwaitsCorrection = cancel is { AwaitsList: true, HasCaller: true };
        }
        else if (IsOurs(order, cancel, read)
            && (cancel.Stage == CancelStage.Settled || order.WasKnownLive || read.BeganAt - order.AcceptedAt >= Options.NotFoundGrace))
        {
            order.Said |= FlagOf(GoneReason.NotListed);
            order.LatestGone = GoneReason.NotListed;
            order.IsKnown = true;
            order.GoneIn = world.Events;
            order.AwaitsCorrection = cancel is { Stage: CancelStage.Settled, HasCaller: true };
        }
    }

    /// <summary>Whether the list has had the order, or another one of ours where this one was not refused.</summary>
    private bool IsOurs(SimulatedOrder order, TrackedCancel cancel, in ListRead read) =>
        order.ListedFor == (cancel, cancel.AcceptedAt) || (cancel.Stage == CancelStage.Open && _oursSince < read.BeganAt);

    /// <summary>
    /// The reply was a lie, or the list is: either way the order is unresolved again, and whoever was told otherwise is told.
    /// </summary>
    private void Reopen(SimulatedOrder order, TrackedCancel cancel)
    {
        if (order.IsOpen)
        {
            Fail(order, "a cancel of it was settled that is open");
        }

        if (!ReferenceEquals(order.Cancel, cancel))
        {
            (order.Cancel, order.Attempts, order.AcceptedAt, order.LastCopyAt, order.WasTold) =
                (cancel, cancel.Attempts, cancel.AcceptedAt, Math.Max(cancel.WrittenAt, cancel.StartedAt), false);
            (order.Panic, order.IsCounted) = (null, false);
        }

        if (order.Panic is { IsActive: true } panic && panic.Tally.Number == order.PanicNumber)
        {
            if (order.IsCounted)
            {
                panic.Count(order.Counted, order.CountedGone, -1);
                panic.Open++;
            }
        }
        else
        {
            order.Panic = null;
        }

        order.IsCounted = false;
        order.Generation = cancel.Generation;
        order.Said = SaidAbout.Nothing;
        order.IsOpen = order.WasKnownLive = order.IsAccepted = true;
        order.HasCaller = cancel.HasCaller;
        order.IsForgotten = order.IsUrgent = false;
        order.PutOffUntil = 0;
        order.Resends = cancel.Resends;
        order.ReopenedIn = world.Events;
        _accepted++;
    }

    private void LookAtList(SimulatedOrder order)
    {
        if (order.ReopenedIn == world.Events && order.ChangedIn != world.Events)
        {
            Fail(order, "the list has it although it was told as closed, and no change was raised");
        }

        if (order.GoneIn == world.Events && order.IsOpen && order.Cancel!.Stage == CancelStage.Open
            && order.Cancel.Generation == order.Generation)
        {
            Fail(order, "two lists in a row did not have it, and it is unresolved");
        }
    }

    /// <summary>
    /// What was told by a reply alone was compared with the list since, and an honest list contradicts nothing that is remembered.
    /// </summary>
    private void LookAtWitnesses(SimulatedOrder order)
    {
        if (Options.ListLag is not { } lag)
        {
            return;
        }

        var found = world.FindAny(order);
        var isBelieved = order is { IsOpen: false, IsAccepted: true, WasTold: true, Told.Kind: CancelOutcomeKind.Confirmed };
        if (found is null && isBelieved && Options.Capacity >= world.Scenario.Orders && world.Scenario.ListFaultsPerMille == 0
            && order.OpenFrom <= order.LastCopyAt && order.WasOpenAt(Now))
        {
            Fail(order, "it is told as confirmed and forgotten, and the list shows it");
        }

        if (found is not { Stage: CancelStage.Settled } cancel)
        {
            return;
        }

        var last = Math.Max(Math.Max(cancel.WrittenAt, cancel.StartedAt), world.HealedAt);
        if (cancel.AwaitsList && cancel.Attempts > 0 && Now - last > lag + (30_000 * Scenario.Millisecond))
        {
            Fail(order, "the list was not asked about it long after all faults ended");
        }

        if (!cancel.AwaitsList && cancel.Reported.Kind == CancelOutcomeKind.Confirmed && order.OpenFrom <= last && order.WasOpenAt(Now)
            && world.Scenario.ListFaultsPerMille == 0)
        {
            Fail(order, "it is told as confirmed, and the list shows it");
        }
    }
}
