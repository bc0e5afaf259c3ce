using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Memory;

namespace Dmex.Fast.Signing.Ecdsa;

/// <summary>
/// Finds two signatures of one r for different hashes: they have one nonce and together give the key away, though each is valid.
/// Public values only; without such a pair, and with different hashes, the time depends on their number alone, so that measurements of
/// the signer's time stay comparable.
/// </summary>
internal static class RepeatedNonce
{
    /// <summary>Whether a block has such a pair.</summary>
    /// <param name="hashes">What was signed; a hash may stand there more than once.</param>
    /// <param name="signatures">As many signatures, a block of a batch at most.</param>
    public static bool IsIn(ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures)
    {
        Span<ulong> ends = stackalloc ulong[BatchWorkspace.Capacity];
        for (var i = 0; i < signatures.Length; i++)
        {
            ends[i] = MemoryMarshal.Read<ulong>(signatures[i].R[24..]);
            if (ends[..i].Contains(ends[i]) && IsRepeated(hashes, signatures, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRepeated(ReadOnlySpan<OrderHash> hashes, ReadOnlySpan<Signature> signatures, int last)
    {
        for (var i = 0; i < last; i++)
        {
            if (signatures[i].R.SequenceEqual(signatures[last].R) && hashes[i] != hashes[last])
            {
                return true;
            }
        }

        return false;
    }
}
