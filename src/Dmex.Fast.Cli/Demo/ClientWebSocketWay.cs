using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Demo;

/// <summary>
/// The job by what .NET brings: a signer, System.Text.Json and <see cref="ClientWebSocket"/>. One flow of control sends,
/// receives and parses, without a table of what is in flight or a hop to another thread: the leanest form of this way.
/// </summary>
internal sealed class ClientWebSocketWay : ICancelWay
{
    private readonly IMessageSigner _signer;
    private readonly ClientWebSocket _socket;
    private readonly HttpMessageInvoker _invoker;
    private readonly byte[] _signature = new byte[Signature.Size];
    private readonly byte[] _received = new byte[16 * 1024];

    private ClientWebSocketWay(string description, IMessageSigner signer, ClientWebSocket socket, HttpMessageInvoker invoker)
    {
        Description = description;
        _signer = signer;
        _socket = socket;
        _invoker = invoker;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Connects; the result owns <paramref name="signer"/>.</summary>
    public static async Task<ClientWebSocketWay> ConnectAsync(
        string description, IMessageSigner signer, Uri url, X509Certificate2 root, CancellationToken cancellationToken)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = TrustRoot.Only(root);
        var way = new ClientWebSocketWay(description, signer, new ClientWebSocket(), new HttpMessageInvoker(handler));
        try
        {
            await way._socket.ConnectAsync(url, way._invoker, cancellationToken);
            return way;
        }
        catch
        {
            await way.DisposeAsync();
            throw;
        }
    }

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
            await _socket.SendAsync(Serialise(orders.Span[i], text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var written = Stopwatch.GetTimestamp();
            var length = await ReceiveAsync();
            var confirmed = IsConfirmation(_received.AsMemory(0, length), text);
            measurement.Record(called, written, Stopwatch.GetTimestamp(), confirmed);
            if (!confirmed)
            {
                measurement.NoteFailure($"order {text}: {Encoding.UTF8.GetString(_received, 0, length)}");
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
        ReadOnlyMemory<byte>[] messages = isPreSigned ? [.. orders.Select(order => Serialise(order, order.ToString()))] : [];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var called = Stopwatch.GetTimestamp();
        var answers = Task.Run(() => TakeAnswersAsync(orders.Length), cancellationToken);
        long first = 0;
        for (var i = 0; i < orders.Length; i++)
        {
            var message = isPreSigned ? messages[i] : Serialise(orders[i], orders[i].ToString());
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            first = first == 0 ? Stopwatch.GetTimestamp() : first;
        }

        var last = Stopwatch.GetTimestamp();
        var (confirmed, answered) = await answers;
        return new PanicFigures
        {
            Orders = orders.Length,
            Confirmed = confirmed,
            FirstByteMicros = Micros(called, first),
            LastByteMicros = Micros(called, last),
            LastConfirmationMicros = Micros(called, answered),
            AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - before,
            Description = isPreSigned ? "signed ahead of time, ClientWebSocket" : Description,
        };
    }

    /// <inheritdoc/>
    public void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, deadline.Token);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException)
            {
                // The measurement is over: a peer that does not say goodbye changes nothing.
            }
        }

        _socket.Dispose();
        _invoker.Dispose();
        _signer.Dispose();
    }

    private ReadOnlyMemory<byte> Serialise(OrderHash hash, string text)
    {
        var v = _signer.Sign(hash.AsSpan(), _signature);
        var r = "0x" + Convert.ToHexStringLower(_signature.AsSpan(0, 32));
        var s = "0x" + Convert.ToHexStringLower(_signature.AsSpan(32));
        return JsonSerializer.SerializeToUtf8Bytes(
            new UsualCancelMessage("cancel_order", new UsualCancelData(text, v, r, s)), UsualJson.Default.UsualCancelMessage);
    }

    private async Task<(int Confirmed, long Answered)> TakeAnswersAsync(int count)
    {
        var confirmed = 0;
        for (var i = 0; i < count; i++)
        {
            var length = await ReceiveAsync();
            using var document = JsonDocument.Parse(_received.AsMemory(0, length));
            confirmed += document.RootElement.TryGetProperty("status", out var status) && status.ValueEquals("cancelled") ? 1 : 0;
        }

        return (confirmed, Stopwatch.GetTimestamp());
    }

    private static double Micros(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, to).TotalMicroseconds, 1);

    private async ValueTask<int> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_received.AsMemory(length), CancellationToken.None);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, $"The venue closed with {_socket.CloseStatus}.");
            }

            if (part.EndOfMessage)
            {
                return length;
            }
        }
    }

    /// <summary>The venue's own form of a confirmation; anything else, in a closed loop of one, is a failure.</summary>
    private static bool IsConfirmation(ReadOnlyMemory<byte> message, string hash)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        return root.TryGetProperty("order_hash", out var answered)
            && answered.ValueEquals(hash)
            && root.TryGetProperty("status", out var status)
            && status.ValueEquals("cancelled");
    }
}
