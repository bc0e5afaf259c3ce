using System.Diagnostics;
using System.Net.Security;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Connections;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Protocol;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// The path of an answer over TLS on loopback, one cancel at a time: from the moment that the kernel had the cancel to the moment that
/// the reply was classified; beside it a thread that does nothing but block in <see cref="SslStream.Read(Span{byte})"/>, to the return of
/// that call, which is what any client pays.
/// </summary>
[MemoryDiagnoser]
public class AnswerBenchmark
{
    // What the simulated venue takes to verify a signature. Without it the reply may be there before the write has returned.
    private const int WorkMicros = 180;

    private readonly byte[] _message = new byte[CancelMessage.Length];
    private readonly byte[] _frame = new byte[CancelFrame.Length];
    private readonly AnswerSink _answers = new();
    private readonly ManualResetEventSlim _read = new(initialState: false, spinCount: 0);
    private SinkProcess? _sink;
    private VenueConnection? _connection;
    private SslStream? _stream;
    private long _readAt;

    [GlobalSetup]
    public void Prepare() => Prepare(new SinkProcess());

    /// <summary>Prepares with a sink that is there already.</summary>
    internal void Prepare(SinkProcess sink)
    {
        Switches.Confirm();
        _sink = sink;
        _message.AsSpan().Fill((byte)' ');
        var url = sink.At(SinkServer.RepliesTo(CancelFrame.Length, 1, WorkMicros));
        _connection = sink.ConnectVenue(_answers, url);
        _stream = sink.ConnectUpgraded(url);
        new Thread(ReadBare) { IsBackground = true, Name = "bench-bare-reader" }.Start();
        Check.True(TimeAnswer() > 0 && TimeBareRead() > 0, "a reply comes");
    }

    [GlobalCleanup]
    public void End()
    {
        _connection!.Dispose();
        _stream!.Dispose();
        _answers.Dispose();
        _sink!.Dispose();
    }

    /// <summary>Cancel and reply, both ways.</summary>
    [Benchmark]
    public double Answer() => TimeAnswer();

    /// <summary>The same number of bytes both ways, and no more than that.</summary>
    [Benchmark(Baseline = true)]
    public double BareRead() => TimeBareRead();

    /// <summary>Nanoseconds from the write to the classified reply.</summary>
    internal double TimeAnswer()
    {
        _answers.Reset();
        _connection!.Send(_message);
        var written = Stopwatch.GetTimestamp();
        return Math.Max(1, Stopwatch.GetElapsedTime(written, _answers.Wait()).TotalNanoseconds);
    }

    /// <summary>Nanoseconds from the write to the return of the read.</summary>
    internal double TimeBareRead()
    {
        _read.Reset();
        _stream!.Write(_frame);
        var written = Stopwatch.GetTimestamp();
        _read.Wait();
        return Math.Max(1, Stopwatch.GetElapsedTime(written, _readAt).TotalNanoseconds);
    }

    private void ReadBare()
    {
        var buffer = new byte[CancelFrame.Length * 4];
        try
        {
            for (var length = 0; ; length = 0)
            {
                while (length < SinkReplies.FrameLength)
                {
                    var count = _stream!.Read(buffer.AsSpan(length));
                    if (count == 0)
                    {
                        return;
                    }

                    length += count;
                }

                _readAt = Stopwatch.GetTimestamp();
                _read.Set();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The stream was closed: the end of the benchmark.
        }
    }
}
