using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;
using Perfolizer.Mathematics.SignificanceTesting.Base;
using Perfolizer.Mathematics.SignificanceTesting.MannWhitney;
using Perfolizer.Metrology;

namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// <c>guard</c>: BenchmarkDotNet runs the guarded benchmarks, each with its reference as baseline, and its Summary is held against
/// budget.json: bytes exactly, times by its Mann–Whitney test against the reference's times multiplied by the budget and its
/// tolerance. What takes milliseconds, and machines that are restless, are the gate's.
/// </summary>
internal static class GuardCommand
{
    public const string Name = "guard";

    private const string Usage =
        "usage: guard [--quick] [--only TEXT]; --quick: the signer, the message, the frame and the send alone, in a short job";
    private const int Ok = 0;
    private const int Breached = 1;
    private const int WrongOrMissing = 2;
    private const double MaxSignificance = 0.001;
    private const int ShortIterations = 12;
    private const int MaxRepetitions = 3;

    /// <summary>
    /// Nothing that an operation allocates is smaller than an object; less a call is what the rest of the process allocates meanwhile.
    /// </summary>
    private const int ObjectBytes = 24;

    private static readonly string[] OfTheGate = ["panic", "burst", "receiving"];

    /// <summary>Runs the guard.</summary>
    /// <returns>0; 1 after a breach; 2 for wrong arguments, a wrong budget.json, or nothing that could be measured.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (!TryParse(arguments, out var quick, out var only) || !Plant.IsKnown)
        {
            Console.Error.WriteLine(Usage);
            return WrongOrMissing;
        }

        using var path = new PathEntries();
        var entries = SigningEntries.All().Concat(path.All()).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        try
        {
            GuardBenchmark.Cases = [.. Cases(entries, quick, only)];
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return WrongOrMissing;
        }

        if (GuardBenchmark.Cases.Count == 0)
        {
            Console.Error.WriteLine(
                $"Nothing that this machine can measure is guarded{(only is null ? string.Empty : $" and named \"{only}\"")}.");
            return WrongOrMissing;
        }

        var job = (
            quick ? Job.ShortRun.WithIterationCount(ShortIterations).WithIterationTime(TimeInterval.FromMilliseconds(100)) : Job.MediumRun)
                .WithToolchain(new InProcessNoEmitToolchain(TimeSpan.FromMinutes(10), logOutput: false));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithOptions(ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile);
        return Measure(config);
    }

    /// <summary>
    /// As in the gate, what breaches is measured again, and fails when it breached twice: a neighbor may have had the processor.
    /// </summary>
    private static int Measure(IConfig config)
    {
        var exitCode = Judge(BenchmarkRunner.Run<GuardBenchmark>(config), out var unsettled, out _);
        for (var again = 0; again < MaxRepetitions && unsettled.Count > 0; again++)
        {
            Console.WriteLine("what breached, once more:");
            GuardBenchmark.Cases = unsettled;
            exitCode = Math.Max(exitCode, Judge(BenchmarkRunner.Run<GuardBenchmark>(config), out var breached, out unsettled));
            if (breached.Count > 0)
            {
                return Breached;
            }
        }

        return exitCode;
    }

    /// <summary>Prints every line's verdict; returns 0, or 2 when a line could not be measured.</summary>
    private static int Judge(Summary summary, out List<GuardCase> breached, out List<GuardCase> inconclusive)
    {
        breached = [];
        inconclusive = [];
        var exitCode = Ok;
        foreach (var one in GuardBenchmark.Cases)
        {
            var reports = summary.Reports.Where(
                report => string.Equals(report.BenchmarkCase.Parameters["Line"] as string, one.Line.Name, StringComparison.Ordinal))
                    .ToArray();
            var candidate = reports.FirstOrDefault(report => !report.BenchmarkCase.Descriptor.Baseline);
            var reference = reports.FirstOrDefault(report => report.BenchmarkCase.Descriptor.Baseline);
            if (candidate?.ResultStatistics is null || reference?.ResultStatistics is null)
            {
                Console.WriteLine($"{one.Line.Name}: NOT MEASURED; it threw, or a side gave a wrong result");
                exitCode = WrongOrMissing;
                continue;
            }

            switch (Judge(one.Line, one.Candidate, candidate, reference))
            {
                case Verdict.Breach:
                    breached.Add(one);
                    break;
                case Verdict.Inconclusive:
                    inconclusive.Add(one);
                    break;
            }
        }

        Console.WriteLine($"{GuardBenchmark.Cases.Count} judged by BenchmarkDotNet {typeof(Job).Assembly.GetName().Version}, "
            + $"{summary.TotalTime.TotalSeconds:0} s");
        return exitCode;
    }

    /// <summary>Judges a line and prints it. Too large without significance is inconclusive: the machine was too restless.</summary>
    private static Verdict Judge(BudgetLine line, Entry entry, BenchmarkReport candidate, BenchmarkReport reference)
    {
        var units = entry.Units;
        var bytes = (candidate.GcStats.GetBytesAllocatedPerOperation(candidate.BenchmarkCase) ?? 0) / units;
        var times = candidate.ResultStatistics!.OriginalValues.Select(time => time / units).ToArray();
        var peers = reference.ResultStatistics!.OriginalValues.ToArray();
        var ratio = times.Order().ElementAt(times.Length / 2) / peers.Order().ElementAt(peers.Length / 2);
        var allowed = Array.ConvertAll(peers, time => time * line.Ratio * (1 + line.Tolerance));
        double p = MannWhitneyTest.Instance.Perform(
            new Pragmastat.Sample(times), new Pragmastat.Sample(allowed), AlternativeHypothesis.Greater, Threshold.Zero).PValue;
        var (verdict, text) = (p < MaxSignificance, bytes >= line.Bytes + ObjectBytes, ratio > line.Ratio * (1 + line.Tolerance)) switch
        {
            (_, true, _) => (Verdict.Breach, "BREACH, allocates more than the budget allows"),
            (true, _, _) =>
                (Verdict.Breach, string.Create(CultureInfo.InvariantCulture, $"BREACH, slower than the budget allows (p = {p:0.0e+0})")),
            (_, _, true) => (Verdict.Inconclusive, "INCONCLUSIVE, the machine is too restless"),
            _ => (Verdict.Passed, "passed"),
        };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{line.Name,-44} {ratio,7:0.000} of {line.Ratio:0.###}, {bytes} B of {line.Bytes}: {text}"));
        return verdict;
    }

    /// <summary>The lines that BenchmarkDotNet can time: with one reference, both here.</summary>
    private static IEnumerable<GuardCase> Cases(Dictionary<string, Entry> entries, bool quick, string? only)
    {
        var guarded = entries.Values.Where(entry => entry.IsGuarded)
            .ToDictionary(entry => entry.Name, entry => entry.Kernel?.ToString(), StringComparer.Ordinal);
        var lines = BudgetFile.Read(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, BudgetFile.Name)), guarded,
            entries.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var line in lines)
        {
            var candidate = entries[line.Name];
            var reference = entries[line.Reference[0]];
            var isWanted = only is null ? !quick || IsShort(line.Name) : line.Name.Contains(only, StringComparison.OrdinalIgnoreCase);
            if (isWanted && !IsOfTheGate(line) && line.Reference.Count == 1 && candidate.Missing is null && reference.Missing is null)
            {
                yield return new GuardCase(line, candidate, reference);
            }
        }
    }

    /// <summary>What takes milliseconds, or is about caches, silence or a tail, is measured by the gate alone.</summary>
    private static bool IsOfTheGate(BudgetLine line) =>
        line.FullOnly || OfTheGate.Any(start => line.Name.StartsWith(start, StringComparison.Ordinal));

    /// <summary>The short job's: the signer, the message, the frame and the send.</summary>
    private static bool IsShort(string name) =>
        name.StartsWith("signature, ", StringComparison.Ordinal) || name is "message" or "frame" or "one cancel, p50";

    private static bool TryParse(ReadOnlySpan<string> arguments, out bool quick, out string? only)
    {
        (quick, only) = (false, null);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--quick")
            {
                quick = true;
            }
            else if (arguments[i] is "--only" && i + 1 < arguments.Length)
            {
                only = arguments[++i];
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}
