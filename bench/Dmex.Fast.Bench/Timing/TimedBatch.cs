using System.Runtime.CompilerServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Timing;

/// <summary>
/// A batch of signatures. The hashes differ from the input's in their last byte alone, so both classes' batches are alike.
/// </summary>
internal sealed unsafe class TimedBatch : ITimedCall
{
    private readonly SigningKey _key;
    private readonly BatchSigner _signer;
    private readonly OrderHash[] _hashes;
    private readonly Signature[] _signatures;

    public TimedBatch(SigningKey key, SigningKernel kernel, int size)
    {
        _hashes = new OrderHash[size];
        _signatures = new Signature[size];
        _key = key;
        _signer = new BatchSigner(key, verifyAfterSign: false, kernel);
        Name = $"{kernel}, batch of {size}";
    }

    public string Name { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(in TimingInput input)
    {
        *_key.Material = input.Key;
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        input.Hash.CopyTo(bytes);
        for (var i = 0; i < _hashes.Length; i++)
        {
            bytes[^1] ^= (byte)i;
            _hashes[i] = new OrderHash(bytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run() => _signer.Sign(_hashes, _signatures);

    public void Dispose() => _signer.Dispose();
}
