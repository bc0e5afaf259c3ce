using System.Globalization;
using System.Text;

namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// <c>trend</c>: draws perf-results/trend.svg, and writes the table of the last recorded run into perf-results/README.md.
/// </summary>
internal static class TrendCommand
{
    public const string Name = "trend";

    private const string Begin = "<!-- table: begin -->";
    private const string End = "<!-- table: end -->";
    private const string RatioSuffix = " ratio";
    private const string AllocatedSuffix = " allocated";

    /// <summary>Reads the history and writes both.</summary>
    /// <returns>0, or 2 when there is an argument, no history, or no place for the table.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (!arguments.IsEmpty)
        {
            Console.Error.WriteLine("usage: trend");
            return 2;
        }

        var runs = History.Read(History.DefaultFile);
        var readme = Path.Combine(Checkout.Results, "README.md");
        var text = File.ReadAllText(readme);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (runs.Count == 0 || begin < 0 || end < begin)
        {
            Console.Error.WriteLine($"{History.DefaultFile} has no line, or {readme} not the lines \"{Begin}\" and \"{End}\".");
            return 2;
        }

        var last = runs[^1];
        var plot = Path.Combine(Checkout.Results, "trend.svg");
        TrendPlot.Save([.. runs.Where(run => string.Equals(run.Host, last.Host, StringComparison.Ordinal)).OrderBy(run => run.Time)], plot);
        File.WriteAllText(readme, text[..(begin + Begin.Length)] + "\n" + Table(last) + text[end..]);
        Console.WriteLine(plot);
        Console.WriteLine(readme);
        return 0;
    }

    private static string Table(RecordedRun run)
    {
        var table = new StringBuilder();
        _ = table.Append(
            CultureInfo.InvariantCulture,
            $"Measured {run.Time:yyyy-MM-dd HH:mm} UTC at {run.Commit}, on {run.Host}, {run.Runtime}, by `{run.Command}`.\n\n");
        _ = table.Append("| what | time | ratio to its reference | bytes allocated |\n|---|--:|--:|--:|\n");
        foreach (var (name, ratio) in run.Metrics.Where(metric => metric.Key.EndsWith(RatioSuffix, StringComparison.Ordinal)))
        {
            var what = name[..^RatioSuffix.Length];
            var bytes = run.Metrics.TryGetValue(what + AllocatedSuffix, out var allocated)
                ? allocated.ToString("0.##", CultureInfo.InvariantCulture) : "";
            _ = table.Append(
                CultureInfo.InvariantCulture, $"| {what} | {GateTable.Time(run.Metrics[what] * 1_000)} | {ratio:0.000} | {bytes} |\n");
        }

        return table.ToString();
    }
}
