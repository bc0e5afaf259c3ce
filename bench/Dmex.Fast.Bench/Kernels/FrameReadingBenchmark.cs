using System.Buffers;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Text frames out of memory, as a server sends them: our reader, and .NET's WebSocket over a stream that never ends.</summary>
[MemoryDiagnoser]
public class FrameReadingBenchmark
{
    /// <summary>Frames a call.</summary>
    public const int Frames = SinkReplies.Count;

    private readonly FrameReader _reader = new(new FrameReaderOptions());
    private readonly WebSocket _socket = WebSocket.CreateFromStream(
        new EndlessStream(SinkReplies.Bytes), new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero });

    private readonly byte[] _message = new byte[SinkReplies.MessageLength * 2];
    private long _bytes;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        foreach (var read in (Action[])[Read, DotNet])
        {
            _bytes = 0;
            read();
            Check.True(_bytes == (long)Frames * SinkReplies.MessageLength, "The length of all messages");
        }
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public void Read()
    {
        var buffer = new ReadOnlySequence<byte>(SinkReplies.Bytes);
        while (_reader.TryRead(ref buffer, out var message) == FrameReadStatus.Text)
        {
            _bytes += message.Span.Length;
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public void DotNet()
    {
        for (var i = 0; i < Frames; i++)
        {
            var received = _socket.ReceiveAsync(_message.AsMemory(), CancellationToken.None);
            _bytes += received.IsCompletedSuccessfully ? received.Result.Count : received.AsTask().GetAwaiter().GetResult().Count;
        }
    }
}
