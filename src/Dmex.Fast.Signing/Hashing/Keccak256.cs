using System.Buffers.Binary;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// Keccak-256 with the original padding (0x01) that Ethereum uses; SHA3-256 pads with 0x06 and gives other digests.
/// Thread-safe; allocates nothing.
/// </summary>
internal static class Keccak256
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int DigestSize = 32;

    /// <summary>The bytes that a permutation absorbs: 1,600 bits less twice the digest's.</summary>
    internal const int Rate = 136;

    /// <summary>Hashes a whole message.</summary>
    /// <param name="message">Any number of bytes.</param>
    /// <param name="digest">Receives 32 bytes; may overlap <paramref name="message"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is shorter than 32 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        if (digest.Length < DigestSize)
        {
            throw new ArgumentException($"A Keccak-256 digest needs {DigestSize} bytes, not {digest.Length}.", nameof(digest));
        }

        KeccakState state = default;
        while (message.Length >= Rate)
        {
            Absorb(ref state, message[..Rate]);
            KeccakPermutation.Permute(ref state);
            message = message[Rate..];
        }

        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        message.CopyTo(last);
        last[message.Length] ^= 0x01;
        last[Rate - 1] ^= 0x80;
        Absorb(ref state, last);
        KeccakPermutation.Permute(ref state);
        Squeeze(in state, digest);
    }

    /// <summary>XORs one block into the state, little-endian lanes (FIPS 202, appendix B.1).</summary>
    internal static void Absorb(ref KeccakState state, ReadOnlySpan<byte> block)
    {
        for (var lane = 0; lane < Rate / sizeof(ulong); lane++)
        {
            state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(lane * sizeof(ulong))..]);
        }
    }

    /// <summary>Writes the first 32 bytes of the state.</summary>
    internal static void Squeeze(in KeccakState state, Span<byte> digest)
    {
        for (var lane = 0; lane < DigestSize / sizeof(ulong); lane++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(lane * sizeof(ulong))..], state[lane]);
        }
    }
}
