using System.Globalization;

namespace Dmex.Fast.Bench.Gate;

/// <summary>Prints the results for people.</summary>
internal static class GateTable
{
    /// <summary>A verdict's word.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Inconclusive => "INCONCLUSIVE",
        Verdict.NotMeasured => "not measured",
        _ => "BREACH",
    };

    /// <summary>A time with a unit that suits it.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => Format($"{nanoseconds:0.0} ns"),
        < 1_000_000 => Format($"{nanoseconds / 1_000:0.00} us"),
        _ => Format($"{nanoseconds / 1_000_000:0.00} ms"),
    };

    public static void Print(TextWriter writer, IReadOnlyList<GateResult> results)
    {
        var width = results.Max(result => result.Line.Name.Length);
        writer.WriteLine($"{"name".PadRight(width)}  {"time",10}  {"ratio",7}  {"budget",7}  {"bytes",6}  {"budget",6}  {"control",11}  verdict");
        foreach (var result in results)
        {
            var time = result.Time is null ? "" : Time(result.Nanoseconds);
            var ratio = result.Time is null ? "" : Format($"{result.Time.Ratio:0.000}");
            var control = result.Time is null ? "" : Format($"{result.Time.ControlLow:0.00}..{result.Time.ControlHigh:0.00}");
            var bytes = result.Bytes is null ? "" : Format($"{result.Bytes:0.##}");
            var attempts = result.Attempts > 1 ? $" (attempt {result.Attempts})" : string.Empty;
            var why = result.Why is null ? string.Empty : $": {result.Why}";
            writer.WriteLine(Format(
                $"{result.Line.Name.PadRight(width)}  {time,10}  {ratio,7}  {result.Line.Ratio,7:0.###}  {bytes,6}  {result.Line.Bytes,6}  {control,11}  {Word(result.Verdict)}{attempts}{why}"));
        }

        writer.WriteLine();
        writer.WriteLine(string.Join(
            ", ", results.CountBy(result => result.Verdict).OrderBy(count => count.Key).Select(count => $"{count.Value} {Word(count.Key)}")));
        if (results.Any(result => result.Verdict == Verdict.Inconclusive))
        {
            writer.WriteLine("INCONCLUSIVE is not passed: the machine was too restless to judge these times. Allocations were judged.");
        }
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
