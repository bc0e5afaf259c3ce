using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>Starts this program again and again, and measures each from its start to its first cancel.</summary>
internal static class FirstCancelRunner
{
    /// <summary>Warms up beside connecting.</summary>
    public const string Warmed = "warmed";

    private const string Cold = "cold";
    private const int SecondsAProcess = 60;
    private static readonly string[] Ways = [Cold, Warmed];

    /// <summary>Runs them, one after the other.</summary>
    /// <exception cref="LabException">The venue did not start, or a process did not do its work.</exception>
    public static Task<FirstCancelReport> RunAsync(int processes, ILabProgress progress, CancellationToken cancellationToken) =>
        MeasuringRig.GuardAsync(token => MeasureAsync(processes, progress, token), 2 * processes * SecondsAProcess * 10, cancellationToken);

    private static async Task<FirstCancelReport> MeasureAsync(int processes, ILabProgress progress, CancellationToken cancellationToken)
    {
        await using var venue = await MeasuringRig.StartVenueAsync(progress, cancellationToken);
        var privateKey = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(privateKey);
        var keyText = Convert.ToHexString(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        var orders = OrderBatch.Random((processes + 1) * Ways.Length);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        progress.Stage("Starting processes");
        var certificate = Convert.ToBase64String(venue.Certificate.RawData);
        var runs = Array.ConvertAll(
            Ways, way => (Name: way, Times: new List<FirstCancelTimes>(), Orders: new List<OrderHash>(), Confirmed: new List<bool>()));
        for (var i = 0; i < orders.Length; i++)
        {
            var run = runs[i % Ways.Length];
            var (times, confirmed) = await StartAsync($"{run.Name} {venue.Url} {certificate} {keyText} {orders[i]}", cancellationToken);
            if (i >= Ways.Length)
            {
                // Those before bring the program into the page cache, and the venue's code to run.
                run.Times.Add(times);
                run.Orders.Add(orders[i]);
                run.Confirmed.Add(confirmed);
            }

            progress.Advance((i + 1.0) / orders.Length);
        }

        var series = new List<FirstCancelSeries>();
        foreach (var run in runs)
        {
            var audit = await venue.AuditAsync(run.Orders, cancellationToken);
            series.Add(new FirstCancelSeries(
                run.Name,
                processes,
                Math.Min(run.Confirmed.Count(isConfirmed => isConfirmed), audit.CanceledByOwner),
                Combine(run.Times, values => values[values.Length / 2]),
                Combine(run.Times, values => values[0]),
                Combine(run.Times, values => values[^1])));
        }

        return new FirstCancelReport(series);
    }

    private static async Task<(FirstCancelTimes Times, bool Confirmed)> StartAsync(string request, CancellationToken cancellationToken)
    {
        var info = ThisProgram.Again();
        info.ArgumentList.Add("latency");
        info.ArgumentList.Add("--first-child");
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} did not start.");
        await process.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(SecondsAProcess), cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var stamps = (line ?? "").Split(' ');
        if (stamps.Length != 6)
        {
            throw new InvalidOperationException("a process ended without its time stamps.");
        }

        var ticks = Array.ConvertAll(stamps, stamp => long.Parse(stamp, CultureInfo.InvariantCulture));
        return (new FirstCancelTimes(
            Ms(started, ticks[0]), Ms(started, ticks[1]), Ms(started, ticks[3]), Ms(started, ticks[4]), Ms(ticks[2], ticks[3])),
            ticks[5] == 1);
    }

    private static FirstCancelTimes Combine(List<FirstCancelTimes> times, Func<double[], double> pick)
    {
        return new FirstCancelTimes(
            Of(time => time.MainMs), Of(time => time.ConnectedMs), Of(time => time.WrittenMs), Of(time => time.ConfirmedMs),
            Of(time => time.CancelMs));

        double Of(Func<FirstCancelTimes, double> select) => pick([.. times.Select(select).Order()]);
    }

    private static double Ms(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
