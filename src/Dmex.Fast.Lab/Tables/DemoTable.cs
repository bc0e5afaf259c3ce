using Dmex.Fast.Lab.Demo;
using Dmex.Fast.Lab.Statistics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Tables;

/// <summary>Prints the demo's report as a table for people.</summary>
internal static class DemoTable
{
    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(DemoReport report)
    {
        List<string> columns = ["Dmex.Fast", "usual way", "ratio"];
        if (report.Best is not null)
        {
            columns.AddRange(["best way", "ratio"]);
        }

        var table = new FigureTable("times in µs", columns, report.Best is null ? [1, 2] : [1, 2, 2]);
        AddRow(table, report, "orders", way => Figures.Count(way.Orders));
        AddRow(table, report, "confirmed", way => Figures.Count(way.Confirmed));
        List<string> listed = [Figures.Count(report.StillListed), string.Empty, string.Empty];
        table.Add("open by the list", report.Best is null ? listed : [.. listed, string.Empty, string.Empty]);
        AddLatency(table, report, "call to kernel", way => way.SendMicros);
        AddLatency(table, report, "call to answer", way => way.ConfirmMicros);
        AddFigure(table, report, "bytes per cancel", way => way.AllocatedBytesPerCancel);
        AddRow(table, report, "GCs, gen 0/1/2", way => string.Join('/', way.GcCollectionsByGeneration));
        table.Write();
        WriteNotes(report);
    }

    private static void WriteNotes(DemoReport report)
    {
        Console.WriteLine($"Signing kernel of this processor: {OrderSigner.KernelName}.");
        Console.WriteLine($"Usual way: {report.Usual.Description}.");
        Console.WriteLine(report.Best is null
            ? "Best way: not measured, libsecp256k1 is not on this machine."
            : $"Best way: {report.Best.Description}.");
        var unverified = report.Unverified.SendMicros;
        Console.WriteLine("Dmex.Fast checks each signature before it is sent. With that switched off: call to kernel");
        Console.WriteLine($"p50 {Figures.Text(unverified.P50)} µs, p99 {Figures.Text(unverified.P99)} µs, max {Figures.Text(unverified.Max)} µs.");
        Console.WriteLine("Confirmed: by the venue's replies. Open by the list: what the venue's own list of open orders still has of them.");
        Console.WriteLine("Ratio: the other way's figure over ours. One cancel at a time, each awaited, over loopback TLS,");
        Console.WriteLine(report.VenueInOwnProcess
            ? "with the venue in a process of its own; allocation counts every thread of this one."
            : "with the venue in this process, so its allocation counts too.");
        Console.WriteLine($"Each way canceled {Figures.Count(report.WarmUpOrders)} more orders to warm up. {report.Runtime}.");
        Console.WriteLine($"{Figures.Unknown} : fewer than {Percentiles.SamplesBeyond} samples lie beyond that percentile.");
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

    private static void AddLatency(FigureTable table, DemoReport report, string name, Func<WayReport, Percentiles> select)
    {
        AddFigure(table, report, Label(name, "p50"), way => select(way).P50);
        AddFigure(table, report, Label("", "p99"), way => select(way).P99);
        AddFigure(table, report, Label("", "p99.9"), way => select(way).P999);
        AddFigure(table, report, Label("", "max"), way => select(way).Max);

        static string Label(string name, string percentile) => $"{name,-14} {percentile,5}";
    }

    private static void AddRow(FigureTable table, DemoReport report, string name, Func<WayReport, string> select)
    {
        List<string> cells = [select(report), select(report.Usual), ""];
        if (report.Best is not null)
        {
            cells.AddRange([select(report.Best), ""]);
        }

        table.Add(name, cells);
    }

    private static void AddFigure(FigureTable table, DemoReport report, string name, Func<WayReport, double?> select)
    {
        List<string> cells = [Figures.Text(select(report)), Figures.Text(select(report.Usual)), Figures.Ratio(select(report.Usual), select(report))];
        if (report.Best is not null)
        {
            cells.AddRange([Figures.Text(select(report.Best)), Figures.Ratio(select(report.Best), select(report))]);
        }

        table.Add(name, cells);
    }
}
