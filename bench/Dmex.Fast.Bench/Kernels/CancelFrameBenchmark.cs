using BenchmarkDotNet.Attributes;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>A cancel as one masked frame: written in place, and by way of the general frame writer.</summary>
[MemoryDiagnoser]
public class CancelFrameBenchmark
{
    private const uint FirstKey = 0x9E3779B9;
    private readonly byte[] _frame = new byte[CancelFrame.Length];
    private readonly byte[] _message = new byte[CancelMessage.Length];
    private Signature _signature;
    private uint _key = FirstKey;
    private int _next;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        using var key = SigningKey.FromBytes(Sample.KeyBytes);
        using var signer = new OrderSigner(key);
        signer.Sign(in Sample.Hashes[0], out _signature);
        var expected = (byte[])MessageThenFrame().Clone();
        (_next, _key) = (0, FirstKey);
        Check.Same(expected, WholeFrame(), "The frame");
    }

    [Benchmark(Baseline = true)]
    public byte[] MessageThenFrame()
    {
        CancelMessage.Write(in Sample.Hashes[_next++ % Sample.Count], in _signature, _message);
        _ = FrameWriter.Write(_frame, Opcode.Text, _message, _key++);
        return _frame;
    }

    [Benchmark]
    public byte[] WholeFrame()
    {
        CancelFrame.Write(_frame, in Sample.Hashes[_next++ % Sample.Count], in _signature, _key++);
        return _frame;
    }
}
