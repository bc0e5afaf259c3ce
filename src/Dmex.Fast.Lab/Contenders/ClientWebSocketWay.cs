using System.Diagnostics;
using System.Text.Json;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// The job by what .NET brings (<see cref="PeerConnection"/>). One flow of control sends, receives and parses, without a
/// table of what is in flight or a hop to another thread: the leanest form of this way.
/// </summary>
/// <param name="connection">Owned from here on.</param>
internal sealed class ClientWebSocketWay(PeerConnection connection) : ICancelWay
{
    /// <inheritdoc/>
    public string Description => connection.Description;

    /// <inheritdoc/>
    public bool AllocatesNothing => false;

    /// <inheritdoc/>
    public async Task RunAsync(ReadOnlyMemory<OrderHash> orders, WayMeasurement measurement, Task start)
    {
        await start;
        measurement.BeginBlock();
        for (var i = 0; i < orders.Length; i++)
        {
            var called = Stopwatch.GetTimestamp();
            var text = orders.Span[i].ToString();
            await connection.SendAsync(connection.Serialize(orders.Span[i], text), CancellationToken.None);
            var written = Stopwatch.GetTimestamp();
            var answer = await connection.ReceiveAsync();
            var confirmed = PeerConnection.IsConfirmation(answer, text);
            measurement.Record(called, written, Stopwatch.GetTimestamp(), confirmed);
            if (!confirmed)
            {
                measurement.NoteFailure($"order {text}: {PeerConnection.Text(answer)}");
            }
        }

        measurement.EndBlock();
    }

    /// <summary>Cancels all orders at once: one flow sends, message by message, while another takes the answers.</summary>
    /// <param name="orders">All open at the venue.</param>
    /// <param name="isPreSigned">Whether the messages are made ahead of the call, and not counted.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task<PanicFigures> BurstAsync(OrderHash[] orders, bool isPreSigned, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] messages = isPreSigned ? [.. orders.Select(order => connection.Serialize(order, order.ToString()))] : [];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var called = Stopwatch.GetTimestamp();
        var answers = Task.Run(() => TakeAnswersAsync(orders.Length), cancellationToken);
        long first = 0;
        for (var i = 0; i < orders.Length; i++)
        {
            var message = isPreSigned ? messages[i] : connection.Serialize(orders[i], orders[i].ToString());
            await connection.SendAsync(message, cancellationToken);
            first = first == 0 ? Stopwatch.GetTimestamp() : first;
        }

        var last = Stopwatch.GetTimestamp();
        var (confirmed, answered) = await answers;
        return new PanicFigures
        {
            Orders = orders.Length,
            Called = called,
            Confirmed = confirmed,
            FirstByteMicros = Micros(called, first),
            LastByteMicros = Micros(called, last),
            LastConfirmationMicros = Micros(called, answered),
            AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - before,
            Description = isPreSigned ? "signed ahead of time, ClientWebSocket" : Description,
        };
    }

    /// <inheritdoc/>
    public void Abort() => connection.Abort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<(int Confirmed, long Answered)> TakeAnswersAsync(int count)
    {
        var confirmed = 0;
        for (var i = 0; i < count; i++)
        {
            using var document = JsonDocument.Parse(await connection.ReceiveAsync());
            confirmed += document.RootElement.TryGetProperty("status", out var status) && status.ValueEquals("canceled") ? 1 : 0;
        }

        return (confirmed, Stopwatch.GetTimestamp());
    }

    private static double Micros(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMicroseconds, 1);
}
