using System.Diagnostics;
using System.Net.Security;
using System.Net.WebSockets;
using Dmex.Fast.Bench.Kernels;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Gate;

/// <summary>What the gate times of the path of a cancel after its signature: text, frames, sending, receiving, the book, panics.</summary>
internal sealed class PathEntries : IDisposable
{
    private const int SmallWrite = 32 * 1024;
    private const int LargeWrite = 1 << 20;
    private const int SmallSendBuffer = 64 * 1024;
    private const int RecordSize = 16 * 1024;
    private const int Burst = 1_000;
    private const int SendsForMedian = 50;
    private const int SendsForP99 = 1_000;
    private const int LargeMask = 16 * 1024;

    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly Lazy<SinkProcess> _sink = new(() => new SinkProcess());
    private readonly Dictionary<(int Orders, bool WithHoles, int? SendBuffer), SinkPanics> _rigs = [];
    private readonly Lazy<SendBenchmark> _send;
    private readonly Lazy<PingingConnection> _pinging;

    public PathEntries()
    {
        _send = new Lazy<SendBenchmark>(() => Prepared(new SendBenchmark(), room => room.Prepare(_sink.Value)));
        _pinging = new Lazy<PingingConnection>(() => new PingingConnection(_sink.Value));
    }

    public IEnumerable<Entry> All() => [.. Texts(), .. Frames(), .. Sends(), .. Arms(), .. Panics()];

    public void Dispose()
    {
        foreach (var rig in _rigs.Values)
        {
            rig.Dispose();
        }

        if (_pinging.IsValueCreated)
        {
            _pinging.Value.Dispose();
        }

        if (_sink.IsValueCreated)
        {
            _sink.Value.Dispose();
        }

        _key.Dispose();
    }

    private static IEnumerable<Entry> Texts()
    {
        var hex = new Lazy<HexBenchmark>(() => Prepared(new HexBenchmark(), room => room.Prepare()));
        yield return Ours("hex, formatting", () => Side.Mean(hex.Value.Format));
        yield return Theirs(".NET's hex, formatting", () => Side.Mean(hex.Value.DotNetFormat));
        yield return Ours("hex, parsing", () => Side.Mean(hex.Value.Parse));
        yield return Theirs(".NET's hex, parsing", () => Side.Mean(hex.Value.DotNetParse));

        var message = new Lazy<CancelMessageBenchmark>(() => Prepared(new CancelMessageBenchmark(), room => room.Prepare()));
        yield return Ours("message", () => Side.Mean(Plant.Allocation(() => _ = message.Value.Template())));
        yield return Theirs("System.Text.Json's message", () => Side.Mean(() => _ = message.Value.SystemTextJson()));
    }

    private static IEnumerable<Entry> Frames()
    {
        var frame = new Lazy<CancelFrameBenchmark>(() => Prepared(new CancelFrameBenchmark(), room => room.Prepare()));
        yield return Ours("frame", () => Side.Mean(() => _ = frame.Value.WholeFrame()));
        yield return Theirs("message, then frame", () => Side.Mean(() => _ = frame.Value.MessageThenFrame()));

        var masking = new Lazy<MaskingBenchmark>(() => Prepared(new MaskingBenchmark { Size = LargeMask }, room => room.Prepare()));
        yield return Ours("masking of 16 KiB", () => Side.Mean(masking.Value.Mask));
        yield return Theirs("copy of 16 KiB", () => Side.Mean(masking.Value.Copy));

        var reading = new Lazy<FrameReadingBenchmark>(() => Prepared(new FrameReadingBenchmark(), room => room.Prepare()));
        yield return Ours("frame reading", () => Side.Mean(reading.Value.Read, FrameReadingBenchmark.Frames));
        yield return Theirs(".NET's frame reading", () => Side.Mean(reading.Value.DotNet, FrameReadingBenchmark.Frames));
    }

    private IEnumerable<Entry> Sends()
    {
        yield return Ours("one cancel, p50", () => Side.Percentile(_send.Value.Send, SendsForMedian, 50));
        yield return Theirs("ClientWebSocket's send, p50", () => Side.Percentile(_send.Value.ClientWebSocket, SendsForMedian, 50));
        yield return Ours("one cancel, p99", () => Side.Percentile(_send.Value.Send, SendsForP99, 99));
        yield return Theirs("ClientWebSocket's send, p99", () => Side.Percentile(_send.Value.ClientWebSocket, SendsForP99, 99));
        yield return Ours("one cancel after 1 s of silence", () => AfterSilence(_send.Value.Send));
        yield return Ours("one cancel after 1 s of silence, a ping a millisecond", () => AfterSilence(
            () => _pinging.Value.Send(), pings => _pinging.Value.IsPinging = pings));
        yield return Theirs("ClientWebSocket's send after 1 s of silence", () => AfterSilence(_send.Value.ClientWebSocket));

        var answer = new Lazy<AnswerBenchmark>(() => Prepared(new AnswerBenchmark(), room => room.Prepare(_sink.Value)));
        yield return Ours(
            "one reply, from the write to its class, p50", () => Side.Percentile(answer.Value.TimeAnswer, SendsForMedian, 50));
        yield return Theirs("a bare SslStream.Read thread, p50", () => Side.Percentile(answer.Value.TimeBareRead, SendsForMedian, 50));

        var receive = new Lazy<ReceiveBenchmark>(() => Prepared(new ReceiveBenchmark(), room => room.Prepare(_sink.Value)));
        yield return Ours("receiving, each of 1000", () => Received(receive.Value.TimeReceive));
        yield return Theirs("ClientWebSocket's receiving, each of 1000", () => Received(receive.Value.TimeClientWebSocket));
    }

    private static IEnumerable<Entry> Arms()
    {
        var arm = new Lazy<ArmBenchmark>(() => Prepared(new ArmBenchmark(), room => room.Prepare()));
        yield return Ours("arming, signed there", () => Side.Mean(arm.Value.ArmAndDisarm));
        yield return Ours("arming with a signature at hand", () => Side.Mean(arm.Value.ArmSignedAndDisarm));
        yield return Theirs("the signature of an arming", () => Side.Mean(arm.Value.Sign));
    }

    private IEnumerable<Entry> Panics()
    {
        yield return Ours($"burst of {Burst}, last byte", () => Panic(Burst, 1, report => report.LastByte));
        yield return Theirs($"ClientWebSocket's burst of {Burst}", () => Side.Whole(() => Time(() =>
        {
            for (var i = 0; i < Burst; i++)
            {
                _send.Value.ClientWebSocket();
            }
        })));
        foreach (var orders in (int[])[10_000, 100_000])
        {
            foreach (var (what, stride) in ((string, int)[])[("panic of", 1), ("panic of every third of", 3)])
            {
                yield return Ours($"{what} {orders}, last byte", () => Panic(orders, stride, report => report.LastByte));
                foreach (var (size, piece) in ((string, int)[])[("32 KiB", SmallWrite), ("1 MiB", LargeWrite)])
                {
                    yield return Theirs(
                        $"SslStream.Write of {size}, {what} {orders}",
                        () => Write((orders + stride - 1) / stride * CancelFrame.Length, piece));
                }
            }
        }

        foreach (var orders in (int[])[10_000, 100_000])
        {
            yield return Ours(
                $"panic of {orders}, half of the slots empty, last byte",
                () => Panic(orders, 1, report => report.LastByte, withHoles: true));
            yield return Theirs($"SslStream.Write of 32 KiB, half of {orders}", () => Write(orders / 2 * CancelFrame.Length, SmallWrite));
        }

        // A loopback socket takes megabytes before it pushes back; a real one does not.
        yield return Ours(
            "panic of 10000, SO_SNDBUF 64 KiB, last byte", () => Panic(10_000, 1, report => report.LastByte, sendBuffer: SmallSendBuffer));
        yield return Theirs(
            "SslStream.Write of 32 KiB, SO_SNDBUF 64 KiB",
            () => Write(10_000 * CancelFrame.Length, SmallWrite, sendBuffer: SmallSendBuffer));

        yield return Ours("panic of 10000, first byte", () => Panic(10_000, 1, report => report.FirstByte));
        yield return Theirs("one SslStream.Write of 16 KiB", Record);
    }

    private Side Panic(int orders, int stride, Func<PanicReport, TimeSpan?> time, bool withHoles = false, int? sendBuffer = null)
    {
        var rig = Rig(orders, withHoles, sendBuffer);
        return Side.Whole(() => time(rig.Fire(stride))!.Value.TotalNanoseconds);
    }

    private SinkPanics Rig(int orders, bool withHoles = false, int? sendBuffer = null)
    {
        if (!_rigs.TryGetValue((orders, withHoles, sendBuffer), out var rig))
        {
            rig = new SinkPanics(_sink.Value, _key, orders, withHoles: withHoles, sendBuffer: sendBuffer);
            _rigs.Add((orders, withHoles, sendBuffer), rig);
        }

        return rig;
    }

    private Side Write(int length, int piece, int sendBuffer = 0)
    {
        var stream = _sink.Value.ConnectTls(sendBuffer);
        var bytes = new byte[length];
        return Side.Whole(() => Time(() => WriteInPieces(stream, bytes, piece)));
    }

    /// <summary>One record, after the same arming and the same pauses as a panic has before its first byte.</summary>
    private Side Record()
    {
        var stream = _sink.Value.ConnectTls();
        var bytes = new byte[RecordSize];
        var rig = Rig(10_000);
        return Side.Whole(() => rig.FireInstead(() => Time(() => stream.Write(bytes))));
    }

    private static void WriteInPieces(SslStream stream, byte[] bytes, int piece)
    {
        for (var at = 0; at < bytes.Length; at += piece)
        {
            stream.Write(bytes, at, Math.Min(piece, bytes.Length - at));
        }
    }

    /// <param name="send">Timed.</param>
    /// <param name="ping">Switches pings on for the silence, and off again so that the other side is not kept warm by them.</param>
    private static Side AfterSilence(Action send, Action<bool>? ping = null) => Side.Whole(() =>
    {
        ping?.Invoke(true);
        Thread.Sleep(1_000);
        var time = Time(send);
        ping?.Invoke(false);
        return time;
    });

    private static Side Received(Func<double> receive) => Side.Whole(receive) with { Units = ReceiveBenchmark.Count, IsSlow = false };

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }

    private static Entry Ours(string name, Func<Side> make) => new(name, make) { IsGuarded = true };

    private static Entry Theirs(string name, Func<Side> make) => new(name, make);

    private static T Prepared<T>(T room, Action<T> prepare)
    {
        prepare(room);
        return room;
    }
}
