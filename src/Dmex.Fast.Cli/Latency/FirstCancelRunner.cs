using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Measuring;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Latency;

/// <summary>Starts this program anew, again and again, and measures each from its start to its first cancel.</summary>
internal static class FirstCancelRunner
{
    private const int SecondsAProcess = 60;

    /// <summary>Runs them, one after the other.</summary>
    /// <exception cref="CommandException">The venue did not start, or a process did not do its work.</exception>
    public static Task<FirstCancelReport> RunAsync(int processes, RunProgress progress, CancellationToken cancellationToken) =>
        MeasuringRig.GuardAsync(token => MeasureAsync(processes, progress, token), processes * SecondsAProcess * 10, cancellationToken);

    private static async Task<FirstCancelReport> MeasureAsync(int processes, RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Stage("Starting the venue");
        await using var venue = await MeasuringRig.StartVenueAsync(cancellationToken);
        var privateKey = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(privateKey);
        var keyText = Convert.ToHexString(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        var orders = OrderBatch.Random(processes + 1);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        progress.Stage("Starting processes");
        var certificate = Convert.ToBase64String(venue.Certificate.RawData);

        // One ahead of them: it brings the program into the page cache, and the venue's code to run.
        _ = await StartAsync($"{venue.Url} {certificate} {keyText} {orders[processes]}", cancellationToken);
        var times = new List<FirstCancelTimes>();
        var confirmed = 0;
        for (var i = 0; i < processes; i++)
        {
            var (time, isConfirmed) = await StartAsync($"{venue.Url} {certificate} {keyText} {orders[i]}", cancellationToken);
            times.Add(time);
            confirmed += isConfirmed ? 1 : 0;
            progress.Advance((i + 1.0) / processes);
        }

        var audit = await venue.AuditAsync(orders[..processes], cancellationToken);
        return new FirstCancelReport(
            processes,
            Math.Min(confirmed, audit.CancelledByOwner),
            Combine(times, values => values[values.Length / 2]),
            Combine(times, values => values[0]),
            Combine(times, values => values[^1]));
    }

    private static async Task<(FirstCancelTimes Times, bool Confirmed)> StartAsync(string request, CancellationToken cancellationToken)
    {
        var info = VenueProcess.Self();
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
            Ms(started, ticks[0]), Ms(started, ticks[1]), Ms(started, ticks[3]), Ms(started, ticks[4]), Ms(ticks[2], ticks[3])), ticks[5] == 1);
    }

    private static FirstCancelTimes Combine(List<FirstCancelTimes> times, Func<double[], double> pick)
    {
        return new FirstCancelTimes(
            Of(time => time.MainMs), Of(time => time.ConnectedMs), Of(time => time.WrittenMs), Of(time => time.ConfirmedMs), Of(time => time.CancelMs));

        double Of(Func<FirstCancelTimes, double> select) => pick([.. times.Select(select).Order()]);
    }

    private static double Ms(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds, 3);
}
