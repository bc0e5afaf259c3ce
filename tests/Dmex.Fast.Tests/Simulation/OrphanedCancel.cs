using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>A fired cancel whose order its owner took out of the book without telling the tracker. A value.</summary>
internal readonly record struct OrphanedCancel(SimulatedOrder Order, TrackedCancel Cancel, uint Generation, SimulatedPanic? Panic, long PanicNumber);
