using System.Diagnostics;
using System.Net.Security;
using System.Net.WebSockets;
using Dmex.Fast.Bench.Transport;
using Dmex.Fast.Cancels;
using Dmex.Fast.Connections;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Ratios;

/// <summary>
/// Sending and panics over TLS on loopback, against ClientWebSocket and plain SslStream writes to the same sink in a process of
/// its own, in turns.
/// </summary>
internal sealed class TransportRatios : IDisposable
{
    private const int BlockSize = 100;
    private const int BurstSize = 1_000;
    private const int IdleSamples = 20;
    private const int SmallSendBuffer = 64 * 1024;
    private const int RecordSize = 16 * 1024;

    private readonly SinkProcess _sink = new();
    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly List<(string Name, double Value, string Unit)> _metrics = [];

    /// <summary>Measures; returns the figures by name.</summary>
    /// <param name="rounds">Blocks of single cancels; a tenth of it bursts.</param>
    public IReadOnlyList<(string Name, double Value, string Unit)> Run(int rounds)
    {
        using (var signer = new OrderSigner(_key))
        {
            signer.Sign(Sample.Hashes[0], out var signature);
            CancelMessage.Write(Sample.Hashes[0], signature, _message);
        }

        using var socket = _sink.ConnectWebSocket();
        Single(socket, rounds);
        Burst(socket, Math.Max(10, rounds / 10));
        Idle(socket);
        foreach (var orders in (int[])[10_000, 100_000])
        {
            Panic(orders, Math.Max(5, rounds / 10));
            Panic(orders, Math.Max(5, rounds / 10), stride: 3);
            Panic(orders, Math.Max(5, rounds / 10), withHoles: true);
        }

        // A loopback socket takes megabytes before it pushes back; a real one does not.
        Panic(10_000, Math.Max(5, rounds / 10), sendBuffer: SmallSendBuffer);

        return _metrics;
    }

    public void Dispose()
    {
        _key.Dispose();
        _sink.Dispose();
    }

    /// <summary>One cancel, signed already: from the call to the kernel.</summary>
    private void Single(ClientWebSocket socket, int rounds)
    {
        using var connection = Connect();
        var ours = new double[rounds * BlockSize];
        var theirs = new double[rounds * BlockSize];
        for (var round = -rounds / 4; round < rounds; round++)
        {
            for (var i = 0; i < BlockSize; i++)
            {
                var at = (Math.Max(round, 0) * BlockSize) + i;
                ours[at] = Time(() => Complete(connection.SendMessageAsync(_message, default)));
            }

            for (var i = 0; i < BlockSize; i++)
            {
                var at = (Math.Max(round, 0) * BlockSize) + i;
                theirs[at] = Time(() => Complete(socket.SendAsync(_message.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None)));
            }
        }

        Array.Sort(ours);
        Array.Sort(theirs);
        foreach (var (name, percent) in ((string, int)[])[("p50", 50), ("p99", 99)])
        {
            Add($"one cancel, {name}", "ClientWebSocket", At(ours, percent), At(theirs, percent));
        }
    }

    /// <summary>A burst of cancels that were signed ahead of time: from the call to the last byte.</summary>
    private void Burst(ClientWebSocket socket, int rounds)
    {
        using var rig = new PanicRig(_sink, _key, BurstSize, sendBuffer: 0);
        var ours = new double[rounds];
        var theirs = new double[rounds];
        for (var round = -5; round < rounds; round++)
        {
            var at = Math.Max(round, 0);
            ours[at] = rig.Fire(stride: 1).LastByte!.Value.TotalMicroseconds;
            theirs[at] = Time(() =>
            {
                for (var i = 0; i < BurstSize; i++)
                {
                    Complete(socket.SendAsync(_message.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None));
                }
            });
        }

        Add($"burst of {BurstSize}, last byte", "ClientWebSocket", Median(ours), Median(theirs));
    }

    /// <summary>
    /// One cancel after a second of silence, kept warm by pings; beside it a bare TLS write of as many bytes, which is what no
    /// client can be faster than: on loopback the kernel delivers the bytes and wakes the reader within the call.
    /// </summary>
    private void Idle(ClientWebSocket socket)
    {
        var options = new DmexClientOptions { Endpoint = _sink.Url, Connections = 1, PongTimeout = TimeSpan.FromHours(1) };
        options.Transport.TrustRoots = [_sink.Certificate];
        var client = DmexClient.ConnectAsync(options, null).GetAwaiter().GetResult();
        using var plain = _sink.ConnectTls();
        var frame = new byte[Dmex.Fast.WebSockets.CancelFrame.Length];
        var ours = new double[IdleSamples];
        var theirs = new double[IdleSamples];
        var floor = new double[IdleSamples];
        for (var i = 0; i < IdleSamples; i++)
        {
            Thread.Sleep(1_000);
            ours[i] = Time(() => Complete(client.SendTextAsync(_message.AsMemory())));
            Thread.Sleep(1_000);
            theirs[i] = Time(() => Complete(socket.SendAsync(_message.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None)));
            Thread.Sleep(1_000);
            floor[i] = Time(() => plain.Write(frame));
        }

        client.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Add("one cancel after 1 s of silence, median", "ClientWebSocket", Median(ours), Median(theirs));
        _metrics.Add(("one cancel after 1 s of silence, median, bare SslStream.Write", Median(floor), "us"));
    }

    /// <summary>A panic against plain writes of the same number of bytes.</summary>
    private void Panic(int orders, int rounds, int stride = 1, bool withHoles = false, int sendBuffer = 0)
    {
        using var rig = new PanicRig(_sink, _key, orders, sendBuffer);
        using var plain = _sink.ConnectTls(sendBuffer);
        var all = new byte[(orders + stride - 1) / stride * Dmex.Fast.WebSockets.CancelFrame.Length];
        var first = new double[rounds];
        var last = new double[rounds];
        var small = new double[rounds];
        var large = new double[rounds];
        var record = new double[rounds];
        for (var round = -5; round < rounds; round++)
        {
            var at = Math.Max(round, 0);
            var report = rig.Fire(stride, withHoles);
            var bytes = all.AsSpan(0, report.Written * Dmex.Fast.WebSockets.CancelFrame.Length);
            (first[at], last[at]) = (report.FirstByte!.Value.TotalMicroseconds, report.LastByte!.Value.TotalMicroseconds);
            small[at] = TimeWrites(plain, bytes, 32 * 1024);
            large[at] = TimeWrites(plain, bytes, 1 << 20);
            Thread.Sleep(1);
            record[at] = TimeWrites(plain, bytes[..RecordSize], RecordSize);
        }

        var what = (stride == 1 ? $"panic of {orders}" : $"panic of every third of {orders}")
            + (withHoles ? ", half of the slots empty" : string.Empty)
            + (sendBuffer > 0 ? $", SO_SNDBUF {sendBuffer / 1024} KiB" : string.Empty);
        Add($"{what}, last byte", "SslStream.Write", Median(last), Math.Min(Median(small), Median(large)));
        Add($"{what}, first byte", "one SslStream.Write of 16 KiB", Median(first), Median(record));
    }

    private VenueConnection Connect()
    {
        var options = new DmexClientOptions();
        options.Transport.TrustRoots = [_sink.Certificate];
        var connection = new VenueConnection(
            1,
            new ConnectionSettings
            {
                Endpoint = _sink.Url,
                Transport = options.Transport,
                Handshake = options.Handshake,
                ConnectTimeout = options.ConnectTimeout,
                CloseTimeout = options.CloseTimeout,
                PingInterval = options.PingInterval,
                PongTimeout = options.PongTimeout,
                SendBufferSize = options.SendBufferSize,
                MaxWaitingSends = options.MaxWaitingSends,
                MaxFrameSize = options.MaxFrameSize,
                MaxMessageSize = options.MaxMessageSize,
            },
            new NoSink(),
            _ => { });
        connection.ConnectAsync(CancellationToken.None).GetAwaiter().GetResult();
        return connection;
    }

    private void Add(string name, string peer, double ours, double theirs)
    {
        _metrics.Add((name, ours, "us"));
        _metrics.Add(($"{name}, {peer}", theirs, "us"));
        _metrics.Add(($"{name} ratio", ours / theirs, "ratio"));
    }

    private static double TimeWrites(SslStream stream, ReadOnlySpan<byte> bytes, int piece)
    {
        var start = Stopwatch.GetTimestamp();
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(piece, bytes.Length)..])
        {
            stream.Write(bytes[..Math.Min(piece, bytes.Length)]);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static void Complete(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Complete(ValueTask<SendOutcome> task)
    {
        var outcome = task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
        Check.True(outcome.Kind == SendOutcomeKind.Written, "the cancel is written");
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static double At(double[] sorted, int percent) => sorted[(int)((long)sorted.Length * percent / 100)];

    /// <summary>Takes what comes from a connection that only sends.</summary>
    private sealed class NoSink : IConnectionSink
    {
        public void OnConnected(VenueConnection connection)
        {
        }

        public void OnConnectFailed(VenueConnection connection, Exception exception)
        {
        }

        public void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
        {
        }

        public void OnStateChanged(VenueConnection connection, ConnectionState state)
        {
        }

        public void OnLost(VenueConnection connection, ConnectionLoss loss)
        {
        }
    }
}
