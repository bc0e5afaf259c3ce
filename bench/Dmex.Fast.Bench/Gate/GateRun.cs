using Dmex.Fast.Lab.Latency;



namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// Measures the guarded benchmarks, each against its reference in blocks that take turns. What does not pass is measured
/// again after all the others: a breach is one only when it is found twice, and what was too restless gets more chances.
/// </summary>
internal sealed class GateRun(IReadOnlyDictionary<string, Entry> entries, GateOptions options)
{
    private const int MaxAttempts = 4;
    private const int BreachesNeeded = 2;

    /// <summary>Compiling goes from tier to tier: counted calls first, then a profile, then the final code.</summary>
    private const int WarmUps = 3;

    /// <summary>The runtime compiles in the background once nothing new was called for 100 ms.</summary>
    private static readonly TimeSpan CompilingTime = TimeSpan.FromMilliseconds(400);

    private readonly Dictionary<string, Side> _sides = new(StringComparer.Ordinal);

    /// <summary>Measures the lines; the results are in their order.</summary>
    public IReadOnlyList<GateResult> Measure(IReadOnlyList<BudgetLine> lines)
    {
        WarmUp(lines);
        var results = new Dictionary<BudgetLine, GateResult>();
        var breaches = lines.ToDictionary(line => line, _ => 0);
        var pending = lines;
        for (var attempt = 1; attempt <= MaxAttempts && pending.Count > 0; attempt++)
        {
            var again = new List<BudgetLine>();
            foreach (var line in pending)
            {
                var result = Measure(line) with { Attempts = attempt };
                breaches[line] += result.Verdict == Verdict.Breach ? 1 : 0;
                var isDecided = result.Verdict is Verdict.Passed or Verdict.NotMeasured || breaches[line] == BreachesNeeded;

                // One breach among restless attempts is not the second one that a breach needs.
                results[line] = isDecided || result.Verdict != Verdict.Breach ? result : result with { Verdict = Verdict.Inconclusive };
                if (!isDecided)
                {
                    again.Add(line);
                }
            }

            pending = again;
        }

        return [.. lines.Select(line => results[line])];
    }

    /// <summary>
    /// Prepares and checks every side, and runs all of them until the runtime has compiled what they run in its last tier.
    /// </summary>
    private void WarmUp(IReadOnlyList<BudgetLine> lines)
    {
        var names = lines.Where(line => Missing(line) is null).SelectMany(Names).Distinct(StringComparer.Ordinal).ToArray();
        for (var pass = 0; pass < WarmUps; pass++)
        {
            foreach (var name in names)
            {
                Get(name).WarmUp(options.WarmUp);
            }

            Thread.Sleep(CompilingTime);
        }
    }

    private static IEnumerable<string> Names(BudgetLine line) => [line.Name, .. line.Reference];

    private Entry? Missing(BudgetLine line) => Names(line).Select(name => entries[name]).FirstOrDefault(entry => entry.Missing is not null);

    private GateResult Measure(BudgetLine line)
    {
        if (Missing(line) is { } missing)
        {
            return new GateResult(line, Verdict.NotMeasured) { Why = missing.Missing, LacksLibrary = missing.MissingLibrary is not null };
        }

        var candidate = Get(line.Name);
        var references = line.Reference.Select(Get).ToArray();
        foreach (var side in (Side[])[candidate, .. references])
        {
            side.WarmUp(options.WarmUp);
        }

        foreach (var reference in references)
        {
            reference.MatchBlocks(candidate);
        }

        var bytes = AllocationCount.Measure(candidate);
        var times = Time(candidate, references);
        var medians = Array.ConvertAll(times.References, Median);
        var fastest = Array.IndexOf(medians, medians.Min());
        var comparison = Comparison.Judge(times.Candidate, times.References[fastest], times.Controls[fastest], line.Ratio, line.Tolerance);
        var isOver = bytes > line.Bytes;
        return new GateResult(line, isOver ? Verdict.Breach : comparison.Verdict)
        {
            Time = comparison,
            Nanoseconds = Median(times.Candidate),
            ReferenceNanoseconds = medians[fastest],
            Reference = line.Reference[fastest],
            Bytes = bytes,
            Why = isOver ? $"allocates {bytes:0.##} B where {line.Bytes} B are allowed"
                : comparison.Verdict == Verdict.Breach
                ? $"takes {comparison.Ratio:0.###} times as long as the reference where {line.Ratio} is allowed"
                : comparison.Verdict == Verdict.Inconclusive && comparison.Ratio > line.Ratio * (1 + line.Tolerance)
                    ? $"{comparison.Ratio:0.###} where {line.Ratio} is allowed, which may be chance (p = {comparison.Significance:0.###})"
                : comparison.Verdict == Verdict.Inconclusive
                    ? $"the reference against itself: {comparison.ControlLow:0.00} to {comparison.ControlHigh:0.00}, "
                    + $"wider than ±{line.Tolerance:P0}"
                : null,
        };
    }

    /// <summary>Candidate, references, references again; and the next round the other way round.</summary>
    private (double[] Candidate, double[][] References, double[][] Controls) Time(Side candidate, Side[] references)
    {
        GC.Collect();
        var rounds = candidate.IsSlow ? options.SlowRounds : options.Rounds;
        var times = new double[rounds];
        var peers = references.Select(_ => new double[rounds]).ToArray();
        var controls = references.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            if (round % 2 == 0)
            {
                times[round] = candidate.Block();
                Blocks(references, peers, round);
                Blocks(references, controls, round);
            }
            else
            {
                Blocks(references, controls, round);
                Blocks(references, peers, round);
                times[round] = candidate.Block();
            }
        }

        return (times, peers, controls);
    }

    private static void Blocks(Side[] sides, double[][] times, int round)
    {
        for (var i = 0; i < sides.Length; i++)
        {
            times[i][round] = sides[i].Block();
        }
    }

    private Side Get(string name)
    {
        if (!_sides.TryGetValue(name, out var side))
        {
            _sides.Add(name, side = entries[name].Make());
        }

        return side;
    }

    private static double Median(double[] times)
    {
        var sorted = (double[])times.Clone();
        Array.Sort(sorted);
        return Comparison.Median(sorted);
    }
}
