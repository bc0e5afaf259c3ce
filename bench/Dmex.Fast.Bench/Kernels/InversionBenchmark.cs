using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// The two inverses of a signature, mod p and mod n: one after the other, both at once, and BouncyCastle's, in variable time.
/// </summary>
[MemoryDiagnoser]
public class InversionBenchmark
{
    private static readonly BigInteger Prime = CustomNamedCurves.GetByName("secp256k1").Curve.Field.Characteristic;
    private static readonly BigInteger Order = CustomNamedCurves.GetByName("secp256k1").N;

    private readonly BigInteger[] _numbers = [.. Sample.Hashes.Select(hash => new BigInteger(1, hash.AsSpan()))];
    private FieldElement _element;
    private Scalar _scalar;
    private int _next;

    /// <summary>Whether this processor has what <see cref="Pair"/> needs.</summary>
    public static bool HasPair => SigningKernels.IsSupported(SigningKernel.Avx512);

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        for (var i = 0; i < Sample.Count; i++)
        {
            Start(i);
            OneByOne();
            CheckInverses(i, nameof(OneByOne));
            if (HasPair)
            {
                Start(i);
                Pair();
                CheckInverses(i, nameof(Pair));
            }
        }
    }

    [Benchmark(Baseline = true)]
    public BigInteger BouncyCastle()
    {
        var number = _numbers[_next++ % Sample.Count];
        return number.ModInverse(Prime).Add(number.ModInverse(Order));
    }

    /// <summary>Each call inverts what the last one gave.</summary>
    [Benchmark]
    public void OneByOne()
    {
        FieldElement.Invert(out _element, in _element);
        Scalar.Invert(out _scalar, in _scalar);
    }

    [Benchmark]
    public void Pair()
    {
        Check.True(HasPair, "The presence of AVX-512");
        SafeGcdPair.Invert(ref _element, ref _scalar);
    }

    private void Start(int i)
    {
        FieldElement.FromBytes(out _element, Sample.Hashes[i].AsSpan());
        FieldElement.Normalize(ref _element);
        _ = Scalar.FromBytes(out _scalar, Sample.Hashes[i].AsSpan());
    }

    private void CheckInverses(int i, string what)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        _element.ToBytes(bytes);
        Check.True(new BigInteger(1, bytes).Equals(_numbers[i].ModInverse(Prime)), $"{what}: the inverse mod p");
        _scalar.ToBytes(bytes);
        Check.True(new BigInteger(1, bytes).Equals(_numbers[i].ModInverse(Order)), $"{what}: the inverse mod n");
    }
}
