using System.Diagnostics;
using System.Security.Cryptography;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>Fires bursts, ours and others in turns, and asks the venue what it received when.</summary>
internal static class BurstRunner
{
    private const int Sixtieth = 59;
    private const string Ours = "Dmex.Fast, armed ahead of time, two connections";

    /// <summary>Runs them.</summary>
    /// <exception cref="LabException">The venue did not start, or stopped answering.</exception>
    public static Task<BurstReport> RunAsync(LatencyPlan plan, ILabProgress progress, CancellationToken cancellationToken) =>
        MeasuringRig.GuardAsync(
            token => MeasureAsync(plan, progress, token),
                (plan.Burst * (plan.Repeats + 20)) + ((int)(plan.Cold?.TotalSeconds ?? 0) * 10 * plan.Repeats), cancellationToken);

    private static async Task<BurstReport> MeasureAsync(LatencyPlan plan, ILabProgress progress, CancellationToken cancellationToken)
    {
        await using var venue = await MeasuringRig.StartVenueAsync(progress, cancellationToken);
        var privateKey = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(privateKey);
        var classifier = new StampingClassifier(plan.Burst + VenuePanics.MaxWarmUpOrders);
        progress.Stage("Connecting");
        await using var rig = await VenuePanics.ConnectAsync(venue, key, plan.Burst, classifier, cancellationToken);
        progress.Stage("Firing the first burst of the process");
        var (first, firstConfirmed) = await FireAsync(venue, rig, classifier, plan.Burst, TimeSpan.Zero, cancellationToken);
        progress.Stage("Warming up");
        await rig.WarmUpAsync(plan.Burst, progress, cancellationToken);
        await using var way = plan.Usual is { } signer
            ? new ClientWebSocketWay(
                await PeerConnection.ConnectUsualAsync(signer, privateKey, venue.Url, venue.Certificate, cancellationToken))
            : null;
        CryptographicOperations.ZeroMemory(privateKey);
        if (way is not null)
        {
            _ = await PeerAsync(
                venue, way, key, Math.Min(plan.Burst, VenuePanics.MaxWarmUpOrders), isPreSigned: false, TimeSpan.Zero, cancellationToken);
        }

        if (plan.Pin)
        {
            Affinity.PinApart(venue.ProcessId);
        }

        progress.Stage("Firing");
        var silence = plan.Cold ?? TimeSpan.Zero;
        List<(BurstTimes Times, int Confirmed)> ours = [], preSigned = [], usual = [];
        for (var repeat = 0; repeat < plan.Repeats; repeat++)
        {
            ours.Add(await FireAsync(venue, rig, classifier, plan.Burst, silence, cancellationToken));
            if (way is not null)
            {
                preSigned.Add(await PeerAsync(venue, way, key, plan.Burst, isPreSigned: true, silence, cancellationToken));
                usual.Add(await PeerAsync(venue, way, key, plan.Burst, isPreSigned: false, silence, cancellationToken));
            }

            progress.Advance((repeat + 1.0) / plan.Repeats);
        }

        // The first burst's orders count too: none may stay open.
        var series = new List<BurstSeries> { Series("armed", Ours, ours, firstConfirmed - plan.Burst) };
        if (way is not null)
        {
            series.Add(Series("presigned", "the same signatures made ahead of time, ClientWebSocket, one message a call", preSigned, 0));
            series.Add(Series("usual", way.Description, usual, 0));
        }

        return new BurstReport(plan.Burst, plan.Repeats, plan.Cold?.TotalSeconds, first, series);

        BurstSeries Series(string name, string description, List<(BurstTimes Times, int Confirmed)> shots, int correction)
        {
            var times = shots.ConvertAll(shot => shot.Times);
            return new BurstSeries(
                name,
                description,
                plan.Burst * plan.Repeats,
                shots.Sum(shot => shot.Confirmed) + correction,
                BurstTimes.Combine(times, values => values[values.Length / 2]),
                BurstTimes.Combine(times, values => values[^1]));
        }
    }

    private static async Task<(BurstTimes Times, int Confirmed)> FireAsync(
        IMeasuredVenue venue, VenuePanics rig, StampingClassifier classifier, int count, TimeSpan silence,
        CancellationToken cancellationToken)
    {
        classifier.Reset();
        var shot = await rig.FireAsync(count, silence, cancellationToken);
        var confirmations = Array.ConvertAll(classifier.Stamps(), stamp => Micros(shot.Triggered, stamp));
        var receipts = await ReceiptsAsync(venue, shot.Orders, shot.Triggered, cancellationToken);
        var figures = PanicFigures.Of(shot, Ours);
        return (Times(figures, receipts, confirmations), figures.Confirmed);
    }

    private static async Task<(BurstTimes Times, int Confirmed)> PeerAsync(
        IMeasuredVenue venue, ClientWebSocketWay way, SigningKey key, int count, bool isPreSigned, TimeSpan silence,
        CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        await Task.Delay(silence, cancellationToken);
        var figures = await way.BurstAsync(orders, isPreSigned, cancellationToken);
        var audit = await venue.AuditAsync(orders, cancellationToken);
        var receipts = await ReceiptsAsync(venue, orders, figures.Called, cancellationToken);
        return (Times(figures, receipts, []), Math.Min(figures.Confirmed, audit.CanceledByOwner));
    }

    /// <param name="figures">What the way tells of itself.</param>
    /// <param name="receipts">When the venue had read each, sorted.</param>
    /// <param name="confirmations">When each confirmation was read, sorted; none where the way does not tell.</param>
    private static BurstTimes Times(PanicFigures figures, double[] receipts, double[] confirmations) => new()
    {
        FirstByteMicros = figures.FirstByteMicros,
        LastByteMicros = figures.LastByteMicros,
        ReceiptFirstMicros = receipts[0],
        Receipt60Micros = receipts.Length > Sixtieth ? receipts[Sixtieth] : null,
        ReceiptMiddleMicros = receipts[receipts.Length / 2],
        ReceiptLastMicros = receipts[^1],
        ConfirmationFirstMicros = confirmations.Length == 0 ? null : confirmations[0],
        ConfirmationMedianMicros = confirmations.Length == 0 ? null : confirmations[confirmations.Length / 2],
        ConfirmationLastMicros = figures.LastConfirmationMicros,
        AllocatedBytes = figures.AllocatedBytes,
    };

    private static async Task<double[]> ReceiptsAsync(
        IMeasuredVenue venue, OrderHash[] orders, long called, CancellationToken cancellationToken)
    {
        var receipts = (await venue.ReceiptsAsync(orders, cancellationToken)).Where(receipt => receipt != 0).Order()
            .Select(receipt => Micros(called, receipt)).ToArray();
        return receipts.Length > 0 ? receipts : throw new InvalidOperationException("it received none of the cancels");
    }

    private static double Micros(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMicroseconds, 1);
}
