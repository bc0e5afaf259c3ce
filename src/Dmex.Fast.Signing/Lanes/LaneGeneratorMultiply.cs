using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Lanes;

/// <summary>k · G for one secret k spread over the lanes, in constant time, without doublings.</summary>
/// <remarks>
/// As in <see cref="GeneratorMultiply"/>, k' is k or n - k, whichever is odd, and its signed digits are read off
/// b = (k' - 1) / 2 + 2^259, here five bits at a time: 52 windows, the last of which is always 1. Each lane adds up every
/// eighth (or fourth) window; then a tree of folds adds the lanes. The formulas are complete, so no case is excluded.
/// </remarks>
internal static unsafe class LaneGeneratorMultiply<T, TTable>
    where T : unmanaged, ILaneField<T>
    where TTable : ILaneTable<T>
{
    private const int BitWords = 6;

    /// <summary>result's lane 0 = ± k · G; the sign is the return value.</summary>
    /// <param name="result">Lane 0; the other lanes hold partial sums. As secret as k.</param>
    /// <param name="k">In [0, n - 1].</param>
    /// <param name="partialMask">Ones in the lanes that hold windows in the last round; its D0 is read.</param>
    /// <returns>All ones when lane 0 is -k · G.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Multiply(out LanePoint<T> result, in Scalar k, in T partialMask)
    {
        var evenMask = ~ConstantTime.MaskOfBit(k.W0);
        var odd = k;
        Scalar.ConditionalNegate(ref odd, evenMask);
        var bits = stackalloc ulong[BitWords];
        bits[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        bits[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        bits[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        bits[3] = odd.W3 >> 1;
        bits[4] = 1UL << (259 - 256);
        bits[5] = 0;

        TTable.Read(out result.X, out result.Y, bits, 0);
        result.Z = T.One;
        for (var window = T.Lanes; window <= LaneGeneratorTable.Windows - T.Lanes; window += T.Lanes)
        {
            TTable.Read(out var x, out var y, bits, window);
            LanePoint<T>.AddAffine(ref result, in x, in y);
        }

        if (LaneGeneratorTable.Windows % T.Lanes != 0)
        {
            TTable.Read(out var x, out var y, bits, LaneGeneratorTable.Windows / T.Lanes * T.Lanes);
            var before = result;
            LanePoint<T>.AddAffine(ref result, in x, in y);
            T.Blend(out result.X, in partialMask, in result.X, in before.X);
            T.Blend(out result.Y, in partialMask, in result.Y, in before.Y);
            T.Blend(out result.Z, in partialMask, in result.Z, in before.Z);
        }

        for (var distance = T.Lanes / 2; distance > 0; distance /= 2)
        {
            LanePoint<T>.Fold(ref result, distance);
        }

        ConstantTime.Wipe(ref odd);
        new Span<ulong>(bits, BitWords).Clear();
        return evenMask;
    }
}
