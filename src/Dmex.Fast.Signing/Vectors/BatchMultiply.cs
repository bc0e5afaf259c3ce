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
}
