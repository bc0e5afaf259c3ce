using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// Public scalars as rows of <see cref="VarTimeTable"/>s: the address of a point and its sign for each window. The digits are those
/// of <see cref="SignedDigits"/>, as wide as the table's windows. Variable time: public values only.
/// </summary>
internal static unsafe class VarTimeRows
{
    /// <summary>The rows of a sum of two multiples by large tables.</summary>
    public const int LargeCount = 2 * VarTimeTable.LargeWindows;

    /// <summary>The most rows of a sum of two multiples.</summary>
    public const int MaxCount = 2 * VarTimeTable.MaxWindows;

    private const ulong SignBit = 1UL << 63;
    private const int BitWords = 6;

    /// <summary>Writes the rows of k · B and asks for them to be brought into the cache.</summary>
    /// <param name="rows">Receives an address in each place of the stride.</param>
    /// <param name="signs">Receives 2^63 for a negative point, else 0, in each place of the stride.</param>
    /// <param name="stride">How far apart the places are.</param>
    /// <param name="table">The multiples of B.</param>
    /// <param name="k">In [0, n - 1]; 0 becomes n.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Recode(ulong** rows, ulong* signs, int stride, VarTimeTable table, in Scalar k)
    {
        var flip = (k.W0 & 1) - 1;
        var odd = k;
        Scalar.ConditionalSubtractFromOrder(ref odd, flip);
        var b = stackalloc ulong[BitWords];
        b[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        b[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        b[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        b[3] = odd.W3 >> 1;
        b[4] = 0;
        b[5] = 0;
        var bits = table.Bits;
        var top = (uint)((bits * table.Windows) - 1);
        b[top / 64] |= 1UL << (int)(top % 64);

        var window = table.Words;
        var windowPoints = table.WindowPoints;
        var digitMask = (1UL << bits) - 1;
        for (int i = 0, position = 0; i < table.Windows; i++, position += bits, window += windowPoints * VarTimeTable.PointWords)
        {
            var word = position >> 6;
            var digit = ((b[word] >> (position & 63)) | ((b[word + 1] << 1) << (63 - (position & 63)))) & digitMask;
            var negative = (digit >> (bits - 1)) - 1;
            var row = window + (((digit ^ negative) & ((uint)windowPoints - 1)) * VarTimeTable.PointWords);
            rows[i * stride] = row;
            signs[i * stride] = (negative ^ flip) & SignBit;
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(row);
            }
        }
    }
}
