using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>A caller that waits.</summary>
internal sealed class SimulatedWait
{
    /// <summary>The tracker's part.</summary>
    public required CancelWait Wait { get; init; }

    /// <summary>What it waits for; null when it does not.</summary>
    public SimulatedOrder? Order;

    /// <summary>The cancel that it waits for.</summary>
    public TrackedCancel? Cancel;

    /// <summary>That cancel's generation.</summary>
    public uint Generation;

    /// <summary>When it ends at the latest.</summary>
    public long Due;

    /// <summary>The next that waits for the same order, or in the pool.</summary>
    public SimulatedWait? Next;
}
