using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Statistics;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Demo;

/// <summary>
/// The main job on real input: a venue over TLS, orders open at it, every order canceled and each cancel checked with the
/// venue; then the same by other means in the same run.
/// </summary>
internal sealed class DemoRunner : IAsyncDisposable
{
    private readonly IMeasuredVenue _venue;
    private readonly SigningKey _key;
    private readonly List<WayRun> _runs = [];

    private DemoRunner(IMeasuredVenue venue, SigningKey key)
    {
        _venue = venue;
        _key = key;
    }

    /// <summary>Runs the demo.</summary>
    /// <param name="orders">Measured orders of each way, at least 1.</param>
    /// <param name="warmUp">Orders of each way that are canceled first and not measured.</param>
    /// <param name="usual">Which library signs in the usual way.</param>
    /// <param name="progress">Where to say how far it is.</param>
    /// <param name="cancellationToken">Ends the demo early, without a report.</param>
    /// <exception cref="LabException">The venue did not start, or stopped answering.</exception>
    public static async Task<DemoReport> RunAsync(
        int orders, int warmUp, UsualSigner usual, ILabProgress progress, CancellationToken cancellationToken)
    {
        return await MeasuringRig.GuardAsync(
            async token =>
            {
                var venue = await MeasuringRig.StartVenueAsync(progress, token);
                var privateKey = new byte[SigningKey.Size];
                await using var runner = new DemoRunner(venue, MeasuringRig.CreateKey(privateKey));
                var schedule = new DemoSchedule(orders, warmUp);
                await runner.PrepareAsync(usual, privateKey, schedule.WarmUpOrders, orders, progress, token);
                return await runner.MeasureAsync(schedule, progress, token);
            },
            orders + warmUp,
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
        }

        _key.Dispose();
        await _venue.DisposeAsync();
    }

    private async Task PrepareAsync(
        UsualSigner usual, byte[] privateKey, int warmUp, int orders, ILabProgress progress, CancellationToken cancellationToken)
    {
        progress.Stage("Connecting");
        Add(await DmexFastWay.ConnectAsync(_venue, _key, verifyAfterSign: true, cancellationToken));
        Add(await DmexFastWay.ConnectAsync(_venue, _key, verifyAfterSign: false, cancellationToken));
        Add(new ClientWebSocketWay(
            await PeerConnection.ConnectUsualAsync(usual, privateKey, _venue.Url, _venue.Certificate, cancellationToken)));
        if (LibSecp256k1.IsPresent)
        {
            Add(new ClientWebSocketWay(
                await PeerConnection.ConnectBestAsync(privateKey, _venue.Url, _venue.Certificate, cancellationToken)));
        }

        CryptographicOperations.ZeroMemory(privateKey);
        progress.Stage("Opening the orders");
        foreach (var run in _runs)
        {
            await _venue.OpenAsync(_key.Address, run.WarmUpOrders, cancellationToken);
            await _venue.OpenAsync(_key.Address, run.MeasuredOrders, cancellationToken);
        }

        void Add(ICancelWay way) => _runs.Add(new WayRun(way, warmUp, orders));
    }

    private async Task<DemoReport> MeasureAsync(DemoSchedule schedule, ILabProgress progress, CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(() => _runs.ForEach(run => run.Way.Abort())))
        {
            progress.Stage("Warming up");
            await schedule.WarmUpAsync(_runs, progress, cancellationToken);
            progress.Stage("Canceling");
            await schedule.MeasureAsync(_runs, progress, cancellationToken);
        }

        progress.Stage("Checking every signature with the venue");
        var reports = new List<WayReport>();
        foreach (var run in _runs)
        {
            reports.Add(await ReportAsync(run, cancellationToken));
        }

        progress.Stage("Reading the venue's list of open orders");
        var stillListed = await CountListedAsync(_runs[0], cancellationToken);
        var ours = reports[0];
        return new DemoReport
        {
            Orders = ours.Orders,
            Confirmed = ours.Confirmed,
            AllocatedBytesPerCancel = ours.AllocatedBytesPerCancel,
            GcCollections = ours.GcCollections,
            GcCollectionsByGeneration = ours.GcCollectionsByGeneration,
            SendMicros = ours.SendMicros,
            ConfirmMicros = ours.ConfirmMicros,
            Description = ours.Description,
            FirstFailure = ours.FirstFailure,
            StillListed = stillListed,
            Unverified = reports[1],
            Usual = reports[2],
            Best = reports.Count > 3 ? reports[3] : null,
            WarmUpOrders = schedule.WarmUpCanceled,
            VenueInOwnProcess = !_venue.IsInProcess,
            Runtime = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
        };
    }

    /// <summary>Of the orders that a way canceled, those that the venue's own list has as open.</summary>
    private async Task<int> CountListedAsync(WayRun run, CancellationToken cancellationToken)
    {
        var options = new DmexClientOptions
        {
            Endpoint = _venue.Url,
            Connections = 1,
            OpenOrders = new OpenOrdersOptions(),
            Transport = { TrustRoots = [_venue.Certificate] },
        };
        await using var client = await DmexClient.ConnectAsync(options, _key, cancellationToken);
        try
        {
            var listed = await client.ListOpenOrdersAsync(cancellationToken);
            var canceled = run.MeasuredOrders.ToHashSet();
            return listed.Count(order => canceled.Contains(order.Hash));
        }
        catch (OpenOrdersException error)
        {
            throw new LabException(
                LabFailure.Venue, $"The venue's list of open orders could not be read: {error.Message}", "Run the demo again.");
        }
    }

    private async Task<WayReport> ReportAsync(WayRun run, CancellationToken cancellationToken)
    {
        var warmUp = await _venue.AuditAsync(run.WarmUpCanceled, cancellationToken);
        var audit = await _venue.AuditAsync(run.MeasuredOrders, cancellationToken);
        var measured = run.Measurement;
        return new WayReport
        {
            Orders = run.MeasuredOrders.Count,
            Confirmed = Math.Min(measured.Confirmed, audit.CanceledByOwner),
            AllocatedBytesPerCancel = Math.Round((double)measured.AllocatedBytes / measured.Count, 2),
            GcCollections = measured.Collections.Sum(),
            GcCollectionsByGeneration = measured.Collections,
            SendMicros = Percentiles.Of(Durations.Of(measured.SendTicks)),
            ConfirmMicros = Percentiles.Of(Durations.Of(measured.ConfirmTicks)),
            Description = run.Way.Description,
            FirstFailure = measured.FirstFailure ?? run.Discarded.FirstFailure ?? audit.FirstFailure ?? warmUp.FirstFailure,
        };
    }
}
