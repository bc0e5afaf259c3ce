using NBitcoin.Secp256k1;

namespace Dmex.Fast.Lab.Peers;

/// <summary>NBitcoin.Secp256k1, a port of libsecp256k1 to C#; the digest is BouncyCastle's. Not thread-safe.</summary>
internal sealed class NBitcoinSigner : IMessageSigner
{
    private readonly PersonalDigest _digest = new();
    private readonly ECPrivKey _key;

    /// <summary>Takes a private key.</summary>
    /// <param name="privateKey">32 bytes big-endian.</param>
    public NBitcoinSigner(ReadOnlySpan<byte> privateKey) => _key = ECPrivKey.Create(privateKey);

    /// <inheritdoc/>
    public int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature)
    {
        Span<byte> digest = stackalloc byte[PersonalDigest.Size];
        _digest.Compute(orderHash, digest);
        return SignDigest(digest, signature);
    }

    /// <summary>Signs a 32-byte digest; the result is as of <see cref="Sign"/>.</summary>
    public int SignDigest(ReadOnlySpan<byte> digest, Span<byte> signature)
    {
        if (!_key.TrySignRecoverable(digest, out var made) || made is null)
        {
            throw new InvalidOperationException("NBitcoin made no signature.");
        }

        made.WriteToSpanCompact(signature, out var recovery);
        return 27 + recovery;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
