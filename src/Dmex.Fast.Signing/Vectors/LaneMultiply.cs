using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Multiples of fixed base points, spread over the lanes, in constant time and without doublings.</summary>
/// <remarks>
/// Each lane adds up every eighth (or fourth) window of a <see cref="LaneTable"/>; then a tree of folds adds the lanes. The
/// formulas are complete, so no scalar is excluded: 0 gives infinity, Z = 0.
/// </remarks>
internal static unsafe class LaneMultiply<T, TReader>
    where T : unmanaged, ILaneField<T>
    where TReader : ILaneTableReader<T>
{
    /// <summary>Lane 0 of the scratch's point := k · B.</summary>
    /// <param name="s">The other lanes of its point hold partial sums. As secret as k.</param>
    /// <param name="table">The multiples of B.</param>
    /// <param name="k">The recoded scalar.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(LaneScratch<T>* s, ulong* table, SignedDigits* k)
    {
        TReader.Read(&s->X, &s->Y, table, k, 0);
        LanePoint<T>.SetAffine(s);
        TReader.Read(&s->X, &s->Y, table, k, T.Lanes);
        LanePoint<T>.AddAffineToAffine(s);
        for (var window = 2 * T.Lanes; window < LaneTable.Windows; window += T.Lanes)
        {
            TReader.Read(&s->X, &s->Y, table, k, window);
            LanePoint<T>.AddAffine(s);
        }

        Fold(s);
    }

    /// <summary>Lane 0 of the scratch's point := the sum of its lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(LaneScratch<T>* s)
    {
        LanePoint<T>.Fold(s, T.Lanes / 2);
        for (var distance = T.Lanes / 4; distance > 0; distance /= 2)
        {
            if (T.HasQuarters)
            {
                LanePoint<T>.FoldQuarter(s, distance);
            }
            else
            {
                LanePoint<T>.Fold(s, distance);
            }
        }
    }
}
