using System.Security.Cryptography;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Demo;

/// <summary>
/// The burst: orders are armed ahead of time and canceled all at once; then the same by other means. Each way has orders of
/// its own at the same venue, in a process of its own where one can be started.
/// </summary>
internal static class PanicDemo
{
    /// <summary>Runs it.</summary>
    /// <exception cref="LabException">The venue did not start, or stopped answering.</exception>
    public static async Task<PanicDemoReport> RunAsync(
        int orders, UsualSigner usualSigner, ILabProgress progress, CancellationToken cancellationToken)
    {
        await using var venue = await MeasuringRig.StartVenueAsync(progress, cancellationToken);
        var privateKey = new byte[SigningKey.Size];
        using var key = MeasuringRig.CreateKey(privateKey);
        progress.Stage("Connecting");
        await using var rig = await VenuePanics.ConnectAsync(venue, key, orders, classifier: null, cancellationToken);

        progress.Stage("Firing cold");
        var cold = await FireAsync(rig, orders, "Dmex.Fast, the first burst of the process", cancellationToken);
        progress.Stage("Warming up");
        await rig.WarmUpAsync(orders, progress, cancellationToken);
        progress.Stage("Firing");
        var ours = await FireAsync(rig, orders, "Dmex.Fast, armed", cancellationToken);
        progress.Stage("The usual ways");
        await using var way = new ClientWebSocketWay(
            await PeerConnection.ConnectUsualAsync(usualSigner, privateKey, venue.Url, venue.Certificate, cancellationToken));
        CryptographicOperations.ZeroMemory(privateKey);
        _ = await BurstAsync(venue, way, key, Math.Min(orders, VenuePanics.MaxWarmUpOrders), isPreSigned: false, cancellationToken);
        progress.Advance(0.1);
        var preSigned = await BurstAsync(venue, way, key, orders, isPreSigned: true, cancellationToken);
        progress.Advance(0.5);
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

    private static async Task<PanicFigures> FireAsync(
        VenuePanics rig, int count, string description, CancellationToken cancellationToken) =>
        PanicFigures.Of(await rig.FireAsync(count, TimeSpan.Zero, cancellationToken), description);

    private static async Task<PanicFigures> BurstAsync(
        IMeasuredVenue venue, ClientWebSocketWay way, SigningKey key, int count, bool isPreSigned, CancellationToken cancellationToken)
    {
        var orders = OrderBatch.Random(count);
        await venue.OpenAsync(key.Address, orders, cancellationToken);
        var burst = await way.BurstAsync(orders, isPreSigned, cancellationToken);
        var audit = await venue.AuditAsync(orders, cancellationToken);
        return burst with { Confirmed = Math.Min(burst.Confirmed, audit.CanceledByOwner) };
    }
}
