using System.Security.Cryptography;

namespace Dmex.Fast.Lab.Peers;

/// <summary>The best existing way to sign: libsecp256k1, called directly. Not thread-safe.</summary>
internal sealed class LibSecp256k1Signer : IMessageSigner
{
    private readonly LibSecp256k1 _library = new();
    private readonly PersonalDigest _digest = new();
    private readonly byte[] _privateKey = GC.AllocateArray<byte>(32, pinned: true);

    /// <summary>Takes a private key; check <see cref="LibSecp256k1.IsPresent"/> first.</summary>
    /// <param name="privateKey">32 bytes big-endian.</param>
    public LibSecp256k1Signer(ReadOnlySpan<byte> privateKey) => privateKey.CopyTo(_privateKey);

    /// <inheritdoc/>
    public int Sign(ReadOnlySpan<byte> orderHash, Span<byte> signature)
    {
        Span<byte> digest = stackalloc byte[PersonalDigest.Size];
        _digest.Compute(orderHash, digest);
        var signed = _library.Sign(digest, _privateKey);
        signed.CopyTo(signature);
        return signed.V;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_privateKey);
        _library.Dispose();
    }
}
