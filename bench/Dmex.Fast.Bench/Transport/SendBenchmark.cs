using System.Net.WebSockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Connections;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;
using Websocket.Client;

namespace Dmex.Fast.Bench.Transport;

/// <summary>One cancel that is signed already, from the call to the kernel: TLS on loopback, to a sink in a process of its own.</summary>
[MemoryDiagnoser]
public class SendBenchmark
{
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private string _text = string.Empty;
    private SinkProcess? _sink;
    private VenueConnection? _connection;
    private ClientWebSocket? _socket;
    private WebsocketClient? _client;

    [GlobalSetup]
    public void Prepare() => Prepare(new SinkProcess());

    /// <summary>Prepares with a sink that is there already.</summary>
    internal void Prepare(SinkProcess sink)
    {
        Switches.Confirm();
        _sink = sink;
        using (var key = SigningKey.FromBytes(Sample.KeyBytes))
        using (var signer = new OrderSigner(key))
        {
            signer.Sign(Sample.Hashes[0], out var signature);
            CancelMessage.Write(Sample.Hashes[0], signature, _message);
        }

        _text = Encoding.ASCII.GetString(_message);
        _connection = sink.ConnectVenue(new MessageCounter(1));
        _socket = sink.ConnectWebSocket();
        _client = sink.ConnectWebsocketClient();
        Send(); // fails unless the kernel took it
    }

    [GlobalCleanup]
    public void End()
    {
        _connection!.Dispose();
        _socket!.Dispose();
        _client!.Dispose();
        _sink!.Dispose();
    }

    [Benchmark]
    public void Send()
    {
        var sent = _connection!.SendMessageAsync(_message, default);
        var outcome = sent.IsCompletedSuccessfully ? sent.Result : sent.AsTask().GetAwaiter().GetResult();
        Check.True(outcome.Kind == SendOutcomeKind.Written, "the cancel is written");
    }

    [Benchmark(Baseline = true)]
    public void ClientWebSocket()
    {
        var sent = _socket!.SendAsync(_message.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
        if (!sent.IsCompletedSuccessfully)
        {
            sent.AsTask().GetAwaiter().GetResult();
        }
    }

    [Benchmark]
    public void WebsocketClient() => _client!.SendInstant(_text).GetAwaiter().GetResult();
}
