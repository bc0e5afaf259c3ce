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
}
