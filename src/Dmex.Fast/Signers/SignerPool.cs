using Dmex.Fast.Signing;

namespace Dmex.Fast.Signers;

/// <summary>
/// Signers for concurrent calls: an <see cref="OrderSigner"/> serves one thread at a time, so each call rents one. A fixed
/// number is kept; when all are out, a further one is made and disposed afterwards. Thread-safe, without locks.
/// </summary>
internal sealed class SignerPool : IDisposable
{
    private readonly SigningKey _key;
    private readonly bool _verifyAfterSign;
    private readonly OrderSigner?[] _idle;
    private volatile bool _disposed;

    public SignerPool(SigningKey key, bool verifyAfterSign)
    {
        _key = key;
        _verifyAfterSign = verifyAfterSign;
        _idle = new OrderSigner?[Math.Max(4, 2 * Environment.ProcessorCount)];
        for (var i = 0; i < _idle.Length; i++)
        {
            _idle[i] = new OrderSigner(key, verifyAfterSign);
        }
    }

    /// <summary>Signs with a signer that no other thread uses meanwhile.</summary>
    public void Sign(in OrderHash hash, out Signature signature)
    {
        var signer = Rent();
        try
        {
            signer.Sign(hash, out signature);
        }
        finally
        {
            GiveBack(signer);
        }
    }

    /// <summary>Disposes the idle signers now, and each other one as it comes back. The key is the caller's.</summary>
    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < _idle.Length; i++)
        {
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        }
    }

    private OrderSigner Rent()
    {
        // Beginning at the processor's own place keeps threads apart and a signer's memory in that processor's cache.
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _idle.Length; i++)
        {
            var signer = Interlocked.Exchange(ref _idle[(int)((uint)(start + i) % (uint)_idle.Length)], null);
            if (signer is not null)
            {
                return signer;
            }
        }

        return new OrderSigner(_key, _verifyAfterSign);
    }

    private void GiveBack(OrderSigner signer)
    {
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _idle.Length && !_disposed; i++)
        {
            ref var place = ref _idle[(int)((uint)(start + i) % (uint)_idle.Length)];
            if (Interlocked.CompareExchange(ref place, signer, null) is not null)
            {
                continue;
            }

            // Disposed between the look and the return: the next thread that takes it out disposes it.
            if (_disposed)
            {
                Interlocked.Exchange(ref place, null)?.Dispose();
            }

            return;
        }

        signer.Dispose();
    }
}
