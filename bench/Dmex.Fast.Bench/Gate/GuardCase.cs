namespace Dmex.Fast.Bench.Gate;

/// <summary>A line of the budget for BenchmarkDotNet, with what it times.</summary>
/// <param name="Line">The budget.</param>
/// <param name="Candidate">What is guarded.</param>
/// <param name="Reference">What it is compared with.</param>
internal sealed record GuardCase(BudgetLine Line, Entry Candidate, Entry Reference);
