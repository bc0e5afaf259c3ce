using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Hashing;
using NBitcoin.Secp256k1;
using Nethereum.Signer;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>One signature with v by the managed libraries that users reach for. Compiled with <c>-p:NuGetPeers=true</c> only.</summary>
[MemoryDiagnoser]
public class NuGetPeers
{
    private readonly byte[] _digest = new byte[Keccak256.DigestSize];
    private readonly byte[] _rs = new byte[64];
    private readonly ECPrivKey _nbitcoin = ECPrivKey.Create(Sample.KeyBytes);
    private readonly EthECKey _nethereum = new(Sample.KeyBytes, true);
    private readonly OrderSigner _signer = new(SigningKey.FromBytes(Sample.KeyBytes), verifyAfterSign: false);
    private int _next;

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        var expected = (byte[])Ours().Clone();
        foreach (Func<byte[]> peer in (Func<byte[]>[])[NBitcoin, Nethereum])
        {
            _next = 0;
            Check.Same(expected, peer(), peer.Method.Name);
        }
    }

    [Benchmark(Baseline = true)]
    public byte[] Ours()
    {
        _signer.Sign(in Sample.Hashes[_next++ % Sample.Count], out var signature);
        signature.CopyTo(_rs);
        return _rs;
    }

    [Benchmark]
    public byte[] NBitcoin()
    {
        PersonalMessage.Digest(in Sample.Hashes[_next++ % Sample.Count], _digest);
        Check.True(_nbitcoin.TrySignRecoverable(_digest, out var signature), "NBitcoin's signature");
        signature!.WriteToSpanCompact(_rs, out _);
        return _rs;
    }

    [Benchmark]
    public byte[] Nethereum()
    {
        PersonalMessage.Digest(in Sample.Hashes[_next++ % Sample.Count], _digest);
        var signature = _nethereum.SignAndCalculateV(_digest);
        _rs.AsSpan().Clear();
        signature.R.CopyTo(_rs.AsSpan(32 - signature.R.Length));
        signature.S.CopyTo(_rs.AsSpan(64 - signature.S.Length));
        return _rs;
    }
}
