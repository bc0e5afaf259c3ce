using Dmex.Fast.Signers;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book;

/// <summary>Signs what is armed by its hash alone. Thread-safe.</summary>
/// <param name="key">The account's; the caller's to dispose, after this.</param>
/// <param name="verifyAfterSign">Whether each signature is verified with the public key.</param>
internal sealed class BookSigners(SigningKey key, bool verifyAfterSign) : IDisposable
{
    private readonly SignerPool _single = new(key, verifyAfterSign);
    private readonly BatchSignerPool _batch = new(key, verifyAfterSign);

    /// <inheritdoc cref="SignerPool.Sign"/>
    public void Sign(in OrderHash hash, out Signature signature) => _single.Sign(hash, out signature);

    /// <inheritdoc cref="BatchSignerPool.Sign"/>
    public void Sign(ReadOnlySpan<OrderHash> hashes, Span<Signature> signatures) => _batch.Sign(hashes, signatures);

    /// <summary>Refuses a signature that is not an account's of a hash.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Check(in OrderHash hash, in Signature signature, EthereumAddress account)
    {
        if (SignerRecovery.RecoverAddress(hash, signature) is not { } signer)
        {
            throw new ArgumentException($"No signer can be recovered; expected a signature of {account} of this hash.", nameof(signature));
        }

        if (signer != account)
        {
            throw new ArgumentException(
                $"The signer is {signer}, or the signature is of another hash; expected a signature of {account} of this hash.",
                nameof(signature));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _single.Dispose();
        _batch.Dispose();
    }
}
