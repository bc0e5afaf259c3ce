using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// A fired cancel whose order its owner took out of the book without telling the tracker. It is told from later cancels of the order by
/// its stay in the book, and by when it was fired. A value.
/// </summary>
internal readonly record struct OrphanedCancel(
    SimulatedOrder Order, TrackedCancel Cancel, uint Generation, SimulatedPanic? Panic, long PanicNumber)
{
    private readonly int _slot = Cancel.Slot;
    private readonly uint _slotGeneration = Cancel.SlotGeneration;
    private readonly long _firedAt = Cancel.AcceptedAt;

    /// <summary>Whether it was resolved or given up.</summary>
    public bool IsOver => Cancel.Generation != Generation;

    /// <summary>Whether it is what was settled of an order.</summary>
    public bool Is(SimulatedOrder order, in SettledOrder settled) =>
        ReferenceEquals(Order, order) && IsOver && (settled.Slot, settled.SlotGeneration) == (_slot, _slotGeneration);

    /// <summary>Whether an outcome of an order is its outcome.</summary>
    public bool Is(SimulatedOrder order, in CancelOutcome outcome) =>
        ReferenceEquals(Order, order) && IsOver && outcome.AcceptedTimestamp == _firedAt;
}
