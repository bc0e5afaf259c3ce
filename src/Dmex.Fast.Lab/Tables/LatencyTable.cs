using System.Globalization;
using Dmex.Fast.Lab.Latency;
using Dmex.Fast.Lab.Statistics;

namespace Dmex.Fast.Lab.Tables;

/// <summary>Prints the report for people.</summary>
internal static class LatencyTable
{
    /// <summary>Prints to standard output; plain when it is not a terminal.</summary>
    public static void Write(LatencyReport report)
    {
        if (report.OpenLoop is { } openLoop)
        {
            Write(openLoop);
        }

        if (report.Burst is { } burst)
        {
            Write(burst);
        }

        if (report.FirstCancel is { } first)
        {
            Write(first);
        }

        WriteHost(report);
    }

    private static void Write(OpenLoopReport report)
    {
        var table = new FigureTable("times in µs", ["p50", "p90", "p99", "p99.9", "p99.99", "max"]);
        Add("generator lag", session => session.GeneratorLagMicros);
        Add("to kernel", session => session.KernelMicros);
        Add("to venue", session => session.ReceiptMicros);
        Add("to confirmation", session => session.ConfirmationMicros);
        table.Write();
        foreach (var session in report.Sessions)
        {
            WriteSession(session);
        }

        var load = report.RatePerSecond is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0} cancels per second for {report.DurationSeconds:0.#} s")
            : string.Create(CultureInfo.InvariantCulture, $"a cancel after each {report.SilenceSeconds:0.###} s of silence for {report.DurationSeconds:0.#} s");
        Console.WriteLine($"Open loop: {load} per way, in {report.Turns:N0} turns, after {report.WarmUpOrders:N0} more to warm up.");
        if (report.PingSeconds is { } ping)
        {
            Line($"The clients of this library pinged after {ping:0.###} s of silence, which warms the other ways' path somewhat too.");
        }

        if (report.GarbageMegabytesPerSecond > 0)
        {
            Line($"Another thread allocated {report.GarbageMegabytesPerSecond:N0} MB a second meanwhile: bytes and collections are mostly its own.");
        }

        Console.WriteLine("Times count from the intended start, so that a stall counts for all cancels behind it; the lag is part of them.");
        Console.WriteLine($"{Figures.Unknown} : fewer than {Percentiles.SamplesBeyond} samples lie beyond that percentile.");

        void Add(string name, Func<SessionReport, Percentiles?> select)
        {
            foreach (var session in report.Sessions)
            {
                if (select(session) is { } figures)
                {
                    table.Add(
                        $"{name,-15} {session.Name,-6}",
                        Figures.Text(figures.P50),
                        Figures.Text(figures.P90),
                        Figures.Text(figures.P99),
                        Figures.Text(figures.P999),
                        Figures.Text(figures.P9999),
                        Figures.Text(figures.Max));
                    name = "";
                }
            }
        }
    }

    private static void Write(BurstReport report)
    {
        var columns = new List<(string Title, BurstTimes Times)> { ("first of process", report.FirstOfProcess) };
        foreach (var series in report.Series)
        {
            columns.Add((series.Name, series.Median));
            columns.Add(("worst", series.Worst));
        }

        var table = new FigureTable("times in µs", columns.Select(column => column.Title), [1, .. report.Series.Select(_ => 2)]);
        Add("first byte in the kernel", times => times.FirstByteMicros);
        Add("last byte in the kernel", times => times.LastByteMicros);
        Add("venue: order 1", times => times.ReceiptFirstMicros);
        Add("venue: order 60", times => times.Receipt60Micros);
        Add("venue: middle order", times => times.ReceiptMiddleMicros);
        Add("venue: last order", times => times.ReceiptLastMicros);
        Add("confirmation: first", times => times.ConfirmationFirstMicros);
        Add("confirmation: median", times => times.ConfirmationMedianMicros);
        Add("confirmation: last", times => times.ConfirmationLastMicros);
        Add("bytes allocated", times => times.AllocatedBytes);
        table.Write();
        foreach (var series in report.Series)
        {
            Line($"{series.Name}: {series.Description}; {series.Confirmed:N0} of {series.Orders:N0} confirmed.");
        }

        Line($"{report.Repeats} bursts of {report.Orders:N0} orders a way, in turns{(report.SilenceSeconds is { } silence ? string.Create(CultureInfo.InvariantCulture, $", after {silence:0.###} s of silence each") : "")}: each figure's median, and its worst.");

        void Add(string name, Func<BurstTimes, double?> select) =>
            table.Add(name, columns.Select(column => Figures.Text(select(column.Times))));
    }

    private static void Write(FirstCancelReport report)
    {
        var table = new FigureTable(
            "from the start of the process, in ms",
            report.Series.SelectMany(series => (string[])[series.Name, "best", "worst"]),
            [.. report.Series.Select(_ => 3)]);
        Add("its first own line", times => times.MainMs);
        Add("connected", times => times.ConnectedMs);
        Add("first cancel in the kernel", times => times.WrittenMs);
        Add("first confirmation", times => times.ConfirmedMs);
        Add("(the first cancel alone, to the kernel)", times => times.CancelMs);
        table.Write();
        foreach (var series in report.Series)
        {
            Line($"{series.Name}: {series.Processes} processes, one after the other, median; {series.Confirmed} of their cancels confirmed.");
        }

        Line($"cold: connects and cancels. warmed: DmexClient.WarmUp beside connecting, then cancels.");

        void Add(string name, Func<FirstCancelTimes, double> select) => table.Add(
            name,
            report.Series.SelectMany(series => (double[])[select(series.Median), select(series.Best), select(series.Worst)]).Select(value => Figures.Text(value)));
    }

    private static void WriteSession(SessionReport session)
    {
        Line($"{session.Name}: {session.Description}.");
        Line($"  {session.Confirmed:N0} of {session.Orders:N0} confirmed; {session.AllocatedBytesPerCancel:0.##} bytes per cancel ({session.AllocatedBytes:N0} in all); GCs, gen 0/1/2: {string.Join('/', session.GcCollectionsByGeneration)}.");
        if (session.RatioToSigned is { } ratio)
        {
            Line($"  Over signed: to kernel {Figures.Ratio(ratio.KernelP50)} (p50), {Figures.Ratio(ratio.KernelP99)} (p99); to confirmation {Figures.Ratio(ratio.ConfirmationP50)} (p50), {Figures.Ratio(ratio.ConfirmationP99)} (p99).");
        }

        if (session.FirstFailure is { } failure)
        {
            Line($"  First failure: {failure}");
        }
    }

    private static void WriteHost(LatencyReport report)
    {
        var (host, runtime) = (report.Host, report.Runtime);
        Line($"Host: {host.Processor ?? "processor unknown"}; {host.Processors} processors; {host.Kernel}; governor {host.Governor ?? "unknown"}; {(host.Hypervisor == true ? "virtual" : host.Hypervisor is null ? "virtual or not unknown" : "not virtual")}; load {Figures.Text(host.LoadAtStart)} before, {Figures.Text(host.LoadAtEnd)} after; {Figures.Text(host.StolenSeconds)} s stolen by the hypervisor meanwhile{(report.Pinned ? "; pinned apart" : "")}.");
        Line($"Runtime: {runtime.Framework}, {runtime.Compiler}; signer {runtime.SigningKernel}, {Figures.Text(runtime.SignatureMicros)} µs a checked signature; GC {runtime.GarbageCollector}, {(runtime.ConcurrentGarbageCollector ? "concurrent" : "not concurrent")}, {runtime.GcLatencyMode}{string.Concat(runtime.Environment.Select(setting => $"; {setting}"))}.");
        Line(host.IsFit ? (FormattableString)$"Fit for figures of latency." : $"NOT fit for figures of latency to rely on: {string.Join("; ", host.Unfit)}.");
        Line($"Again: {report.Command}");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
