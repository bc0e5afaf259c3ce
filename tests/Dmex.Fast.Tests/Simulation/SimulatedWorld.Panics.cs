using System.Numerics;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>Panics: fired in batches over the connections, as the engine does.</content>
internal sealed partial class SimulatedWorld
{
    private static readonly long ReportTimeout = 200 * Scenario.Millisecond;
    private long _lastPanic;

    private void StartPanic(int tag, PanicFlags flags)
    {
        SimulatedPanic? panic = null;
        foreach (var candidate in _panics)
        {
            panic ??= candidate.IsActive ? null : candidate;
        }

        if (panic is null)
        {
            return;
        }

        panic.Begin(++_lastPanic, tag, flags, Now);
        if (panic.IsLatched)
        {
            _book.Latches.Add(panic);
        }

        for (var slot = 0; slot < _book.Capacity; slot++)
        {
            if (_book.State[slot] is SlotState.Armed or SlotState.Rejected && panic.Covers(_book.Tag[slot]))
            {
                _book.Mark(slot, panic);
            }
        }

        for (var slot = 0; slot < _book.Capacity; slot++)
        {
            if (_book.State[slot] == SlotState.Fired && panic.Covers(_book.Tag[slot]))
            {
                TakeOver(slot, panic);
            }
        }

        Schedule(Now + ReportTimeout, EventKind.Report, panic.Index);
    }

    private void TakeOver(int slot, SimulatedPanic panic)
    {
        var order = _book.Order[slot]!;
        var generation = _book.Generation[slot];
        _oracle.Firing(slot);
        _oracle.TakingOver(order, FindOpen(order));
        _tracker.TakeOver(new FiredOrder(order.Hash, slot, generation), panic.Tally, Now, _effects);
        _oracle.Panicked(order, panic, _tracker.FindFired(slot, generation));
        CarryOut();
        _oracle.TookOver(order, panic);
    }

    private void ReleaseLatches()
    {
        foreach (var panic in _book.Latches)
        {
            panic.IsLatched = false;
        }

        _book.Latches.Clear();
    }

    /// <summary>Panics go on as far as connections are free.</summary>
    private void FirePanics()
    {
        foreach (var panic in _panics)
        {
            while (panic.IsActive && panic.Pending > 0 && !panic.IsWaitingForRate && FreeConnection() is var connectionId and > 0)
            {
                FireBatch(panic, connectionId);
            }

            if (panic is { IsActive: true, IsLatched: false, Pending: 0, Open: 0 } && panic.Tally.IsReported)
            {
                panic.IsActive = false;
                panic.Tally.IsOver = true;
            }
        }
    }

    private void FireBatch(SimulatedPanic panic, int connectionId)
    {
        var first = 1u << (connectionId - 1);
        var connections = panic.Flags.HasFlag(PanicFlags.Broadcast) ? FreeConnections() : first;
        var frames = 1 + Random.Below(16, panic.Index, panic.Pending, Draw.BatchSize);
        var rate = panic.Tally.RespectsRate ? _tracker.Rate : null;
        var copies = BitOperations.PopCount(connections);
        var wanted = frames * copies;
        var allowed = rate?.TakeForPanic(wanted, Now) ?? 0;
        frames = rate is null ? frames : allowed / copies;
        var fired = 0;
        for (; fired < frames && panic.Pending > 0; fired++)
        {
            var slot = NextPending(panic);
            Fire(slot, panic, connectionId, connections & ~first);
        }

        rate?.SettlePanic(wanted, allowed, fired * copies, copies, Now);
        if (rate is null && fired > 0)
        {
            _ = _tracker.Rate?.TakeForPanic(fired * copies, Now);
        }

        if (fired == 0)
        {
            panic.IsWaitingForRate = true;
            Schedule(Now + (10 * Scenario.Millisecond), EventKind.FireOn, panic.Index);
        }
    }

    private void Fire(int slot, SimulatedPanic panic, int connectionId, uint others)
    {
        var order = _book.Order[slot]!;
        var fired = new FiredOrder(order.Hash, slot, _book.Generation[slot]);
        Trace?.Add($"{Time()}   fire: order {order.Index} from slot {slot} on connection {connectionId}, others {others:b}");
        _book.Fire(slot);
        _oracle.Firing(slot);
        var cancel = _tracker.Fire(fired, panic.Tally, connectionId, Now, _effects);
        _oracle.Panicked(order, panic, cancel);
        SendFired(order, panic, cancel, connectionId);
        for (; others != 0; others &= others - 1)
        {
            var other = ConnectionTable.Lowest(others);
            CancelTracker.FireAlso(cancel, other, Now);
            SendFired(order, panic, cancel, other);
        }
    }

    private void SendFired(SimulatedOrder order, SimulatedPanic panic, TrackedCancel cancel, int connectionId)
    {
        _oracle.Fired(order, panic, connectionId);
        var connection = _connections[connectionId];
        var which = Place(order, cancel, cancel.Generation, connectionId, _tracker.Incarnation(connectionId));
        _copies[which].IsBatched = true;
        connection.Batched++;
        Schedule(Now, EventKind.HandOver, which);
    }

    private int NextPending(SimulatedPanic panic)
    {
        while (!ReferenceEquals(_book.PendingFor[panic.Cursor % _book.Capacity], panic))
        {
            panic.Cursor++;
        }

        return panic.Cursor % _book.Capacity;
    }

    private int FreeConnection() => FreeConnections() is var free and not 0 ? ConnectionTable.Lowest(free) : 0;

    private uint FreeConnections()
    {
        uint free = 0;
        for (var left = _tracker.Connections; left != 0; left &= left - 1)
        {
            free |= _connections[ConnectionTable.Lowest(left)].Batched == 0 ? left & (0 - left) : 0;
        }

        return free;
    }

    private void Report(SimulatedPanic panic)
    {
        panic.Tally.IsReported |= panic.IsActive;
        _oracle.LookAt(panic);
    }
}
