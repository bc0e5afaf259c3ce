using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing.Hashing;
using Org.BouncyCastle.Crypto.Digests;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>The digest that is signed: the prefix and the hash through Keccak-256.</summary>
[MemoryDiagnoser]
public class DigestBenchmark
{
    private static readonly byte[] Prefix = "\u0019Ethereum Signed Message:\n32"u8.ToArray();
    private readonly byte[] _digest = new byte[Keccak256.DigestSize];
    private readonly KeccakDigest _keccak = new(256);
    private int _next;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        var expected = (byte[])BouncyCastle().Clone();
        _next--;
        Check.Same(expected, PrefixedState(), "The digest");
    }

    [Benchmark(Baseline = true)]
    public byte[] BouncyCastle()
    {
        _keccak.BlockUpdate(Prefix, 0, Prefix.Length);
        _keccak.BlockUpdate(Sample.Hashes[_next++ % Sample.Count].AsSpan());
        _ = _keccak.DoFinal(_digest);
        return _digest;
    }

    [Benchmark]
    public byte[] PrefixedState()
    {
        PersonalMessage.Digest(in Sample.Hashes[_next++ % Sample.Count], _digest);
        return _digest;
    }
}
