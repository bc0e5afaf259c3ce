namespace Dmex.Fast.Tests.Simulation;

/// <summary>What a simulation has played, and the fault it ended with.</summary>
/// <param name="Scenarios">How many scenarios.</param>
/// <param name="Orders">How many orders in them.</param>
/// <param name="Events">How many events.</param>
/// <param name="FailedSeed">The seed that failed.</param>
/// <param name="Fault">What the oracle saw; null for nothing.</param>
internal sealed record SimulationReport(long Scenarios, long Orders, long Events, ulong FailedSeed, string? Fault);
