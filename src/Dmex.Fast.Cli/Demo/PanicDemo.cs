using System.Security.Cryptography;
using Dmex.Fast.Cancels;
using Dmex.Fast.Cli.Measuring;
using Dmex.Fast.Cli.Peers;
using Dmex.Fast.Connections;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Demo;

/// <summary>
/// The burst: orders are armed ahead of time and cancelled all at once; then the same by other means. Each way has orders of
/// its own at the same venue, in a process of its own where one can be started.
/// </summary>
internal static class PanicDemo
{
    private const int WarmUps = 20;
    private const int MostWarmUpOrders = 2_000;
    private const int MostFullWarmUps = 12;
    private const int QuietInTurn = 2;
    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs it.</summary>
    /// <exception cref="CommandException">The venue did not start, or stopped answering.</exception>
    public static async Task<PanicDemoReport> RunAsync(int orders, RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Stage("Starting the venue");
        await using var venue = await MeasuringRig.StartVenueAsync(cancellationToken);
        var privateKey = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(privateKey);
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = orders + MostWarmUpOrders, Endpoint = venue.Url }, key);
        progress.Stage("Connecting");
        await using var client = await ConnectAsync(venue, key, book, cancellationToken);

        progress.Stage("Firing cold");
        var cold = await FireAsync(venue, client, book, key, orders, "Dmex.Fast, the first burst of the process", cancellationToken);
        progress.Stage("Warming up");
        for (var i = 0; i < WarmUps; i++)
        {
            _ = await FireAsync(venue, client, book, key, Math.Min(orders, MostWarmUpOrders), "", cancellationToken);
            await Task.Delay(CompilationPause, cancellationToken);
        }

        // Buffers grow with the answers that wait in them: at full size, until nothing grows any more.
        var quiet = 0;
        for (var i = 0; i < MostFullWarmUps && quiet < QuietInTurn; i++)
        {
            var warmUp = await FireAsync(venue, client, book, key, orders, "", cancellationToken);
            quiet = warmUp.AllocatedBytes == 0 ? quiet + 1 : 0;
        }

        progress.Stage("Firing");
        var ours = await FireAsync(venue, client, book, key, orders, "Dmex.Fast, armed", cancellationToken);
        progress.Stage("The usual ways");
        await using var way = new ClientWebSocketWay(
            await PeerConnection.ConnectUsualAsync(privateKey, venue.Url, venue.Certificate, cancellationToken));
        CryptographicOperations.ZeroMemory(privateKey);
        _ = await BurstAsync(venue, way, key, Math.Min(orders, MostWarmUpOrders), isPreSigned: false, cancellationToken);
        var preSigned = await BurstAsync(venue, way, key, orders, isPreSigned: true, cancellationToken);
        var usual = await BurstAsync(venue, way, key, orders, isPreSigned: false, cancellationToken);
        return new PanicDemoReport
        {
            Orders = ours.Orders,
            Confirmed = ours.Confirmed,
            FirstByteMicros = ours.FirstByteMicros,
            LastByteMicros = ours.LastByteMicros,
            LastConfirmationMicros = ours.LastConfirmationMicros,
            AllocatedBytes = ours.AllocatedBytes,
            Description = ours.Description,
            Usual = usual,
            PreSigned = preSigned,
            Cold = cold,
        };
    }

    private static async Task<DmexClient> ConnectAsync(IMeasuredVenue venue, SigningKey key, CancelBook book, CancellationToken cancellationToken)
    {
        var options = new DmexClientOptions { Endpoint = venue.Url, Account = key.Address, Book = book };
        options.Transport.TrustRoots = [venue.Certificate];
        var client = await DmexClient.ConnectAsync(options, key, cancellationToken);
        while (client.Connections.Any(connection => connection.State != ConnectionState.Ready))
        {
            await Task.Delay(1, cancellationToken);
        }

        return client;
    }

    private static async Task<PanicFigures> FireAsync(
        IMeasuredVenue venue, DmexClient client, CancelBook book, SigningKey key, int count, string description, CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        book.Reset();
        book.ArmBatch(orders, new ulong[count], priority: 0, new ArmResult[count]);
        foreach (var order in orders)
        {
            _ = book.MarkLive(order);
        }

        var options = new PanicOptions { Timeout = Patience };
        await Task.Yield();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var panic = client.PanicAsync(options: options);
        while (!panic.IsCompleted)
        {
            // Looking allocates nothing, in contrast to an await's first suspension here.
            Thread.Sleep(1);
        }

        var report = await panic;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var audit = await venue.AuditAsync(orders, cancellationToken);
        return new PanicFigures
        {
            Orders = count,
            Confirmed = Math.Min(report.Confirmed, audit.CancelledByOwner),
            FirstByteMicros = Micros(report.FirstByte),
            LastByteMicros = Micros(report.LastByte),
            LastConfirmationMicros = Micros(report.LastConfirmation),
            AllocatedBytes = allocated,
            Description = description,
        };
    }

    private static async Task<PanicFigures> BurstAsync(
        IMeasuredVenue venue, ClientWebSocketWay way, SigningKey key, int count, bool isPreSigned, CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        var burst = await way.BurstAsync(orders, isPreSigned, cancellationToken);
        var audit = await venue.AuditAsync(orders, cancellationToken);
        return burst with { Confirmed = Math.Min(burst.Confirmed, audit.CancelledByOwner) };
    }

    private static double Micros(TimeSpan? time) => Math.Round(time?.TotalMicroseconds ?? 0, 1);
}
