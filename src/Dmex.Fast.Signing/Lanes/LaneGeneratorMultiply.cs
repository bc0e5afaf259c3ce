using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Lanes;

/// <summary>k · G for one secret k spread over the lanes, in constant time, without doublings.</summary>
/// <remarks>
/// As in <see cref="GeneratorMultiply"/>, k' is k or n - k, whichever is odd, and its signed digits are read off
/// b = (k' - 1) / 2 + 2^255, here four bits at a time: 64 windows. Each lane adds up every eighth (or fourth) window; then a
/// tree of folds adds the lanes. The formulas are complete, so no case is excluded.
/// </remarks>
internal static unsafe class LaneGeneratorMultiply<T, TTable>
    where T : unmanaged, ILaneField<T>
    where TTable : ILaneTable<T>
{
    private const int BitWords = 4;

    /// <summary>Lane 0 of the scratch's point := ± k · G; the sign is the return value.</summary>
    /// <param name="s">The other lanes of its point hold partial sums. As secret as k.</param>
    /// <param name="k">In [0, n - 1].</param>
    /// <returns>All ones when lane 0 is -k · G.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Multiply(LaneScratch<T>* s, in Scalar k)
    {
        var evenMask = ~ConstantTime.MaskOfBit(k.W0);
        var odd = k;
        Scalar.ConditionalNegate(ref odd, evenMask);
        var bits = stackalloc ulong[BitWords];
        bits[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        bits[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        bits[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        bits[3] = (odd.W3 >> 1) | (1UL << (255 - 192));

        TTable.Read(out s->X, out s->Y, bits, 0);
        LanePoint<T>.SetAffine(s);
        TTable.Read(out s->X, out s->Y, bits, T.Lanes);
        LanePoint<T>.AddAffineToAffine(s);
        for (var window = 2 * T.Lanes; window < LaneGeneratorTable.Windows; window += T.Lanes)
        {
            TTable.Read(out s->X, out s->Y, bits, window);
            LanePoint<T>.AddAffine(s);
        }

        for (var distance = T.Lanes / 2; distance > 0; distance /= 2)
        {
            LanePoint<T>.Fold(s, distance);
        }

        ConstantTime.Wipe(ref odd);
        new Span<ulong>(bits, BitWords).Clear();
        return evenMask;
    }
}
