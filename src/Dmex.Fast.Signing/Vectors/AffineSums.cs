using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// Additions of affine points in lanes, many at a time with one inversion for all (Montgomery's trick): with λ = (y2 - y1) / (x2 - x1),
/// x3 = λ² - x1 - x2 and y3 = λ (x1 - x3) - y1. An addition takes six products where the complete formulas of
/// <see cref="LanePoint{T}"/> take eleven.
/// </summary>
/// <remarks>
/// These formulas fail for points of one x, and then spoil all sums that share the inversion. Signing never meets that
/// (<see cref="BatchMultiply{T, TReader}"/> has the proof); verification is told, and starts again with the complete formulas.
/// </remarks>
internal static unsafe class AffineSums<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>Fewer hashes do not repay the inversions; they are a multiple of the lanes of each kernel.</summary>
    public const int MinHashes = 48;

    /// <summary>Adds to each of the first sums its term.</summary>
    /// <param name="s">Sums and terms, carried; the terms are overwritten.</param>
    /// <param name="lanes">Temporaries.</param>
    /// <param name="count">How many sums, at least one.</param>
    /// <returns>All ones when a sum and its term had one x, and the sums are of no use; else 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong AddTerms(SumScratch* s, LaneScratch<T>* lanes, int count) =>
        Add((T*)&s->X, (T*)&s->Y, (T*)&s->TermX, (T*)&s->TermY, (T*)&s->Products, lanes, count);

    /// <summary>Adds the upper half of the sums to the lower: sum i := sum i + sum (i + count).</summary>
    /// <param name="s">The sums.</param>
    /// <param name="lanes">Temporaries.</param>
    /// <param name="count">Half of the sums.</param>
    /// <returns>As <see cref="AddTerms"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong AddHalves(SumScratch* s, LaneScratch<T>* lanes, int count) =>
        Add((T*)&s->X, (T*)&s->Y, (T*)&s->X + count, (T*)&s->Y + count, (T*)&s->Products, lanes, count);

    /// <summary>The scratch's point := a group's last two partial sums, by the complete formulas, so for all points.</summary>
    /// <param name="s">Two sums of each group.</param>
    /// <param name="lanes">Receives the point.</param>
    /// <param name="group">The group.</param>
    /// <param name="groups">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddLast(SumScratch* s, LaneScratch<T>* lanes, int group, int groups)
    {
        lanes->X = ((T*)&s->X)[group];
        lanes->Y = ((T*)&s->Y)[group];
        LanePoint<T>.SetAffine(lanes);
        lanes->X = ((T*)&s->X)[groups + group];
        lanes->Y = ((T*)&s->Y)[groups + group];
        LanePoint<T>.AddAffineToAffine(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Add(T* x, T* y, T* termX, T* termY, T* products, LaneScratch<T>* lanes, int count)
    {
        for (var i = 0; i < count; i++)
        {
            T.Subtract(&termX[i], &termX[i], &x[i]);
            T.Carry(&termX[i]);
            if (i == 0)
            {
                products[0] = termX[0];
            }
            else
            {
                T.Multiply(&products[i], &products[i - 1], &termX[i]);
            }
        }

        var isZero = LaneInverse<T>.Invert(&products[count - 1], &lanes->T0);
        for (var i = count - 1; i > 0; i--)
        {
            T.Multiply(&lanes->T1, &lanes->T0, &products[i - 1]);
            T.Multiply(&lanes->T0, &lanes->T0, &termX[i]);
            AddWithInverse(&x[i], &y[i], &termX[i], &termY[i], lanes);
        }

        lanes->T1 = lanes->T0;
        AddWithInverse(x, y, termX, termY, lanes);
        return isZero;
    }

    /// <summary>(x, y) := (x, y) + (x + difference, termY), with T1 = 1 / difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddWithInverse(T* x, T* y, T* difference, T* termY, LaneScratch<T>* lanes)
    {
        T.Subtract(&lanes->T2, termY, y);
        T.Carry(&lanes->T2);
        T.Multiply(&lanes->T2, &lanes->T2, &lanes->T1); // λ
        T.Add(&lanes->T3, difference, x); // x2
        T.NegateSum(&lanes->T3, &lanes->T3, x);
        T.MultiplyAdd(&lanes->T3, &lanes->T2, &lanes->T2, &lanes->T3); // x3
        T.Subtract(&lanes->T4, x, &lanes->T3);
        T.Carry(&lanes->T4);
        T.Negate(&lanes->Minus, y);
        T.MultiplyAdd(y, &lanes->T2, &lanes->T4, &lanes->Minus);
        *x = lanes->T3;
    }
}
