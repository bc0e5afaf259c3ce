namespace Dmex.Fast.Tracking;

/// <summary>What is to be done about the next copy of a cancel, and when.</summary>
/// <param name="Step">What.</param>
/// <param name="At">When, for <see cref="CopyStep.LookAgain"/>; in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal readonly record struct CopyPlan(CopyStep Step, long At = 0);
