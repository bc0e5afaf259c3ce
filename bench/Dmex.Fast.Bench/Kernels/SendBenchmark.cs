using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Connections;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Websocket.Client;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>One cancel that is signed already, from the call to the kernel: TLS on loopback, to a sink in a process of its own.</summary>
[MemoryDiagnoser]
public class SendBenchmark
{
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly byte[] _frame = new byte[CancelFrame.Length];
    private string _text = string.Empty;
    private SinkProcess? _sink;
    private VenueConnection? _connection;
    private SslStream? _tls;
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
        _tls = sink.ConnectTls();
        _socket = sink.ConnectWebSocket();
        _client = sink.ConnectWebsocketClient();
        Send(); // fails unless the kernel took it
    }

    [GlobalCleanup]
    public void End()
    {
        _connection!.Dispose();
        _tls!.Dispose();
        _socket!.Dispose();
        _client!.Dispose();
        _sink!.Dispose();
    }

    [Benchmark]
    public void Send() => _connection!.Send(_message);

    [Benchmark(Baseline = true)]
    public void ClientWebSocket() => _socket!.Send(_message);

    /// <summary>What any way over TLS pays: as many bytes as the frame, encrypted and given to the kernel.</summary>
    [Benchmark]
    public void SslStreamWrite() => _tls!.Write(_frame);

    [Benchmark]
    public void WebsocketClient() => _client!.SendInstant(_text).GetAwaiter().GetResult();
}
