using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Demo;


namespace Dmex.Fast.Lab.Tables;

/// <summary>Prints the burst as a table for people.</summary>
internal static class PanicTable
{
    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(PanicDemoReport report)
    {
        var table = new FigureTable("burst, in µs", ["Dmex.Fast", "pre-signed", "ratio", "usual way", "ratio"], 1, 2, 2);
        AddRow(table, report, "orders", way => way.Orders, hasRatio: false);
        AddRow(table, report, "confirmed", way => way.Confirmed, hasRatio: false);
        AddRow(table, report, "to first byte", way => way.FirstByteMicros);
        AddRow(table, report, "to last byte", way => way.LastByteMicros);
        AddRow(table, report, "to last answer", way => way.LastConfirmationMicros);
        AddRow(table, report, "bytes allocated", way => way.AllocatedBytes, hasRatio: false);
        table.Write();
        Console.WriteLine("Each way cancels all of its orders at once. Dmex.Fast: armed ahead of time, over two connections. Its first");
        Console.WriteLine(
            $"burst of the process, cold: first byte {Figures.Text(report.Cold.FirstByteMicros)} µs, last byte {Figures.Text(report.Cold.LastByteMicros)} µs, last answer {Figures.Text(report.Cold.LastConfirmationMicros)} µs.");
        Console.WriteLine("Pre-signed: messages made ahead of time, sent by ClientWebSocket one a call.");
        Console.WriteLine($"Usual way: {report.Usual.Description}, signed when it is needed.");
        Console.WriteLine("First and last byte: when the kernel had them. Ratio: the other way's figure over ours.");
    }

    private static void AddRow(FigureTable table, PanicDemoReport report, string name, Func<PanicFigures, double> select, bool hasRatio = true)
    {
        var ours = select(report);
        table.Add(
            name,
            Figures.Text(ours),
            Figures.Text(select(report.PreSigned)),
            Ratio(select(report.PreSigned)),
            Figures.Text(select(report.Usual)),
            Ratio(select(report.Usual)));

        string Ratio(double other) => hasRatio ? Figures.Ratio(other, ours) : "";
    }
}
