namespace Dmex.Fast.Tests.Simulation;

/// <summary>The oracle saw something that must not be.</summary>
internal sealed class SimulationFaultException(string message) : Exception(message);
