using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// A point of the curve in each lane, in homogeneous coordinates: x = X / Z, y = Y / Z; infinity is (0 : 1 : 0). The
/// coordinates are carried between operations.
/// </summary>
/// <remarks>
/// Complete formulas: Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2016), for
/// a = 0 and 3b = 21. They hold for all points of an odd-order curve, including equal, opposite and infinite ones, so no
/// lane needs a case of its own; in lanes they cost what Jacobian ones do. All work in a <see cref="LaneScratch{T}"/>.
/// </remarks>
internal unsafe struct LanePoint<T>
    where T : unmanaged, ILaneField<T>
{
    private const double ThreeB = 21;

    public T X;
    public T Y;
    public T Z;

    /// <summary>Point := (X, Y), the affine point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SetAffine(LaneScratch<T>* s)
    {
        s->Point.X = s->X;
        s->Point.Y = s->Y;
        T.SetSmall(&s->Point.Z, 1);
    }

    /// <summary>Point := Point + (X, Y), where Point is still affine: algorithm 8 with Z1 = 1, without its products with Z1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffineToAffine(LaneScratch<T>* s)
    {
        AddProducts(s);
        T.Add(&s->T4, &s->Point.Y, &s->Y);
        T.Carry(&s->T4);
        T.Add(&s->Y3, &s->Point.X, &s->X);
        T.SetSmall(&s->T2, ThreeB);
        FinishAddition(s);
    }

    /// <summary>Point := Point + (X, Y), lane by lane (algorithm 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffine(LaneScratch<T>* s)
    {
        AddProducts(s);
        T.MultiplyAdd(&s->T4, &s->Y, &s->Point.Z, &s->Point.Y); // Y1 Z2 + Y2 Z1
        T.MultiplyAdd(&s->Y3, &s->X, &s->Point.Z, &s->Point.X); // X1 Z2 + X2 Z1
        T.MultiplySmall(&s->T2, &s->Point.Z, ThreeB);
        FinishAddition(s);
    }

    /// <summary>
    /// Adds the upper of two groups of lanes to the lower: lane i of Point := lane i + lane (i + distance) for i below
    /// distance; the other lanes are left with points of no use (algorithm 7, with two products a multiplication).
    /// </summary>
    /// <param name="s">The lanes of its Point from 2 · distance on are not used.</param>
    /// <param name="distance">Half the lanes, then half of that, down to 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(LaneScratch<T>* s, int distance)
    {
        // Lower half | upper half of the lanes: X1 X2 | Y1 Y2, then Z1 Z2 | (X1+Y1)(X2+Y2), then (Y1+Z1)(Y2+Z2) | (X1+Z1)(X2+Z2).
        T.Add(&s->T0, &s->Point.X, &s->Point.Y);
        T.Carry(&s->T0);
        T.Add(&s->T1, &s->Point.Y, &s->Point.Z);
        T.Carry(&s->T1);
        T.Add(&s->T2, &s->Point.X, &s->Point.Z);
        T.Carry(&s->T2);
        MultiplyPairs(&s->Pair0, &s->Point.X, &s->Point.Y, s, distance);
        MultiplyPairs(&s->Pair1, &s->Point.Z, &s->T0, s, distance);
        MultiplyPairs(&s->Pair2, &s->T1, &s->T2, s, distance);

        T.SwapHalves(&s->T1, &s->Pair0);
        T.SwapHalves(&s->T3, &s->Pair1);
        T.SwapHalves(&s->Y3, &s->Pair2);
        T.Subtract(&s->T3, &s->T3, &s->Pair0);
        T.Subtract(&s->T3, &s->T3, &s->T1);
        T.Carry(&s->T3); // X1 Y2 + X2 Y1
        T.Subtract(&s->T4, &s->Pair2, &s->T1);
        T.Subtract(&s->T4, &s->T4, &s->Pair1);
        T.Carry(&s->T4); // Y1 Z2 + Y2 Z1
        T.Subtract(&s->Y3, &s->Y3, &s->Pair0);
        T.Subtract(&s->Y3, &s->Y3, &s->Pair1);
        T.Carry(&s->Y3); // X1 Z2 + X2 Z1
        s->T0 = s->Pair0;
        T.MultiplySmall(&s->T2, &s->Pair1, ThreeB);
        FinishAddition(s);
    }

    /// <summary>
    /// As <see cref="Fold"/> for a distance of at most a quarter of the lanes, where four products fit a multiplication: lanes
    /// 0 to distance - 1 receive the sums.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FoldQuarter(LaneScratch<T>* s, int distance)
    {
        T.Add(&s->T0, &s->Point.X, &s->Point.Y);
        T.Carry(&s->T0);
        T.Add(&s->T1, &s->Point.Y, &s->Point.Z);
        T.Carry(&s->T1);
        T.Add(&s->T2, &s->Point.X, &s->Point.Z);
        T.Carry(&s->T2);

        // By quarters: X1 X2 | Y1 Y2 | Z1 Z2 | (X1+Y1)(X2+Y2), then (Y1+Z1)(Y2+Z2) | (X1+Z1)(X2+Z2).
        T.JoinQuarters(&s->Pair0, &s->Point.X, &s->Point.Y, &s->Point.Z, &s->T0);
        T.JoinQuarters(&s->Pair1, &s->T1, &s->T2, &s->T1, &s->T2);
        if (distance == 1)
        {
            T.SwapWithin(&s->Left, &s->Pair0, 1);
            T.SwapWithin(&s->Right, &s->Pair1, 1);
        }
        else
        {
            T.FirstQuarter(&s->Point.X, &s->Point.X, 1);
            T.FirstQuarter(&s->Point.Y, &s->Point.Y, 1);
            T.FirstQuarter(&s->Point.Z, &s->Point.Z, 1);
            T.FirstQuarter(&s->T0, &s->T0, 1);
            T.FirstQuarter(&s->T1, &s->T1, 1);
            T.FirstQuarter(&s->T2, &s->T2, 1);
            T.JoinQuarters(&s->Left, &s->Point.X, &s->Point.Y, &s->Point.Z, &s->T0);
            T.JoinQuarters(&s->Right, &s->T1, &s->T2, &s->T1, &s->T2);
        }

        T.Multiply(&s->Pair0, &s->Pair0, &s->Left);
        T.Multiply(&s->Pair1, &s->Pair1, &s->Right);
        T.FirstQuarter(&s->T1, &s->Pair0, 1);
        T.FirstQuarter(&s->T2, &s->Pair0, 2);
        T.FirstQuarter(&s->T3, &s->Pair0, 3);
        T.FirstQuarter(&s->Y3, &s->Pair1, 1);
        T.Subtract(&s->T3, &s->T3, &s->Pair0);
        T.Subtract(&s->T3, &s->T3, &s->T1);
        T.Carry(&s->T3);
        T.Subtract(&s->T4, &s->Pair1, &s->T1);
        T.Subtract(&s->T4, &s->T4, &s->T2);
        T.Carry(&s->T4);
        T.Subtract(&s->Y3, &s->Y3, &s->Pair0);
        T.Subtract(&s->Y3, &s->Y3, &s->T2);
        T.Carry(&s->Y3);
        s->T0 = s->Pair0;
        T.MultiplySmall(&s->T2, &s->T2, ThreeB);
        PrepareLastProducts(s);

        // X3 | Y3 | Z3 = T3 T1 + T4 (-Y3) | Y3 T0 + T1 Z3 | Z3 T4 + T0 T3
        T.JoinQuarters(&s->Pair0, &s->T3, &s->Y3, &s->Left, &s->Left);
        T.JoinQuarters(&s->Pair1, &s->T1, &s->T0, &s->T4, &s->T4);
        T.JoinQuarters(&s->Pair2, &s->T4, &s->T1, &s->T0, &s->T0);
        T.JoinQuarters(&s->Right, &s->Minus, &s->Left, &s->T3, &s->T3);
        T.MultiplySum(&s->Point.X, &s->Pair0, &s->Pair1, &s->Pair2, &s->Right);
        T.FirstQuarter(&s->Point.Y, &s->Point.X, 1);
        T.FirstQuarter(&s->Point.Z, &s->Point.X, 2);
    }

    /// <summary>T0 = X1 X2, T1 = Y1 Y2, T3 = X1 Y2 + X2 Y1 = (X1 + Y1)(X2 + Y2) - T0 - T1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddProducts(LaneScratch<T>* s)
    {
        T.Multiply(&s->T0, &s->Point.X, &s->X);
        T.Multiply(&s->T1, &s->Point.Y, &s->Y);
        T.Add(&s->T3, &s->X, &s->Y);
        T.Carry(&s->T3);
        T.Add(&s->T4, &s->Point.X, &s->Point.Y);
        T.Carry(&s->T4);
        T.NegateSum(&s->Minus, &s->T0, &s->T1);
        T.MultiplyAdd(&s->T3, &s->T3, &s->T4, &s->Minus);
    }

    /// <summary>Lower lanes: a · (a moved down by distance); upper lanes: the same of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPairs(T* result, T* a, T* b, LaneScratch<T>* s, int distance)
    {
        T.JoinLow(&s->Left, a, b);
        if (distance == T.Lanes / 2)
        {
            T.JoinHigh(&s->Right, a, b);
        }
        else
        {
            T.SwapWithin(&s->Right, &s->Left, distance);
        }

        T.Multiply(result, &s->Left, &s->Right);
    }

    /// <summary>The last products, common to both algorithms; T2 comes times 3b, Y3 without it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FinishAddition(LaneScratch<T>* s)
    {
        PrepareLastProducts(s);
        T.MultiplySum(&s->Point.X, &s->T3, &s->T1, &s->T4, &s->Minus);
        T.MultiplySum(&s->Point.Y, &s->Y3, &s->T0, &s->T1, &s->Left);
        T.MultiplySum(&s->Point.Z, &s->Left, &s->T4, &s->T0, &s->T3);
    }

    /// <summary>Y3 times 3b, T0 times 3, Left = Z3 = T1 + T2, T1 - T2, and Minus = -Y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void PrepareLastProducts(LaneScratch<T>* s)
    {
        T.MultiplySmall(&s->Y3, &s->Y3, ThreeB);
        T.MultiplySmall(&s->T0, &s->T0, 3);
        T.Add(&s->Left, &s->T1, &s->T2);
        T.Carry(&s->Left);
        T.Subtract(&s->T1, &s->T1, &s->T2);
        T.Carry(&s->T1);
        T.Negate(&s->Minus, &s->Y3);
    }
}
