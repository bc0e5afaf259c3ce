using System.Diagnostics;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Latency;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Venues;

/// <summary>Panics at a venue that says what it received and canceled: with two connections, as is the default.</summary>
internal sealed class VenuePanics : IAsyncDisposable
{
    /// <summary>The most orders of a burst that warms up connections and code rather than buffers.</summary>
    public const int MaxWarmUpOrders = 2_000;

    private const int WarmUps = 20;
    private const int MaxFullWarmUps = 12;
    private const int QuietInTurn = 2;
    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(150);

    private readonly IMeasuredVenue _venue;
    private readonly SigningKey _key;
    private readonly PanicRig _rig;
    private readonly MeasuringThread _thread = new("dmex-panics");
    private readonly PanicOptions _options = new() { Timeout = TimeSpan.FromMinutes(1) };

    private VenuePanics(IMeasuredVenue venue, SigningKey key, PanicRig rig)
    {
        _venue = venue;
        _key = key;
        _rig = rig;
    }

    /// <summary>Connects.</summary>
    /// <param name="venue">Where to; stays the caller's.</param>
    /// <param name="key">The owner's; stays the caller's.</param>
    /// <param name="orders">The most orders of a burst.</param>
    /// <param name="classifier">In place of the library's own; null for that one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<VenuePanics> ConnectAsync(
        IMeasuredVenue venue, SigningKey key, int orders, IReplyClassifier? classifier, CancellationToken cancellationToken)
    {
        var book = new CancelBookOptions { Capacity = orders + MaxWarmUpOrders, Endpoint = venue.Url };
        var options = new DmexClientOptions { Account = key.Address }.Patient();
        options.Transport.TrustRoots = [venue.Certificate];
        options.Classifier = classifier ?? options.Classifier;
        return new VenuePanics(venue, key, await PanicRig.ConnectAsync(book, key, options, cancellationToken));
    }

    /// <summary>
    /// Fires until the code is compiled for good and no buffer grows any more: buffers grow with the answers that wait in them.
    /// </summary>
    public async Task WarmUpAsync(int orders, ILabProgress progress, CancellationToken cancellationToken)
    {
        _ = DmexClient.WarmUp(); // fills the pool that SslStream takes its buffers from
        for (var i = 0; i < WarmUps; i++)
        {
            _ = await FireAsync(Math.Min(orders, MaxWarmUpOrders), TimeSpan.Zero, cancellationToken);
            await Task.Delay(CompilationPause, cancellationToken);
            progress.Advance(0.5 * (i + 1) / WarmUps);
        }

        var quiet = 0;
        for (var i = 0; i < MaxFullWarmUps && quiet < QuietInTurn; i++)
        {
            var shot = await FireAsync(orders, TimeSpan.Zero, cancellationToken);
            quiet = shot.AllocatedBytes == 0 ? quiet + 1 : 0;
            progress.Advance(0.5 + (0.5 * (i + 1) / MaxFullWarmUps));
        }
    }

    /// <summary>Opens and arms orders, keeps silent for a time, fires them, and asks the venue.</summary>
    public async Task<PanicShot> FireAsync(int count, TimeSpan silence, CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await _venue.OpenAsync(_key.Address, orders, cancellationToken);
        _rig.Book.Reset();
        _rig.Book.ArmBatch(orders, new ulong[count], priority: 0, new ArmResult[count]);
        foreach (var order in orders)
        {
            _ = _rig.Book.MarkLive(order);
        }

        await Task.Delay(silence, cancellationToken);
        var (report, triggered, allocated) = (default(PanicReport), 0L, 0L);
        _thread.Run(() =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            triggered = Stopwatch.GetTimestamp();
            report = PanicRig.Wait(_rig.Client.PanicAsync(BookScope.All, _options));
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        var audit = await _venue.AuditAsync(orders, cancellationToken);
        return new PanicShot(orders, report, triggered, allocated, audit.CanceledByOwner);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _thread.Dispose();
    }
}
