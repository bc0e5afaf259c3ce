using System.Text;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>A hash as text and back, beside what .NET does without the 0x in front.</summary>
[MemoryDiagnoser]
public class HexBenchmark
{
    private readonly byte[] _text = new byte[OrderHash.TextLength];
    private readonly byte[][] _texts = [.. Sample.Hashes.Select(hash => Encoding.ASCII.GetBytes(hash.ToString()))];
    private readonly byte[] _bytes = new byte[OrderHash.Size];
    private OrderHash _hash;
    private int _next;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        for (var i = 0; i < Sample.Count; i++)
        {
            _next = i;
            Format();
            Check.Same(Encoding.ASCII.GetBytes("0x" + Convert.ToHexStringLower(Sample.Hashes[i].AsSpan())), _text, nameof(Format));
            _next = i;
            Parse();
            Check.True(_hash == Sample.Hashes[i], nameof(Parse));
        }
    }

    [Benchmark]
    public void Format() => _ = Sample.Hashes[_next++ % Sample.Count].TryFormat(_text, out _);

    [Benchmark]
    public void DotNetFormat() => _ = Convert.TryToHexStringLower(Sample.Hashes[_next++ % Sample.Count].AsSpan(), _text, out _);

    [Benchmark]
    public void Parse() => _ = OrderHash.TryParse(_texts[_next++ % Sample.Count], out _hash);

    [Benchmark]
    public void DotNetParse() => _ = Convert.FromHexString(_texts[_next++ % Sample.Count].AsSpan(2), _bytes, out _, out _);
}
