using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>k · B with a scalar of its own in each lane, in constant time and without doublings.</summary>
internal static unsafe class BatchMultiply<T, TReader>
    where T : unmanaged, ILaneField<T>
    where TReader : IBatchTableReader<T>
{
    /// <summary>Lane l of the scratch's point := k_l · B. As secret as the scalars.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(LaneScratch<T>* s, ulong* table, BatchDigits* k)
    {
        TReader.Read(&s->X, &s->Y, table, k, 0);
        LanePoint<T>.SetAffine(s);
        TReader.Read(&s->X, &s->Y, table, k, 1);
        LanePoint<T>.AddAffineToAffine(s);
        for (var window = 2; window < TReader.Windows; window++)
        {
            TReader.Read(&s->X, &s->Y, table, k, window);
            LanePoint<T>.AddAffine(s);
        }
    }
    /// <summary>
    /// The same for many groups of lanes, by additions that share inversions; leaves two partial sums of each group, for
    /// <see cref="AffineSums{T}.AddLast"/>.
    /// </summary>
    /// <remarks>
    /// No addition here meets two points of one x, or infinity, for no scalar. Two sums are s · B and t · B, with s and t the sums of
    /// d_i 2^(b i) over disjoint sets of windows, each digit d_i odd and below 2^b. They have one x only if s - t or s + t is a multiple
    /// m of the group's order n. Both are 2^(b i) times an odd number, with i the lowest window of the two sets; so m is not 0, and 2^(b i)
    /// divides m. Both are below 2^256 (32 windows of 8 bits) or 2^260 (52 of 5), so |m| ≤ 16 &lt; 2^b. Hence i = 0: window 0 is in one of
    /// the sets. So is the highest, since without it both are below 2^255 &lt; n. (The same holds for one sum that is infinity.) Sum j
    /// starts with the windows j, j + 8, …, the highest with sum 7 (of 32) or 3 (of 52); adding the upper half of the sums to the lower
    /// brings window 0 and the highest together last of all, and that addition is left to the complete formulas.
    /// </remarks>
    /// <param name="s">The sums.</param>
    /// <param name="lanes">Temporaries.</param>
    /// <param name="table">The multiples of B.</param>
    /// <param name="k">The scalars of each group.</param>
    /// <param name="groups">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyGroups(SumScratch* s, LaneScratch<T>* lanes, ulong* table, BatchDigits* k, int groups)
    {
        Read((T*)&s->X, (T*)&s->Y, table, k, groups, 0, SumScratch.PartialSums);
        for (var first = SumScratch.PartialSums; first < TReader.Windows; first += SumScratch.PartialSums)
        {
            var windows = Math.Min(SumScratch.PartialSums, TReader.Windows - first);
            Read((T*)&s->TermX, (T*)&s->TermY, table, k, groups, first, windows);
            _ = AffineSums<T>.AddTerms(s, lanes, windows * groups);
        }

        for (var sums = SumScratch.PartialSums / 2; sums > 1; sums /= 2)
        {
            _ = AffineSums<T>.AddHalves(s, lanes, sums * groups);
        }
    }

    /// <summary>The points of some windows, of every group one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(T* x, T* y, ulong* table, BatchDigits* k, int groups, int first, int windows)
    {
        for (var window = first; window < first + windows; window++)
        {
            for (var group = 0; group < groups; group++)
            {
                TReader.Read(x++, y++, table, k + group, window);
            }
        }
    }
}
