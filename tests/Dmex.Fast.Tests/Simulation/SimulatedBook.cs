namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// A small model of the book: slots with generations, tags, and latches. An order that is to be fired by a panic is pending until the
/// panic comes to it.
/// </summary>
internal sealed class SimulatedBook
{
    private const int MaxSlots = 512;

    private readonly int[] _slotOf = new int[SimulatedWorld.MaxOrders];
    private readonly int[] _free = new int[MaxSlots];
    private int _freeCount;

    /// <summary>How many slots there are.</summary>
    public int Capacity { get; private set; }

    public SlotState[] State { get; } = new SlotState[MaxSlots];

    public uint[] Generation { get; } = new uint[MaxSlots];

    public int[] Tag { get; } = new int[MaxSlots];

    public SimulatedOrder?[] Order { get; } = new SimulatedOrder?[MaxSlots];

    /// <summary>Who is to fire it.</summary>
    public SimulatedPanic?[] PendingFor { get; } = new SimulatedPanic?[MaxSlots];

    /// <summary>The panics whose latches hold, newest last.</summary>
    public List<SimulatedPanic> Latches { get; } = new(16);

    /// <summary>Begins anew, as part of a new world.</summary>
    public void Reset(int capacity, int orders)
    {
        Capacity = capacity;
        _freeCount = 0;
        for (var slot = capacity - 1; slot >= 0; slot--)
        {
            State[slot] = SlotState.Free;
            Generation[slot] = 0;
            Order[slot] = null;
            PendingFor[slot] = null;
            _free[_freeCount++] = slot;
        }

        Array.Fill(_slotOf, -1, 0, orders);
        Latches.Clear();
    }

    /// <summary>The slot of an order; −1 for none.</summary>
    public int SlotOf(SimulatedOrder order) => _slotOf[order.Index];

    /// <summary>Whether a slot still holds what it held in that generation.</summary>
    public bool Holds(int slot, uint generation) => State[slot] != SlotState.Free && Generation[slot] == generation;

    /// <summary>Arms an order; false when it is in the book, or there is no room.</summary>
    public bool TryArm(SimulatedOrder order, int tag)
    {
        if (_slotOf[order.Index] >= 0 || _freeCount == 0)
        {
            return false;
        }

        var slot = _free[--_freeCount];
        _slotOf[order.Index] = slot;
        State[slot] = SlotState.Armed;
        Generation[slot]++;
        Tag[slot] = tag;
        Order[slot] = order;
        MeetLatch(slot);
        return true;
    }

    /// <summary>Gives an armed order another tag.</summary>
    public void Retag(int slot, int tag)
    {
        Tag[slot] = tag;
        MeetLatch(slot);
    }

    /// <summary>Has a panic fire an order that is armed or was refused.</summary>
    public void Mark(int slot, SimulatedPanic panic)
    {
        if (PendingFor[slot] is { } before)
        {
            before.Pending--;
        }

        PendingFor[slot] = panic;
        panic.Pending++;
    }

    /// <summary>An order was handed to a panic's batch.</summary>
    public void Fire(int slot)
    {
        PendingFor[slot]!.Pending--;
        PendingFor[slot] = null;
        State[slot] = SlotState.Fired;
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(int slot)
    {
        if (PendingFor[slot] is { } panic)
        {
            panic.Pending--;
            PendingFor[slot] = null;
        }

        _slotOf[Order[slot]!.Index] = -1;
        Order[slot] = null;
        State[slot] = SlotState.Free;
        _free[_freeCount++] = slot;
    }

    /// <summary>An order that is armed in a latched scope is the latching panic's.</summary>
    private void MeetLatch(int slot)
    {
        for (var i = Latches.Count - 1; i >= 0 && PendingFor[slot] is null; i--)
        {
            if (Latches[i].Covers(Tag[slot]))
            {
                Mark(slot, Latches[i]);
            }
        }
    }
}
