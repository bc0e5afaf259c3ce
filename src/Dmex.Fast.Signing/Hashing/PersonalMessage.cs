using System.Buffers.Binary;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// The digest that <c>personal_sign</c> signs for a 32-byte message (EIP-191, version 0x45):
/// keccak256("\u0019Ethereum Signed Message:\n32" ‖ message). Thread-safe; allocates nothing.
/// </summary>
public static class PersonalMessage
{
    /// <summary>28 bytes; the message follows at byte 28 and ends at byte 59, so one block holds everything.</summary>
    private static ReadOnlySpan<byte> Prefix => "\u0019Ethereum Signed Message:\n32"u8;

    private static readonly KeccakState PrefixedState = AbsorbPrefixAndPadding();

    /// <summary>Computes the digest of an order hash in one permutation.</summary>
    /// <param name="hash">The message: the 32 raw bytes of the hash.</param>
    /// <param name="digest">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="digest"/> is shorter than 32 bytes.</exception>
    public static void Digest(in OrderHash hash, Span<byte> digest)
    {
        if (digest.Length < Keccak256.DigestSize)
        {
            throw new ArgumentException(
                $"A personal-message digest needs {Keccak256.DigestSize} bytes, not {digest.Length}.", nameof(digest));
        }

        var bytes = hash.AsSpan();
        var state = PrefixedState;

        // Bytes 28..59 of the block: the upper half of lane 3, lanes 4 to 6, the lower half of lane 7.
        state[3] ^= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32;
        state[4] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]);
        state[5] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]);
        state[6] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]);
        state[7] ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]);
        KeccakPermutation.Permute(ref state);
        Keccak256.Squeeze(in state, digest);
    }

    private static KeccakState AbsorbPrefixAndPadding()
    {
        Span<byte> block = stackalloc byte[Keccak256.Rate];
        block.Clear();
        Prefix.CopyTo(block);
        block[Prefix.Length + OrderHash.Size] = 0x01;
        block[Keccak256.Rate - 1] = 0x80;
        KeccakState state = default;
        Keccak256.Absorb(ref state, block);
        return state;
    }
}
