using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Hashing;
using Dmex.Fast.Signing.Memory;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>RFC 6979's first candidate of a digest: from the key's midstates, sixteen side by side, and BouncyCastle's.</summary>
[MemoryDiagnoser]
public unsafe class NonceBenchmark
{
    /// <summary>Digests side by side.</summary>
    public const int Lanes = Rfc6979NonceX16.Lanes;

    private const int Alignment = 64;
    private static readonly BigInteger Order = CustomNamedCurves.GetByName("secp256k1").N;

    private readonly SigningKey _key = SigningKey.FromBytes(Sample.KeyBytes);
    private readonly BigInteger _secret = new(1, Sample.KeyBytes);
    private readonly HMacDsaKCalculator _calculator = new(new Sha256Digest());
    private readonly SignerWorkspace* _one = Allocate<SignerWorkspace>();
    private readonly NonceWorkspaceX16* _sixteen = Allocate<NonceWorkspaceX16>();
    private int _next;

    /// <summary>Whether this processor has what <see cref="Sixteen"/> needs.</summary>
    public static bool HasSixteen => SigningKernels.IsSupported(SigningKernel.Avx512);

    [GlobalSetup]
    public void Prepare()
    {
        Switches.Confirm();
        for (var i = 0; i < Sample.Count; i++)
        {
            var expected = BouncyCastle();
            _next--;
            One();
            var nonce = new byte[SigningKey.Size];
            _one->Nonce.ToBytes(nonce);
            Check.Same(expected.ToByteArrayUnsigned(), nonce.AsSpan()[^expected.ToByteArrayUnsigned().Length..], "The nonce");
        }

        if (!HasSixteen)
        {
            return;
        }

        var words = (uint*)_sixteen;
        for (var word = 0; word < Sha256.StateWords; word++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                words[(word * Lanes) + lane] = BinaryPrimitives.ReadUInt32BigEndian(Sample.Hashes[lane].AsSpan()[(word * sizeof(uint))..]);
            }
        }

        Sixteen();
        var v = (uint*)&_sixteen->V;
        for (var lane = 0; lane < Lanes; lane++)
        {
            _next = lane;
            One();
            Check.True(_one->V[0] == v[lane] && _one->V[7] == v[(7 * Lanes) + lane], $"Lane {lane} of sixteen nonces");
        }
    }

    [Benchmark(Baseline = true)]
    public BigInteger BouncyCastle()
    {
        _calculator.Init(Order, _secret, Sample.Hashes[_next++ % Sample.Count].AsSpan().ToArray());
        return _calculator.NextK();
    }

    [Benchmark]
    public void One()
    {
        var digest = Sample.Hashes[_next++ % Sample.Count].AsSpan(); // below n, as all but one in 2^128 are
        for (var i = 0; i < Sha256.StateWords; i++)
        {
            _one->DigestWords[i] = BinaryPrimitives.ReadUInt32BigEndian(digest[(i * sizeof(uint))..]);
        }

        Rfc6979Nonce.Begin(_one, _key.Material);
        _ = Rfc6979Nonce.TryNext(_one);
    }

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Sixteen()
    {
        Check.True(HasSixteen, "The presence of AVX-512");
        Rfc6979NonceX16.Generate(_sixteen, _key.Material);
    }

    private static T* Allocate<T>()
        where T : unmanaged => (T*)NativeMemory.AlignedAlloc((nuint)sizeof(T), Alignment);
}
