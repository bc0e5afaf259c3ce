using System.Security.Cryptography;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>Sessions under the open loop at the simulated venue: warmed up, in turns, each order checked with the venue.</summary>
internal sealed class OpenLoopRunner : IAsyncDisposable
{
    private readonly LatencyPlan _plan;
    private readonly IMeasuredVenue _venue;
    private readonly SigningKey _key;
    private readonly OpenLoop _loop = new();
    private readonly List<(IOpenLoopWay Way, CancelSamples Samples, SessionWarmUp WarmUp)> _runs = [];

    private OpenLoopRunner(LatencyPlan plan, IMeasuredVenue venue, SigningKey key)
    {
        _plan = plan;
        _venue = venue;
        _key = key;
    }

    /// <summary>Runs the sessions.</summary>
    /// <exception cref="LabException">The venue did not start, or stopped answering.</exception>
    public static Task<(OpenLoopReport Report, List<SessionResult> Results)> RunAsync(
        LatencyPlan plan, ILabProgress progress, CancellationToken cancellationToken) => MeasuringRig.GuardAsync(
            async token =>
            {
                var venue = await MeasuringRig.StartVenueAsync(progress, token);
                var privateKey = new byte[SigningKey.Size];
                await using var runner = new OpenLoopRunner(plan, venue, MeasuringRig.CreateKey(privateKey));
                await runner.PrepareAsync(privateKey, progress, token);
                return await runner.MeasureAsync(progress, token);
            },
            plan.Orders + (int)plan.Duration.TotalSeconds * 60,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        foreach (var run in _runs)
        {
            await run.Way.DisposeAsync();
        }

        _key.Dispose();
        await _venue.DisposeAsync();
    }

    private async Task PrepareAsync(byte[] privateKey, ILabProgress progress, CancellationToken cancellationToken)
    {
        progress.Stage("Connecting");
        Add(new SignedWay(await ConnectAsync(book: null, cancellationToken)));
        var book = CancelBook.Create(new CancelBookOptions { Capacity = ArmedWay.Capacity, Endpoint = _venue.Url }, _key);
        Add(new ArmedWay(await ConnectAsync(book, cancellationToken), book));
        if (_plan.Usual is { } usual)
        {
            Add(new PeerWay(
                "usual", await PeerConnection.ConnectUsualAsync(usual, privateKey, _venue.Url, _venue.Certificate, cancellationToken)));
            if (LibSecp256k1.IsPresent)
            {
                Add(new PeerWay(
                    "best", await PeerConnection.ConnectBestAsync(privateKey, _venue.Url, _venue.Certificate, cancellationToken)));
            }
        }

        CryptographicOperations.ZeroMemory(privateKey);
        progress.Stage("Opening the orders");
        foreach (var (_, samples, warmUp) in _runs)
        {
            await _venue.OpenAsync(_key.Address, warmUp.Orders, cancellationToken);
            await _venue.OpenAsync(_key.Address, samples.Orders, cancellationToken);
        }

        void Add(IOpenLoopWay way) => _runs.Add((way, new CancelSamples(OrderBatch.Random(_plan.Orders)), new SessionWarmUp(way, _plan)));
    }

    private async Task<DmexClient> ConnectAsync(CancelBook? book, CancellationToken cancellationToken)
    {
        var options = new DmexClientOptions { Endpoint = _venue.Url, Account = _key.Address, Book = book }.Patient();
        options.Liveness.PingInterval = _plan.Ping ?? options.Liveness.PingInterval;
        options.Transport.TrustRoots = [_venue.Certificate];
        var client = await DmexClient.ConnectAsync(options, _key, cancellationToken);
        while (client.Connections.Any(connection => connection.State != ConnectionState.Ready))
        {
            await Task.Delay(1, cancellationToken);
        }

        return client;
    }

    private async Task<(OpenLoopReport Report, List<SessionResult> Results)> MeasureAsync(
        ILabProgress progress, CancellationToken cancellationToken)
    {
        await using (cancellationToken.Register(() => _runs.ForEach(run => run.Way.Abort())))
        {
            progress.Stage("Warming up");
            await SessionWarmUp.RunAsync(_loop, _runs.ConvertAll(run => run.WarmUp), progress, cancellationToken);
            if (_plan.Pin)
            {
                Affinity.PinApart(_venue.ProcessId);
            }

            using var garbage = _plan.Garbage > 0 ? new GarbageMaker(_plan.Garbage) : null;
            progress.Stage("Canceling");
            for (var round = 0; round < _plan.Turns; round++)
            {
                RunRound(round, cancellationToken);
                progress.Advance((round + 1.0) / _plan.Turns);
            }
        }

        progress.Stage("Checking every signature with the venue");
        var results = new List<SessionResult>();
        foreach (var (way, samples, warmUp) in _runs)
        {
            var audit = await _venue.AuditAsync(samples.Orders, cancellationToken);
            var receipts = await _venue.ReceiptsAsync(samples.Orders, cancellationToken);
            var ours = results.Count == 0 ? null : results[0].Report;
            results.Add(Session.Conclude(way, samples, audit, receipts, warmUp.FirstFailure, way is PeerWay ? ours : null));
        }

        return (new OpenLoopReport(
            _plan.Cold is null ? _plan.Rate : null,
            _plan.Cold?.TotalSeconds,
            _plan.Ping?.TotalSeconds,
            _plan.Duration.TotalSeconds,
            _plan.Garbage,
            _plan.Turns,
            _runs.Max(run => run.WarmUp.Used),
            EmbeddedVenue: true,
            results.ConvertAll(result => result.Report)), results);
    }

    // The ways take turns, and the order of the turns rotates: a machine has quiet and busy phases.
    private void RunRound(int round, CancellationToken cancellationToken)
    {
        var period = PreciseClock.Ticks(_plan.Period);
        for (var turn = 0; turn < _runs.Count; turn++)
        {
            var (way, samples, warmUp) = _runs[(round + turn) % _runs.Count];
            var count = Math.Min(_plan.OrdersPerTurn, _plan.Orders - samples.Count);
            warmUp.LeadIn(_loop, period, cancellationToken);
            _loop.Run(way, samples, count, period, _plan.Cold is null ? 0 : period, cancellationToken);
        }
    }
}
