using Dmex.Fast.Signing;

namespace Dmex.Fast.Signers;

/// <summary>
/// Batch signers for concurrent calls; each has some 370 kB of working memory, so few are kept, and the first is made on
/// first use. Thread-safe, without locks.
/// </summary>
internal sealed class BatchSignerPool(SigningKey key, bool verifyAfterSign) : IDisposable
{
    private readonly BatchSigner?[] _idle = new BatchSigner?[4];
    private volatile bool _disposed;

    /// <summary>Signs with a signer that no other thread uses meanwhile.</summary>
    public void Sign(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures)
    {
        var signer = Rent();
        try
        {
            signer.Sign(hashes, signatures);
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
        DisposeIdle();
    }

    private BatchSigner Rent()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.Exchange(ref _idle[i], null) is { } signer)
            {
                return signer;
            }
        }

        return new BatchSigner(key, verifyAfterSign);
    }

    private void GiveBack(BatchSigner signer)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _idle[i], signer, null) is null)
            {
                // Disposed meanwhile: the next thread that takes it out disposes it.
                if (_disposed)
                {
                    DisposeIdle();
                }

                return;
            }
        }

        signer.Dispose();
    }

    private void DisposeIdle()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        }
    }
}
