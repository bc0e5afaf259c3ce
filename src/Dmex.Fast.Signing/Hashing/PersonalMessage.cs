using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>
/// The digest that <c>personal_sign</c> signs for a 32-byte message (EIP-191, version 0x45):
/// keccak256("\u0019Ethereum Signed Message:\n32" ‖ message). Thread-safe; allocates nothing.
/// </summary>
internal static unsafe class PersonalMessage
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

        var state = PrefixedState;
        AbsorbHash(in hash, (ulong*)&state, 1);
        KeccakPermutation.Permute(ref state);
        Keccak256.Squeeze(in state, digest);
    }

    /// <summary>XORs a hash into a state with the prefix absorbed.</summary>
    /// <param name="hash">Bytes 28 to 59 of the block: the upper half of lane 3, lanes 4 to 6, the lower half of lane 7.</param>
    /// <param name="state">Lane 0 of the state.</param>
    /// <param name="stride">How many words apart the lanes are.</param>
    internal static void AbsorbHash(in OrderHash hash, ulong* state, int stride)
    {
        var bytes = hash.AsSpan();
        state[3 * stride] ^= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32;
        state[4 * stride] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]);
        state[5 * stride] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]);
        state[6 * stride] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]);
        state[7 * stride] ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]);
    }

    /// <summary>The state with the prefix absorbed, in each element of 25 vectors.</summary>
    internal static void CopyPrefixedState(Vector512<ulong>* states)
    {
        for (var lane = 0; lane < KeccakState.Lanes; lane++)
        {
            states[lane] = Vector512.Create(PrefixedState[lane]);
        }
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
