using BenchmarkDotNet.Attributes;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>The public key from a digest and its signature.</summary>
[MemoryDiagnoser]
public class RecoveryBenchmark
{
    private readonly Signature[] _signatures = new Signature[Sample.Count];
    private readonly byte[][] _digests = new byte[Sample.Count][];
    private readonly byte[] _publicKey = new byte[SigningKey.PublicKeySize];
    private LibSecp256k1? _library;
    private int _next;

    [GlobalSetup(Target = nameof(Recover))]
    public void PrepareOurs() => Prepare(Recover);

    [GlobalSetup(Target = nameof(LibSecp256k1Recover))]
    public void PrepareLibrary()
    {
        Check.True(LibSecp256k1.IsPresent, "The presence of libsecp256k1 on this machine");
        _library = new LibSecp256k1();
        Prepare(LibSecp256k1Recover);
    }

    [Benchmark]
    public byte[] Recover()
    {
        var i = _next++ % Sample.Count;
        _ = SignerRecovery.TryRecoverPublicKey(_digests[i], in _signatures[i], _publicKey);
        return _publicKey;
    }

    [Benchmark(Baseline = true)]
    public byte[] LibSecp256k1Recover()
    {
        var i = _next++ % Sample.Count;
        _ = _library!.TryRecover(_digests[i], in _signatures[i], _publicKey);
        return _publicKey;
    }

    private void Prepare(Func<byte[]> recover)
    {
        Switches.Confirm();
        using var key = SigningKey.FromBytes(Sample.KeyBytes);
        using var signer = new OrderSigner(key);
        var expected = new byte[SigningKey.PublicKeySize];
        key.CopyPublicKeyTo(expected);
        for (var i = 0; i < Sample.Count; i++)
        {
            signer.Sign(in Sample.Hashes[i], out _signatures[i]);
            _digests[i] = new byte[Keccak256.DigestSize];
            PersonalMessage.Digest(in Sample.Hashes[i], _digests[i]);
        }

        Check.Same(expected, recover(), "The recovered key");
    }
}
