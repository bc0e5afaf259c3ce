using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Tests.Support;

namespace Dmex.Fast.Bench.Signing;

/// <summary>
/// One signature of an order hash, its digest included, by every kernel of this processor and by others' implementations.
/// What this machine lacks is left out, not shown as fast.
/// </summary>
[MemoryDiagnoser]
public class SignatureBenchmark
{
    private const string LibSecp256k1Name = "libsecp256k1";
    private const string BouncyCastleName = "BouncyCastle";
    private const string WithoutVerification = ", unverified";

    private readonly byte[] _digest = new byte[32];
    private readonly byte[] _rs = new byte[64];
    private Action<int> _sign = _ => { };
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
            yield return kernel + WithoutVerification;
        }
    }

    [ParamsSource(nameof(Implementations))]
    public string Implementation { get; set; } = BouncyCastleName;

    [GlobalSetup]
    public void Prepare()
    {
        _sign = Implementation switch
        {
            LibSecp256k1Name => SignWithLibSecp256k1(),
            BouncyCastleName => SignWithBouncyCastle(),
            _ => SignWithKernel(),
        };
        var peer = new BouncyCastleSigner(Sample.KeyBytes);
        var expected = new byte[64];
        for (var i = 0; i < Sample.Count; i++)
        {
            _sign(i);
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            peer.Sign(_digest, expected);
            Check.Same(expected, _rs, Implementation);
        }
    }

    [Benchmark]
    public byte[] Sign()
    {
        _sign(_next++ % Sample.Count);
        return _rs;
    }

    private Action<int> SignWithKernel()
    {
        var verify = !Implementation.EndsWith(WithoutVerification, StringComparison.Ordinal);
        var kernel = Enum.Parse<SigningKernel>(Implementation.Split(',')[0]);
        var signer = new OrderSigner(SigningKey.FromBytes(Sample.KeyBytes), verify, kernel);
        return i =>
        {
            signer.Sign(in Sample.Hashes[i], out var signature);
            signature.CopyTo(_rs);
        };
    }

    private Action<int> SignWithLibSecp256k1()
    {
        var library = new LibSecp256k1();
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            library.Sign(_digest, Sample.KeyBytes).CopyTo(_rs);
        };
    }

    private Action<int> SignWithBouncyCastle()
    {
        var signer = new BouncyCastleSigner(Sample.KeyBytes);
        return i =>
        {
            PersonalMessage.Digest(in Sample.Hashes[i], _digest);
            signer.Sign(_digest, _rs);
        };
    }
}
