using System.Globalization;
using System.Text.Json;

namespace Dmex.Fast.Bench.Gate;

/// <summary>perf-results/history.jsonl: a line of JSON a recorded run.</summary>
internal static class History
{
    /// <summary>The file of this checkout.</summary>
    public static string DefaultFile => Path.Combine(Checkout.Results, "history.jsonl");

    /// <summary>Every recorded run, in the order of the file.</summary>
    public static IReadOnlyList<RecordedRun> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0).Select(Parse)];

    private static RecordedRun Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var metrics = root.GetProperty("metrics").EnumerateArray().ToDictionary(
            metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble(), StringComparer.Ordinal);
        return new RecordedRun(
            DateTime.Parse(Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
            Text("commit"),
            Text("host"),
            Text("runtime"),
            Text("command"),
            metrics);

        string Text(string name) => root.GetProperty(name).GetString()!;
    }
}
