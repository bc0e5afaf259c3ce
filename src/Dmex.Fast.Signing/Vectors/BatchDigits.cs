using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// One scalar a lane as signed odd digits, of eight or five bits; see <see cref="SignedDigits"/>. Word j of all lanes stands
/// together, at <c>Words[j · lanes]</c>; five words of at most eight lanes, then a word of zeros.
/// </summary>
internal unsafe struct BatchDigits
{
    public const int MaxLanes = 8;
    private const int WordCount = 6;

    /// <summary>b = (k' - 1) / 2 + 2^(total bits - 1), least significant word first.</summary>
    public fixed ulong Words[WordCount * MaxLanes];

    /// <summary>All ones in the lanes where every sign is flipped, k' being n - k.</summary>
    public fixed ulong FlipMask[MaxLanes];

    /// <summary>Recodes a lane's scalar, in constant time.</summary>
    /// <param name="digits">The lanes.</param>
    /// <param name="lanes">How many there are.</param>
    /// <param name="lane">Which to set.</param>
    /// <param name="k">In [0, n - 1].</param>
    /// <param name="totalBits">The digits' bits: 256 or 260.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Recode(BatchDigits* digits, int lanes, int lane, in Scalar k, int totalBits)
    {
        var evenMask = ~ConstantTime.MaskOfBit(k.W0);
        var odd = k;
        Scalar.ConditionalSubtractFromOrder(ref odd, evenMask);
        digits->Words[lane] = (odd.W0 >> 1) | (odd.W1 << 63);
        digits->Words[lanes + lane] = (odd.W1 >> 1) | (odd.W2 << 63);
        digits->Words[(2 * lanes) + lane] = (odd.W2 >> 1) | (odd.W3 << 63);
        digits->Words[(3 * lanes) + lane] = odd.W3 >> 1;
        digits->Words[(4 * lanes) + lane] = 0;
        digits->Words[(5 * lanes) + lane] = 0;
        digits->Words[((totalBits - 1) / 64 * lanes) + lane] |= 1UL << ((totalBits - 1) % 64);
        digits->FlipMask[lane] = evenMask;
        ConstantTime.Wipe(ref odd);
    }
}
