using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Hashing;

/// <summary>The digests of <see cref="PersonalMessage"/>, eight at a time. AVX-512F.</summary>
internal static unsafe class PersonalMessageX8
{
    private const int Lanes = 8;

    /// <summary>digests[i] := the digest of hash i, modulo n.</summary>
    /// <param name="states">25 vectors of scratch, 64-byte aligned.</param>
    /// <param name="hashes">Any number.</param>
    /// <param name="digests">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Digests(Vector512<ulong>* states, ReadOnlySpan<OrderHash> hashes, Scalar* digests)
    {
        var words = (ulong*)states;
        for (var first = 0; first < hashes.Length; first += Lanes)
        {
            var count = Math.Min(Lanes, hashes.Length - first);
            PersonalMessage.CopyPrefixedState(states);
            for (var lane = 0; lane < count; lane++)
            {
                PersonalMessage.AbsorbHash(in hashes[first + lane], words + lane, Lanes);
            }

            KeccakPermutationX8.Permute(states);
            for (var lane = 0; lane < count; lane++)
            {
                _ = Scalar.FromWords(
                    out digests[first + lane],
                    BinaryPrimitives.ReverseEndianness(words[(3 * Lanes) + lane]),
                    BinaryPrimitives.ReverseEndianness(words[(2 * Lanes) + lane]),
                    BinaryPrimitives.ReverseEndianness(words[Lanes + lane]),
                    BinaryPrimitives.ReverseEndianness(words[lane]));
            }
        }
    }
}
