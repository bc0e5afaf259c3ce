using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>One copy of a cancel on its way to the venue.</summary>
internal struct SimulatedCopy
{
    /// <summary>The order.</summary>
    public SimulatedOrder Order;

    /// <summary>Of the order's copies, for draws.</summary>
    public int Number;

    /// <summary>The tracker's, with <see cref="Generation"/>.</summary>
    public TrackedCancel Cancel;

    public uint Generation;

    /// <summary>The connection, from 1, and its life.</summary>
    public int ConnectionId;

    public long Incarnation;

    /// <summary>What the tracker decided on; the default value for a panic's own copy.</summary>
    public CancelCopy Decided;

    /// <summary>A copy of a panic's batch: its connection's batch is free again when its outcome is known.</summary>
    public bool IsBatched;

    /// <summary>Outcome and arrival are still to come: its place is free when neither is.</summary>
    public int Pending;

    /// <summary>When the kernel took it.</summary>
    public long WrittenAt;

    /// <summary>The next that waits in the same connection, or a free place; −1 for none.</summary>
    public int Next;
}
