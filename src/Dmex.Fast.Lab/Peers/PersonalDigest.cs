using Org.BouncyCastle.Crypto.Digests;

namespace Dmex.Fast.Lab.Peers;

/// <summary>The digest that a personal message of 32 bytes is signed under, by BouncyCastle. Not thread-safe.</summary>
internal sealed class PersonalDigest
{
    /// <summary>The length of the digest in bytes.</summary>
    public const int Size = 32;

    private readonly KeccakDigest _keccak = new(8 * Size);

    private static ReadOnlySpan<byte> Prefix => "\u0019Ethereum Signed Message:\n32"u8;

    /// <summary>Keccak-256 of the prefix and the 32 bytes.</summary>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        _keccak.Reset();
        _keccak.BlockUpdate(Prefix);
        _keccak.BlockUpdate(message);
        _ = _keccak.DoFinal(digest);
    }
}
