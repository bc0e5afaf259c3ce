using System.Globalization;
using Spectre.Console;

namespace Dmex.Fast.Cli.Demo;

/// <summary>Prints the burst as a table for people.</summary>
internal static class PanicTable
{
    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(PanicDemoReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        _ = table.AddColumn(new TableColumn("burst, in µs").NoWrap());
        foreach (var title in (string[])["Dmex.Fast", "pre-signed", "ratio", "usual way", "ratio"])
        {
            _ = table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        }

        AddRow(table, report, "orders", way => way.Orders, "N0", hasRatio: false);
        AddRow(table, report, "confirmed", way => way.Confirmed, "N0", hasRatio: false);
        AddRow(table, report, "to first byte", way => way.FirstByteMicros, "N0");
        AddRow(table, report, "to last byte", way => way.LastByteMicros, "N0");
        AddRow(table, report, "to last answer", way => way.LastConfirmationMicros, "N0");
        AddRow(table, report, "bytes allocated", way => way.AllocatedBytes, "N0", hasRatio: false);
        AnsiConsole.Write(table);
        Console.WriteLine("Each way cancels all of its orders at once. Dmex.Fast: armed ahead of time, over two connections. Its first");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"burst of the process, cold: first byte {report.Cold.FirstByteMicros:N0} µs, last byte {report.Cold.LastByteMicros:N0} µs, last answer {report.Cold.LastConfirmationMicros:N0} µs."));
        Console.WriteLine("Pre-signed: messages made ahead of time, sent by ClientWebSocket one a call.");
        Console.WriteLine($"Usual way: {report.Usual.Description}, signed when it is needed.");
        Console.WriteLine("First and last byte: when the kernel had them. Ratio: the other way's figure over ours.");
    }

    private static void AddRow(
        Table table, PanicDemoReport report, string name, Func<PanicFigures, double> select, string format, bool hasRatio = true)
    {
        var ours = select(report);
        _ = table.AddRow(
            name,
            Text(ours),
            Text(select(report.PreSigned)),
            Ratio(select(report.PreSigned)),
            Text(select(report.Usual)),
            Ratio(select(report.Usual)));

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        string Ratio(double other) => hasRatio && ours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{other / ours:0.0}×") : "";
    }
}
