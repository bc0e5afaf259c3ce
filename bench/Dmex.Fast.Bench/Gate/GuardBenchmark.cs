using BenchmarkDotNet.Attributes;

namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// A line of budget.json for BenchmarkDotNet: what is guarded, and its reference as the baseline. It runs the same methods of the
/// benchmark classes as the gate does, so that both hold the same thing against the same budget.
/// </summary>
[MemoryDiagnoser]
public class GuardBenchmark
{
    private const int Operations = 16;

    private Side? _candidate;
    private Side? _reference;

    /// <summary>The lines, set before BenchmarkDotNet asks for them; it runs in this process.</summary>
    internal static IReadOnlyList<GuardCase> Cases { get; set; } = [];

    [ParamsSource(nameof(Names))]
    public string Line { get; set; } = string.Empty;

    public static IEnumerable<string> Names() => Cases.Select(one => one.Line.Name);

    [GlobalSetup]
    public void Prepare()
    {
        var one = Cases.Single(one => string.Equals(one.Line.Name, Line, StringComparison.Ordinal));
        _candidate = one.Candidate.Make();
        _reference = one.Reference.Make();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public void Reference() => _reference!.Operate(Operations);

    [Benchmark(OperationsPerInvoke = Operations)]
    public void Candidate() => _candidate!.Operate(Operations);
}
