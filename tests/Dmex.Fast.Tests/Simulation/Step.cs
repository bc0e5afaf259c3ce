namespace Dmex.Fast.Tests.Simulation;

/// <summary>One decision of a script. A value.</summary>
/// <param name="At">When, in ticks.</param>
/// <param name="Kind">What.</param>
/// <param name="A">See <see cref="StepKind"/>.</param>
/// <param name="B">See <see cref="StepKind"/>.</param>
internal readonly record struct Step(long At, StepKind Kind, int A, int B);
