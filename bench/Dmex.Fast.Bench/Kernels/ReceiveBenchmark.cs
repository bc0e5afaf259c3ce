using System.Diagnostics;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Connections;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Protocol;
using Websocket.Client;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>A thousand replies over TLS on loopback: from the message that asks for them to the last of them.</summary>
[MemoryDiagnoser]
public class ReceiveBenchmark
{
    /// <summary>Replies a call.</summary>
    public const int Count = SinkReplies.Count;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly byte[] _request = new byte[CancelMessage.Length];
    private readonly byte[] _message = new byte[SinkReplies.MessageLength * 2];
    private readonly MessageCounter _counter = new(Count);
    private readonly ManualResetEventSlim _all = new();
    private SinkProcess? _sink;
    private VenueConnection? _connection;
    private ClientWebSocket? _socket;
    private WebsocketClient? _client;
    private int _received;

    [GlobalSetup]
    public void Prepare() => Prepare(new SinkProcess());

    /// <summary>Prepares with a sink that is there already.</summary>
    internal void Prepare(SinkProcess sink)
    {
        Switches.Confirm();
        _sink = sink;
        _request.AsSpan().Fill((byte)' ');
        var url = sink.At(SinkServer.RepliesTo(CancelFrame.Length, Count));
        _connection = sink.ConnectVenue(_counter, url);
        _socket = sink.ConnectWebSocket(url);
        _client = sink.ConnectWebsocketClient(url);
        _ = _client.MessageReceived.Subscribe(_ =>
        {
            if (++_received == Count)
            {
                _received = 0;
                _all.Set();
            }
        });
        Receive(); // these wait for all replies
        ClientWebSocket();
        WebsocketClient();
    }

    [GlobalCleanup]
    public void End()
    {
        _connection!.Dispose();
        _counter.Dispose();
        _socket!.Dispose();
        _client!.Dispose();
        _all.Dispose();
        _sink!.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Receive() => _ = TimeReceive();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public void ClientWebSocket() => _ = TimeClientWebSocket();

    [Benchmark(OperationsPerInvoke = Count)]
    public void WebsocketClient()
    {
        _client!.SendInstant(System.Text.Encoding.ASCII.GetString(_request)).GetAwaiter().GetResult();
        Check.True(_all.Wait(Deadline), "the replies come");
        _all.Reset();
    }

    /// <summary>Nanoseconds a reply.</summary>
    internal double TimeReceive()
    {
        var started = Stopwatch.GetTimestamp();
        _connection!.Send(_request);
        return Stopwatch.GetElapsedTime(started, _counter.Wait()).TotalNanoseconds / Count;
    }

    /// <summary>Nanoseconds a reply.</summary>
    internal double TimeClientWebSocket()
    {
        var started = Stopwatch.GetTimestamp();
        _socket!.Send(_request);
        for (var i = 0; i < Count; i++)
        {
            var received = _socket!.ReceiveAsync(_message.AsMemory(), CancellationToken.None);
            _ = received.IsCompletedSuccessfully ? received.Result : received.AsTask().GetAwaiter().GetResult();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Count;
    }
}
