using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// A panic over TLS on loopback, until the sink, in a process of its own, has told that the last byte came: from the book,
/// message by message with ClientWebSocket, and as one large message with it, which is little else than encrypting.
/// </summary>
[MemoryDiagnoser]
public class PanicBenchmark
{
    private const int FrameHeaderOfLargeMessage = 14;
    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly SemaphoreSlim _told = new(0);
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly byte[] _answer = new byte[SinkReplies.MessageLength * 2];
    private byte[] _all = [];
    private SinkProcess? _sink;
    private SinkPanics? _rig;
    private ClientWebSocket? _socket;
    private ValueTask<PanicReport>? _panic;

    [Params(1_000, 10_000)]
    public int Orders { get; set; } = 1_000;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        _sink = new SinkProcess();
        var url = _sink.At(SinkServer.RepliesTo((long)Orders * CancelFrame.Length, 1));
        _rig = new SinkPanics(_sink, _key, Orders, url);
        _rig.Client.MessageReceived += (_, _) => _told.Release();
        _socket = _sink.ConnectWebSocket(url);
        _all = new byte[(Orders * CancelFrame.Length) - FrameHeaderOfLargeMessage];
        foreach (var action in (Action[])[Book, ClientWebSocketOneByOne, ClientWebSocketAtOnce])
        {
            Arm();
            action(); // fails unless every byte comes
            Forget();
        }
    }

    [IterationSetup]
    public void Arm() => _rig!.Arm(1);

    [IterationCleanup]
    public void Forget()
    {
        _ = _rig!.End(_panic ?? _rig.Start(1));
        if (_panic is null)
        {
            _told.Wait();
        }

        _panic = null;
    }

    [GlobalCleanup]
    public void End()
    {
        _rig!.Dispose();
        _socket!.Dispose();
        _key.Dispose();
        _told.Dispose();
        _sink!.Dispose();
    }

    [Benchmark]
    public void Book()
    {
        _panic = _rig!.Start(1);
        _told.Wait();
    }

    [Benchmark(Baseline = true)]
    public void ClientWebSocketOneByOne()
    {
        for (var i = 0; i < Orders; i++)
        {
            Send(_message);
        }

        WaitForAnswer();
    }

    [Benchmark]
    public void ClientWebSocketAtOnce()
    {
        Send(_all);
        WaitForAnswer();
    }

    private void Send(byte[] message) => _socket!.Send(message, WebSocketMessageType.Binary);

    private void WaitForAnswer() => _ = _socket!.ReceiveAsync(_answer.AsMemory(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
