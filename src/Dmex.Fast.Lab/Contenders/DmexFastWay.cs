using System.Diagnostics;
using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>The job by this library.</summary>
internal sealed class DmexFastWay : ICancelWay
{
    private readonly DmexClient _client;

    private DmexFastWay(DmexClient client, string description)
    {
        _client = client;
        Description = description;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Connects with the library's own defaults, but for its time-outs.</summary>
    /// <param name="venue">Where to, and whom to trust.</param>
    /// <param name="key">The account's key.</param>
    /// <param name="verifyAfterSign">Whether each signature is checked before it is sent, as is the default.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<DmexFastWay> ConnectAsync(
        IMeasuredVenue venue, SigningKey key, bool verifyAfterSign, CancellationToken cancellationToken)
    {
        var options = new DmexClientOptions
        {
            Endpoint = venue.Url,
            Account = key.Address,
            VerifyAfterSign = verifyAfterSign,
        }.Patient();
        options.Transport.TrustRoots = [venue.Certificate];
        var client = await DmexClient.ConnectAsync(options, key, cancellationToken);
        return new DmexFastWay(
            client, verifyAfterSign ? "Dmex.Fast, each signature checked before it is sent" : "Dmex.Fast, signatures not checked");
    }

    /// <inheritdoc/>
    public bool AllocatesNothing => true;

    /// <inheritdoc/>
    public async Task RunAsync(ReadOnlyMemory<OrderHash> orders, WayMeasurement measurement, Task start)
    {
        await start;
        measurement.BeginBlock();
        for (var i = 0; i < orders.Length; i++)
        {
            var called = Stopwatch.GetTimestamp();
            var outcome = await _client.CancelAsync(in orders.Span[i]);
            var answered = Stopwatch.GetTimestamp();
            measurement.Record(
                called,
                outcome.WrittenTimestamp == 0 ? answered : outcome.WrittenTimestamp,
                answered,
                outcome.Kind == CancelOutcomeKind.Confirmed);
            if (outcome.Kind != CancelOutcomeKind.Confirmed)
            {
                measurement.NoteFailure($"order {orders.Span[i]}: {outcome}");
            }
        }

        measurement.EndBlock();
    }

    /// <inheritdoc/>
    public void Abort() => _ = _client.DisposeAsync().AsTask();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
