using System.Runtime.CompilerServices;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Timing;

/// <summary>One signature, from the hash to r, s and v.</summary>
internal sealed unsafe class TimedSignature : ITimedCall
{
    private readonly SigningKey _key;
    private readonly OrderSigner _signer;
    private OrderHash _hash;
    private Signature _signature;

    public TimedSignature(SigningKey key, SigningKernel kernel)
    {
        _key = key;
        _signer = new OrderSigner(key, verifyAfterSign: false, kernel);
        Name = $"{kernel}, one";
    }

    public string Name { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(in TimingInput input)
    {
        *_key.Material = input.Key;
        _hash = input.Hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run() => _signer.Sign(in _hash, out _signature);

    public void Dispose() => _signer.Dispose();
}
