namespace Dmex.Fast.Tests.Simulation;

/// <summary>What is in a slot of the simulated book.</summary>
internal enum SlotState
{
    Free,
    Armed,
    Fired,
    Rejected,
}
