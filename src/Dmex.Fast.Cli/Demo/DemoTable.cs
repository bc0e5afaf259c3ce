using System.Globalization;
using Spectre.Console;

namespace Dmex.Fast.Cli.Demo;

/// <summary>Prints the demo's report as a table for people.</summary>
internal static class DemoTable
{
    private const string TooFew = "–";

    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(DemoReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        _ = table.AddColumn(new TableColumn("times in µs").NoWrap());
        AddColumn(table, "Dmex.Fast");
        AddColumn(table, "usual way");
        AddColumn(table, "ratio");
        if (report.Best is not null)
        {
            AddColumn(table, "best way");
            AddColumn(table, "ratio");
        }

        AddRow(table, report, "orders", way => Count(way.Orders));
        AddRow(table, report, "confirmed", way => Count(way.Confirmed));
        AddLatency(table, report, "call to kernel", way => way.SendMicros);
        AddLatency(table, report, "call to answer", way => way.ConfirmMicros);
        AddFigure(table, report, "bytes a cancel", way => way.AllocatedBytesPerCancel, "0.##");
        AddRow(table, report, "GCs, gen 0/1/2", way => string.Join('/', way.GcCollectionsByGeneration));
        AnsiConsole.Write(table);
        WriteNotes(report);
    }

    private static void WriteNotes(DemoReport report)
    {
        Console.WriteLine($"Usual way: {report.Usual.Description}.");
        Console.WriteLine(report.Best is null
            ? "Best way: not measured, libsecp256k1 is not installed here."
            : $"Best way: {report.Best.Description}.");
        var unverified = report.Unverified.SendMicros;
        Console.WriteLine("Dmex.Fast checks each signature before it is sent. With that switched off: call to kernel");
        Console.WriteLine($"p50 {Figure(unverified.P50, "N1")} µs, p99 {Figure(unverified.P99, "N1")} µs, max {Figure(unverified.Max, "N1")} µs.");
        Console.WriteLine("Ratio: the other way's figure over ours. One cancel at a time, each awaited, over loopback TLS,");
        Console.WriteLine(report.VenueInOwnProcess
            ? "with the venue in a process of its own; allocation counts every thread of this one."
            : "with the venue in this process, so its allocation counts too.");
        Console.WriteLine($"Each way canceled {Count(report.WarmUpOrders)} more orders to warm up. {report.Runtime}.");
        Console.WriteLine($"{TooFew} : fewer than {LatencySummary.SamplesBeyond} samples lie beyond that percentile.");
        foreach (var (name, way) in Ways(report))
        {
            if (!way.IsComplete)
            {
                Console.WriteLine($"NOT COMPLETE, {name}: {way.Confirmed} of {way.Orders} orders confirmed; first failure: {way.FirstFailure}");
            }
        }
    }

    private static List<(string Name, WayReport Way)> Ways(DemoReport report)
    {
        List<(string Name, WayReport Way)> ways = [("Dmex.Fast", report), ("unverified", report.Unverified), ("usual way", report.Usual)];
        if (report.Best is not null)
        {
            ways.Add(("best way", report.Best));
        }

        return ways;
    }

    private static void AddColumn(Table table, string title) => table.AddColumn(new TableColumn(title).RightAligned().NoWrap());

    private static void AddLatency(Table table, DemoReport report, string name, Func<WayReport, LatencySummary> select)
    {
        AddFigure(table, report, Label(name, "p50"), way => select(way).P50, "N1");
        AddFigure(table, report, Label("", "p99"), way => select(way).P99, "N1");
        AddFigure(table, report, Label("", "p99.9"), way => select(way).P999, "N1");
        AddFigure(table, report, Label("", "max"), way => select(way).Max, "N1");

        static string Label(string name, string percentile) => $"{name,-14} {percentile,5}";
    }

    private static void AddRow(Table table, DemoReport report, string name, Func<WayReport, string> select)
    {
        List<string> cells = [name, select(report), select(report.Usual), ""];
        if (report.Best is not null)
        {
            cells.AddRange([select(report.Best), ""]);
        }

        _ = table.AddRow(cells.ToArray());
    }

    private static void AddFigure(Table table, DemoReport report, string name, Func<WayReport, double?> select, string format)
    {
        List<string> cells = [name, Figure(select(report), format), Figure(select(report.Usual), format), Ratio(select(report.Usual), select(report))];
        if (report.Best is not null)
        {
            cells.AddRange([Figure(select(report.Best), format), Ratio(select(report.Best), select(report))]);
        }

        _ = table.AddRow(cells.ToArray());
    }

    private static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? TooFew;

    private static string Ratio(double? other, double? ours) =>
        other is null || ours is null or 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{other / ours:0.0}×");
}
