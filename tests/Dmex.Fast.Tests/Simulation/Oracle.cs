using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// Looks at a simulated world after every event: nothing lost, nothing claimed, no budget exceeded, no copy too many, no waiter forgotten
/// or told twice, all counts right. Keeps its own account of what was sent and said, and compares. Not thread-safe.
/// </summary>
/// <remarks>What an event concerns is looked at after it; every order, after each change of a connection and every so many
/// events.</remarks>
internal sealed partial class Oracle(SimulatedWorld world)
{
    private const int SweepPeriod = 64;

    // What the timer and stops of the process may add to a deadline.
    private static readonly long MaxLateness = 2 * Stopwatch.Frequency;

    private readonly ExpectedBudget _budget = new();
    private readonly ExpectedRate _rate = new();
    private readonly List<SimulatedOrder> _touched = new(64);
    private readonly List<OrphanedCancel> _orphans = new(64);
    private int _sinceSweep;
    private bool _sweeps;
    private int _accepted;
    private long _timeUpAt;
    private long _allDownIn;
    private bool _hasForgotten;

    /// <summary>How many wait.</summary>
    public int Waits { get; set; }

    /// <summary>The tracker was stopped.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Whether everything should have been resolved by now.</summary>
    public bool IsTimeUp => world.Now >= _timeUpAt;

    private TrackerOptions Options => world.Scenario.Options;

    private long Now => world.Now;

    /// <summary>Begins anew, as part of a new world.</summary>
    public void Reset()
    {
        _budget.Reset(Options.MaxResendsPerSecond, Now);
        _rate.Reset(Options.Rate, Now);
        _touched.Clear();
        _orphans.Clear();
        _sinceSweep = 0;
        _sweeps = false;
        _accepted = 0;
        _timeUpAt = _oursSince = long.MaxValue;
        Waits = 0;
        IsStopped = _hasForgotten = false;
    }

    /// <summary>Faults have ended: from here on there is a time for everything.</summary>
    public void Healed()
    {
        var orders = world.Scenario.Orders;
        var seconds = 30 + (20.0 * orders / Math.Min(10, Options.MaxResendsPerSecond))
            + (Options.Rate is { } rate ? 20.0 * orders * world.Scenario.Connections / rate.FramesPerSecond : 0);
        var answers = Options.AckTimeout == long.MaxValue ? 0 : 40 * Options.AckTimeout;
        _timeUpAt = Now + (long)(seconds * Stopwatch.Frequency) + answers + (4 * Options.MaxRetryAfter);
    }

    /// <summary>An event concerns an order.</summary>
    public void Touch(SimulatedOrder order)
    {
        if (order.TouchedIn != world.Events)
        {
            order.TouchedIn = world.Events;
            _touched.Add(order);
        }
    }

    /// <summary>The timer has run.</summary>
    public void Ticked()
    {
        foreach (var order in world.Orders)
        {
            for (var wait = order.FirstWait; wait is not null; wait = wait.Next)
            {
                if (wait.Wait.Cancel is not null && wait.Due <= Now)
                {
                    Fail(order, "a wait has not ended at its deadline");
                }
            }
        }
    }

    /// <summary>Looks at all that the event concerned.</summary>
    public void Look()
    {
        if (_sweeps || ++_sinceSweep >= SweepPeriod)
        {
            _sweeps = false;
            _sinceSweep = 0;
            foreach (var order in world.Orders)
            {
                LookAt(order);
            }

            foreach (var panic in world.Panics)
            {
                LookAt(panic);
            }
        }
        else
        {
            for (var i = 0; i < _touched.Count; i++)
            {
                LookAt(_touched[i]);
                if (_touched[i].Panic is { } panic)
                {
                    LookAt(panic);
                }
            }
        }

        _touched.Clear();
        LookAtOrphans();
    }

    /// <summary>After faults have ended and the time is up, or nothing is left to happen.</summary>
    public void LookAtEnd()
    {
        foreach (var order in world.Orders)
        {
            LookAt(order);
            LookAtWitnesses(order);
            if (order.IsOpen && !order.IsForgotten && !IsExhausted(order))
            {
                Fail(order, "it is unresolved long after all faults ended");
            }

            var slot = world.Book.SlotOf(order);
            if (slot >= 0 && world.Book.PendingFor[slot] is not null)
            {
                Fail(order, "a panic has not fired it long after all faults ended");
            }

            for (var wait = order.FirstWait; wait is not null; wait = wait.Next)
            {
                if (wait.Due < Now - MaxLateness)
                {
                    Fail(order, "a caller still waits after its deadline");
                }
            }
        }
    }

    /// <summary>After the tracker was stopped, nobody waits.</summary>
    public void LookAfterStop()
    {
        foreach (var order in world.Orders)
        {
            if (order.FirstWait is not null)
            {
                Fail(order, "a caller still waits after the tracker was stopped");
            }
        }

        if (world.Tracker.NextDue != long.MaxValue)
        {
            Fail(null, "something is due after the tracker was stopped");
        }
    }

    /// <summary>The tallies add up, and say what was seen.</summary>
    public void LookAt(SimulatedPanic panic)
    {
        LookAtOrphans();
        var tally = panic.Tally;
        if (!panic.IsActive)
        {
            return;
        }

        if (tally.Fired != tally.Confirmed + tally.Gone + tally.NotFound + tally.Rejected + tally.Unresolved + tally.Left)
        {
            Fail(null, $"panic {tally.Number}: {Text(tally)} do not add up");
        }

        if ((tally.Unresolved, tally.Confirmed, tally.Gone, tally.NotFound, tally.Rejected)
            != (panic.Open, panic.Confirmed, panic.Gone, panic.NotFound, panic.Rejected) || tally.Written > tally.Fired || tally.Left < 0)
        {
            Fail(null, $"panic {tally.Number}: {Text(tally)}, and seen were {panic.Open} unresolved, {panic.Confirmed} confirmed, "
                + $"{panic.Gone} gone, {panic.NotFound} not found, {panic.Rejected} rejected");
        }
    }

    /// <summary>Ends the scenario with a fault.</summary>
    [DoesNotReturn]
    public void Fail(SimulatedOrder? order, string what) => throw new SimulationFaultException(
        $"{(Now - Scenario.Start) / (double)Scenario.Millisecond:0.000} ms: "
        + $"{(order is null ? string.Empty : $"order {order.Index}: ")}{what}");

    private static string Text(PanicTally tally) =>
        $"{tally.Fired} fired, {tally.Unresolved} unresolved, {tally.Confirmed} confirmed, {tally.Gone} gone, {tally.NotFound} not found, "
        + $"{tally.Rejected} rejected, {tally.Left} left, {tally.Written} written";

    private bool IsExhausted(SimulatedOrder order) => order.Panic is null && order.Cancel!.Resends >= Options.MaxResendsPerOrder;

    /// <summary>
    /// One order: its cancel is where it can be resolved from, its waiters wait for it, and the copies are as many as they may be.
    /// </summary>
    private void LookAt(SimulatedOrder order)
    {
        for (var wait = order.FirstWait; wait is not null; wait = wait.Next)
        {
            if (wait.Wait.Cancel is not { Stage: CancelStage.Open } awaited || awaited.Hash != order.Hash)
            {
                Fail(order, "a caller waits for a cancel that is not open any more");
            }

            if (wait.Due != long.MaxValue && world.Tracker.NextDue > wait.Due)
            {
                Fail(order, "a wait's deadline comes before the tracker is to be called");
            }
        }

        LookAtLatches(order);
        LookAtList(order);
        if (order.AwaitsCorrection)
        {
            Fail(order, $"its caller was told {order.Told}, something else holds, and no change was raised");
        }

        if (!order.IsOpen)
        {
            return;
        }

        var cancel = order.Cancel!;
        if (cancel.Generation != order.Generation || cancel.Stage != CancelStage.Open)
        {
            LookAtClosed(order);
            return;
        }

        if (cancel.Attempts != order.Attempts)
        {
            Fail(order, $"{cancel.Attempts} attempts are counted, and there were {order.Attempts}");
        }

        order.Resends = cancel.Resends;
        if (!IsStopped)
        {
            LookAtCopies(order, cancel);
            LookAtQueue(order, cancel);
        }
    }

    /// <summary>An order that is not open any more: the venue has said so, or somebody gave it up.</summary>
    private void LookAtClosed(SimulatedOrder order)
    {
        var isGivenUp = order.GivenUpIn == world.Events || order.IsForgotten;
        if (order.Said == SaidAbout.Nothing && !isGivenUp)
        {
            Fail(order, "its cancel is gone, and neither did the venue decide it nor anybody give it up");
        }

        if (order.HasCaller && !isGivenUp && order.ToldIn != world.Events && order.ChangedIn != world.Events)
        {
            Fail(order, "it was settled, and its caller was not told");
        }

        Close(order);
    }

    private void Close(SimulatedOrder order)
    {
        order.IsOpen = false;
        _accepted -= order.IsAccepted ? 1 : 0;
        Array.Clear(order.Outstanding);
        Array.Clear(order.Late);
        if (order.Panic is { } panic && order.PanicNumber == panic.Tally.Number && !order.IsCounted)
        {
            panic.Open--;
        }
    }

    private void LookAtCopies(SimulatedOrder order, TrackedCancel cancel)
    {
        var live = cancel.SendingOn | cancel.AwaitedOn;
        for (var left = live; left != 0; left &= left - 1)
        {
            var connectionId = ConnectionTable.Lowest(left);
            if (order.Outstanding[connectionId] <= 0 || !world.Connection(connectionId).IsToldUp)
            {
                Fail(order, $"a copy is thought to be under way on connection {connectionId}, and none is");
            }
        }
    }

    /// <summary>Something moves it on: an answer, a timer, a budget, or a connection that comes up.</summary>
    private void LookAtQueue(SimulatedOrder order, TrackedCancel cancel)
    {
        var nextDue = world.Tracker.NextDue;
        switch (cancel.Queue)
        {
            case CopyQueue.Timer:
                if (nextDue > cancel.Due)
                {
                    Fail(order, "it is to be looked at before the tracker is to be called");
                }

                if (cancel.Due == long.MaxValue && (!cancel.HasLiveCopy || Options.AckTimeout != long.MaxValue))
                {
                    Fail(order, "it is never looked at again");
                }

                break;
            case CopyQueue.Budget or CopyQueue.Rate:
                if (nextDue == long.MaxValue)
                {
                    Fail(order, $"it waits for its {cancel.Queue}, and nothing is due");
                }

                break;
            case CopyQueue.Connection:
                LookAtConnections(order, cancel);
                break;
            default:
                if (!(cancel.HasLiveCopy && Options.AckTimeout == long.MaxValue) && !IsExhausted(order))
                {
                    Fail(order, cancel.HasLiveCopy ? "nothing finds out that its copy is lost" : "nothing moves it on");
                }

                break;
        }
    }

    /// <summary>Nothing stays armed in a latched scope that no panic is to fire.</summary>
    private void LookAtLatches(SimulatedOrder order)
    {
        var slot = world.Book.SlotOf(order);
        if (slot < 0 || world.Book.State[slot] != SlotState.Armed || world.Book.PendingFor[slot] is not null)
        {
            return;
        }

        foreach (var panic in world.Panics)
        {
            if (panic.IsLatched && panic.Covers(world.Book.Tag[slot]))
            {
                Fail(order, $"it is armed in the scope that panic {panic.Tally.Number} has latched, and no panic is to fire it");
            }
        }
    }

    private void LookAtConnections(SimulatedOrder order, TrackedCancel cancel)
    {
        for (var connectionId = 1; connectionId <= world.Scenario.Connections; connectionId++)
        {
            if (world.Connection(connectionId).IsToldUp && (cancel.SendingOn & ConnectionTable.Bit(connectionId)) == 0)
            {
                Fail(order, $"it waits for a connection, and connection {connectionId} is up");
            }
        }
    }

    private bool IsOrphan(TrackedCancel cancel, uint generation)
    {
        foreach (var orphan in _orphans)
        {
            if (ReferenceEquals(orphan.Cancel, cancel) && orphan.Generation == generation)
            {
                return true;
            }
        }

        return false;
    }

    private void LookAtOrphans()
    {
        for (var i = _orphans.Count - 1; i >= 0; i--)
        {
            var orphan = _orphans[i];
            if (orphan.IsOver)
            {
                if (orphan.Panic is { } panic && panic.Tally.Number == orphan.PanicNumber)
                {
                    panic.Open--;
                }

                _orphans.RemoveAt(i);
            }
        }
    }
}
