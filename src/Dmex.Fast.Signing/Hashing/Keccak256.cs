namespace Dmex.Fast.Signing.Hashing;

/// <summary>Keccak-256 with the original padding (0x01), as Ethereum uses it; not SHA3-256. Thread-safe.</summary>
public static class Keccak256
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int DigestSize = 32;

    /// <summary>Hashes a whole message.</summary>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest) => throw new NotSupportedException();
}
