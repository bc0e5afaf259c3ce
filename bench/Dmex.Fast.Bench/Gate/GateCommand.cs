using Dmex.Fast.Lab.Hosts;




namespace Dmex.Fast.Bench.Gate;

/// <summary><c>gate</c>: measures the guarded benchmarks and holds them against budget.json.</summary>
internal static class GateCommand
{
    public const string Name = "gate";

    private const string Usage = "usage: gate [--quick] [--only TEXT] [--json FILE] [--record [FILE]]";
    private const int Ok = 0;
    private const int Breached = 1;
    private const int WrongOrMissing = 2;

    /// <summary>Runs the gate.</summary>
    /// <returns>0; 1 after a breach; 2 for wrong arguments or a wrong budget.json, and when CI=true and a library is missing.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(Usage);
            return WrongOrMissing;
        }

        if (!Plant.IsKnown)
        {
            Console.Error.WriteLine($"{Plant.Variable} is allocation, slow-signer or missing-library, not \"{Plant.Name}\".");
            return WrongOrMissing;
        }

        using var path = new PathEntries();
        var entries = SigningEntries.All().Concat(path.All()).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        IReadOnlyList<BudgetLine> lines;
        try
        {
            lines = Lines(entries, options);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return WrongOrMissing;
        }

        return Run(entries, lines, options);
    }

    private static int Run(Dictionary<string, Entry> entries, IReadOnlyList<BudgetLine> lines, GateOptions options)
    {
        var started = DateTime.UtcNow;
        Console.WriteLine($"{HostReport.Read().Name}, {RuntimeReport.Version}; load {Load()}; {lines.Count} benchmarks");
        if (Plant.Name is not null)
        {
            Console.WriteLine($"PLANTED: {Plant.Name}. This run must fail.");
        }

        var results = new GateRun(entries, options).Measure(lines);
        GateTable.Print(Console.Out, results);
        if (options.Json is not null)
        {
            File.WriteAllText(options.Json, GateJson.Document(started, options, results));
        }

        if (options.Record is not null && Plant.Name is null)
        {
            File.AppendAllText(options.Record, GateJson.HistoryLine(started, options, results));
        }

        Console.WriteLine($"{(DateTime.UtcNow - started).TotalSeconds:0} s; load {Load()}");
        if (results.Any(result => result.Verdict == Verdict.Breach))
        {
            return Breached;
        }

        var isMissing = results.Any(result => result.LacksLibrary) && Environment.GetEnvironmentVariable("CI") is "true";
        return isMissing ? WrongOrMissing : Ok;
    }

    private static List<BudgetLine> Lines(Dictionary<string, Entry> entries, GateOptions options)
    {
        var guarded = entries.Values.Where(entry => entry.IsGuarded)
            .ToDictionary(entry => entry.Name, entry => entry.Kernel?.ToString(), StringComparer.Ordinal);
        var lines = BudgetFile.Read(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, BudgetFile.Name)), guarded,
            entries.Keys.ToHashSet(StringComparer.Ordinal));
        var chosen = lines.Where(line => !(options.Quick && line.FullOnly))
            .Where(line => options.Only is null || line.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return chosen.Count > 0 ? chosen : throw new InvalidDataException($"No guarded benchmark's name contains \"{options.Only}\".");
    }

    private static GateOptions? Parse(ReadOnlySpan<string> arguments)
    {
        var options = new GateOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    continue;
                case "--only" when value is not null:
                    options = options with { Only = value };
                    break;
                case "--json" when value is not null:
                    options = options with { Json = value };
                    break;
                case "--record":
                    options = options with { Record = value ?? History.DefaultFile };
                    break;
                default:
                    return null;
            }

            i += value is null ? 0 : 1;
        }

        return options;
    }

    private static string Load() => HostReport.ReadLoad()?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown";
}
