using System.Diagnostics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Measuring;

/// <summary>A client with a book at a venue, to fire panics and measure them: with two connections, as is the default.</summary>
internal sealed class PanicRig : IAsyncDisposable
{
    /// <summary>The most orders of a burst that warms up connections and code rather than buffers.</summary>
    public const int MaxWarmUpOrders = 2_000;

    private const int WarmUps = 20;
    private const int MaxFullWarmUps = 12;
    private const int QuietInTurn = 2;
    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(150);

    private readonly IMeasuredVenue _venue;
    private readonly SigningKey _key;
    private readonly CancelBook _book;
    private readonly DmexClient _client;
    private readonly PanicOptions _options = new() { Timeout = TimeSpan.FromMinutes(1) };

    private PanicRig(IMeasuredVenue venue, SigningKey key, CancelBook book, DmexClient client)
    {
        _venue = venue;
        _key = key;
        _book = book;
        _client = client;
    }

    /// <summary>Connects.</summary>
    /// <param name="venue">Where to; stays the caller's.</param>
    /// <param name="key">The owner's; stays the caller's.</param>
    /// <param name="orders">The most orders of a burst.</param>
    /// <param name="classifier">In place of the library's own; null for that one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<PanicRig> ConnectAsync(
        IMeasuredVenue venue, SigningKey key, int orders, IReplyClassifier? classifier, CancellationToken cancellationToken)
    {
        var book = CancelBook.Create(new CancelBookOptions { Capacity = orders + MaxWarmUpOrders, Endpoint = venue.Url }, key);
        var options = new DmexClientOptions { Endpoint = venue.Url, Account = key.Address, Book = book };
        options.Transport.TrustRoots = [venue.Certificate];
        options.Classifier = classifier ?? options.Classifier;
        var client = await DmexClient.ConnectAsync(options, key, cancellationToken);
        while (client.Connections.Any(connection => connection.State != ConnectionState.Ready))
        {
            await Task.Delay(1, cancellationToken);
        }

        return new PanicRig(venue, key, book, client);
    }

    /// <summary>Fires until the code is compiled for good and no buffer grows any more: buffers grow with the answers that wait in them.</summary>
    public async Task WarmUpAsync(int orders, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            _ = await FireAsync(Math.Min(orders, MaxWarmUpOrders), TimeSpan.Zero, cancellationToken);
            await Task.Delay(CompilationPause, cancellationToken);
        }

        var quiet = 0;
        for (var i = 0; i < MaxFullWarmUps && quiet < QuietInTurn; i++)
        {
            var shot = await FireAsync(orders, TimeSpan.Zero, cancellationToken);
            quiet = shot.AllocatedBytes == 0 ? quiet + 1 : 0;
        }
    }

    /// <summary>Opens and arms orders, keeps silent for a time, fires them, and asks the venue.</summary>
    public async Task<PanicShot> FireAsync(int count, TimeSpan silence, CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await _venue.OpenAsync(_key.Address, orders, cancellationToken);
        _book.Reset();
        _book.ArmBatch(orders, new ulong[count], priority: 0, new ArmResult[count]);
        foreach (var order in orders)
        {
            _ = _book.MarkLive(order);
        }

        await Task.Delay(silence, cancellationToken);
        await Task.Yield();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var triggered = Stopwatch.GetTimestamp();
        var panic = _client.PanicAsync(options: _options);
        while (!panic.IsCompleted)
        {
            // Looking allocates nothing, in contrast to an await's first suspension here.
            Thread.Sleep(1);
        }

        var report = await panic;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var audit = await _venue.AuditAsync(orders, cancellationToken);
        return new PanicShot(orders, report, triggered, allocated, audit.CanceledByOwner);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _book.Dispose();
    }
}
