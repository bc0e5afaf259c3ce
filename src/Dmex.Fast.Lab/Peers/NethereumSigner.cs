using Nethereum.Signer;

namespace Dmex.Fast.Lab.Peers;

/// <summary>Nethereum.Signer, digest and v included, as its users call it. Not thread-safe.</summary>
internal sealed class NethereumSigner : IMessageSigner
{
    private readonly EthereumMessageSigner _messages = new();
    private readonly EthECKey _key;

    /// <summary>Takes a private key.</summary>
    /// <param name="privateKey">32 bytes big-endian; Nethereum keeps copies that cannot be wiped.</param>
    public NethereumSigner(ReadOnlySpan<byte> privateKey) => _key = new EthECKey(privateKey.ToArray(), isPrivate: true);

    /// <inheritdoc/>
    public int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature) =>
        SignDigest(_messages.HashPrefixedMessage(orderHash.ToArray()), signature);

    /// <summary>Signs a 32-byte digest; the result is as of <see cref="Sign"/>.</summary>
    public int SignDigest(byte[] digest, Span<byte> signature)
    {
        // Its numbers come without leading zeros.
        var made = _key.SignAndCalculateV(digest);
        signature[..64].Clear();
        made.R.CopyTo(signature[(32 - made.R.Length)..]);
        made.S.CopyTo(signature[(64 - made.S.Length)..]);
        return made.V[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
