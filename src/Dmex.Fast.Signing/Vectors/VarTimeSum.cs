using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Sums of the points that <see cref="VarTimeRows"/> name, in lanes. Variable time: public values only.</summary>
internal static unsafe class VarTimeSum<T, TReader>
    where T : unmanaged, ILaneField<T>
    where TReader : IVarTimeReader<T>
{
    /// <summary>Lane l of the scratch's point := the sum of the rows l, l + lanes, l + 2 · lanes, ….</summary>
    /// <param name="s">The scratch.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="signs">Their signs.</param>
    /// <param name="count">A multiple of the number of lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddUp(LaneScratch<T>* s, ulong** rows, ulong* signs, int count)
    {
        TReader.ReadVarTime(&s->X, &s->Y, rows, signs);
        LanePoint<T>.SetAffine(s);
        TReader.ReadVarTime(&s->X, &s->Y, rows + T.Lanes, signs + T.Lanes);
        LanePoint<T>.AddAffineToAffine(s);
        for (var i = 2 * T.Lanes; i < count; i += T.Lanes)
        {
            TReader.ReadVarTime(&s->X, &s->Y, rows + i, signs + i);
            LanePoint<T>.AddAffine(s);
        }
    }
    /// <summary>
    /// The same for many groups of lanes, by additions that share inversions; leaves two partial sums of each group, for
    /// <see cref="AffineSums{T}.AddLast"/>.
    /// </summary>
    /// <param name="s">The sums.</param>
    /// <param name="lanes">Temporaries.</param>
    /// <param name="rows">The rows of each group, of large tables.</param>
    /// <param name="signs">Their signs.</param>
    /// <param name="groups">How many there are.</param>
    /// <returns>False when points of one x met, and the sums are of no use: with a key such as 1 that is common.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryAddUpGroups(SumScratch* s, LaneScratch<T>* lanes, ulong** rows, ulong* signs, int groups)
    {
        Read((T*)&s->X, (T*)&s->Y, rows, signs, groups, 0);
        var isSpoilt = 0UL;
        for (var first = SumScratch.PartialSums; first < VarTimeRows.LargeCount; first += SumScratch.PartialSums)
        {
            Read((T*)&s->TermX, (T*)&s->TermY, rows, signs, groups, first);
            isSpoilt |= AffineSums<T>.AddTerms(s, lanes, SumScratch.PartialSums * groups);
        }

        for (var sums = SumScratch.PartialSums / 2; sums > 1; sums /= 2)
        {
            isSpoilt |= AffineSums<T>.AddHalves(s, lanes, sums * groups);
        }

        return isSpoilt == 0;
    }

    /// <summary>Eight rows of every group, one row of all groups after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(T* x, T* y, ulong** rows, ulong* signs, int groups, int first)
    {
        for (var row = first; row < first + SumScratch.PartialSums; row++)
        {
            for (var group = 0; group < groups; group++)
            {
                var place = ((group * VarTimeRows.LargeCount) + row) * T.Lanes;
                TReader.ReadVarTime(x++, y++, rows + place, signs + place);
            }
        }
    }
}
