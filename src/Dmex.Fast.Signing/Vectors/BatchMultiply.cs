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
        Add(s, table, k, 2);
    }

    /// <summary>Lane l of the scratch's point += k_l · B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(LaneScratch<T>* s, ulong* table, BatchDigits* k, int firstWindow = 0)
    {
        for (var window = firstWindow; window < TReader.Windows; window++)
        {
            TReader.Read(&s->X, &s->Y, table, k, window);
            LanePoint<T>.AddAffine(s);
        }
    }
}
