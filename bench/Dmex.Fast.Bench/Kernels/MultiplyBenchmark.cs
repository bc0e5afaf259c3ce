using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Memory;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>
/// k · G in affine coordinates, in constant time. A kernel of ours gives k^-1 besides, which the signature needs;
/// libsecp256k1 and BouncyCastle give the point alone.
/// </summary>
[MemoryDiagnoser]
public unsafe class MultiplyBenchmark
{
    /// <summary>The name of the C library among the implementations.</summary>
    public const string LibSecp256k1Name = "libsecp256k1";

    /// <summary>The name of BouncyCastle among the implementations.</summary>
    public const string BouncyCastleName = "BouncyCastle";

    private const int Alignment = 64;
    private static readonly ECPoint Generator = CustomNamedCurves.GetByName("secp256k1").G;

    private readonly byte[] _point = new byte[SigningKey.PublicKeySize];
    private readonly SignerWorkspace* _workspace =
        (SignerWorkspace*)NativeMemory.AlignedAlloc((nuint)sizeof(SignerWorkspace), Alignment);

    private Action<int> _multiply = _ => { };
    private AffinePoint _affine;
    private int _next;

    public static IEnumerable<string> Implementations()
    {
        if (LibSecp256k1.IsPresent)
        {
            yield return LibSecp256k1Name;
        }

        yield return BouncyCastleName;
        foreach (var kernel in Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported))
        {
            yield return kernel.ToString();
        }
    }

    [ParamsSource(nameof(Implementations))]
    public string Implementation { get; set; } = BouncyCastleName;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        _multiply = Implementation switch
        {
            LibSecp256k1Name => WithLibSecp256k1(),
            BouncyCastleName => i => BouncyCastle(i),
            _ => WithKernel(Enum.Parse<SigningKernel>(Implementation)),
        };
        for (var i = 0; i < Sample.Count; i++)
        {
            BouncyCastle(i);
            var expected = (byte[])_point.Clone();
            _affine = default;
            _multiply(i);
            if (Enum.TryParse<SigningKernel>(Implementation, out _))
            {
                _affine.X.ToBytes(_point);
                _affine.Y.ToBytes(_point.AsSpan(SigningKey.PublicKeySize / 2));
            }

            Check.Same(expected, _point, Implementation);
        }
    }

    [Benchmark]
    public void Multiply() => _multiply(_next++ % Sample.Count);

    private Action<int> WithLibSecp256k1()
    {
        var library = new LibSecp256k1();
        return i => library.Multiply(Sample.Hashes[i].AsSpan(), _point);
    }

    private Action<int> WithKernel(SigningKernel kernel) => i =>
    {
        _ = Scalar.FromBytes(out _workspace->Nonce, Sample.Hashes[i].AsSpan());
        NoncePoint.Compute(kernel, _workspace, out _affine);
    };

    private void BouncyCastle(int i)
    {
        var point = Generator.Multiply(new BigInteger(1, Sample.Hashes[i].AsSpan())).Normalize();
        point.AffineXCoord.EncodeTo(_point);
        point.AffineYCoord.EncodeTo(_point.AsSpan(SigningKey.PublicKeySize / 2));
    }
}
