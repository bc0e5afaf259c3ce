using BenchmarkDotNet.Attributes;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Masking a payload: the kernel, RFC 6455's octet at a time, and a plain copy, which nothing is faster than.</summary>
[MemoryDiagnoser]
public class MaskingBenchmark
{
    private const uint Key = 0x9E3779B9;
    private const int DefaultSize = 240;
    private byte[] _source = [];
    private byte[] _destination = [];

    [Params(DefaultSize, 16 * 1024)]
    public int Size { get; set; } = DefaultSize;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        _source = new byte[Size];
        _destination = new byte[Size];
        new Random(Size).NextBytes(_source);
        Octets();
        var expected = (byte[])_destination.Clone();
        Array.Clear(_destination);
        Mask();
        Check.Same(expected, _destination, "The masked payload");
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _source.AsSpan().CopyTo(_destination);

    [Benchmark]
    public void Mask() => FrameMask.Apply(_source, _destination, Key);

    [Benchmark]
    public void Octets()
    {
        for (var i = 0; i < _source.Length; i++)
        {
            _destination[i] = (byte)(_source[i] ^ (Key >> ((i & 3) * 8)));
        }
    }
}
