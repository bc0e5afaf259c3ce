using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Lanes;

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
        s->Point.Z = T.One;
    }

    /// <summary>Point := Point + (X, Y), where Point is still affine: algorithm 8 with Z1 = 1, without its products with Z1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffineToAffine(LaneScratch<T>* s)
    {
        AddProducts(s);
        T.Add(out s->T4, in s->Point.Y, in s->Y);
        T.Carry(ref s->T4);
        T.Add(out s->Y3, in s->Point.X, in s->X);
        T.MultiplySmall(out s->T2, T.One, ThreeB);
        Complete(s);
    }

    /// <summary>Point := Point + (X, Y), lane by lane (algorithm 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffine(LaneScratch<T>* s)
    {
        AddProducts(s);
        T.MultiplyAdd(out s->T4, in s->Y, in s->Point.Z, in s->Point.Y); // Y1 Z2 + Y2 Z1
        T.MultiplyAdd(out s->Y3, in s->X, in s->Point.Z, in s->Point.X); // X1 Z2 + X2 Z1
        T.MultiplySmall(out s->T2, in s->Point.Z, ThreeB);
        Complete(s);
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
        T.Add(out s->T0, in s->Point.X, in s->Point.Y);
        T.Carry(ref s->T0);
        T.Add(out s->T1, in s->Point.Y, in s->Point.Z);
        T.Carry(ref s->T1);
        T.Add(out s->T2, in s->Point.X, in s->Point.Z);
        T.Carry(ref s->T2);
        MultiplyPairs(out s->Pair0, in s->Point.X, in s->Point.Y, s, distance);
        MultiplyPairs(out s->Pair1, in s->Point.Z, in s->T0, s, distance);
        MultiplyPairs(out s->Pair2, in s->T1, in s->T2, s, distance);

        T.SwapHalves(out s->T1, in s->Pair0);
        T.SwapHalves(out s->T3, in s->Pair1);
        T.SwapHalves(out s->Y3, in s->Pair2);
        T.Subtract(out s->T3, in s->T3, in s->Pair0);
        T.Subtract(out s->T3, in s->T3, in s->T1);
        T.Carry(ref s->T3); // X1 Y2 + X2 Y1
        T.Subtract(out s->T4, in s->Pair2, in s->T1);
        T.Subtract(out s->T4, in s->T4, in s->Pair1);
        T.Carry(ref s->T4); // Y1 Z2 + Y2 Z1
        T.Subtract(out s->Y3, in s->Y3, in s->Pair0);
        T.Subtract(out s->Y3, in s->Y3, in s->Pair1);
        T.Carry(ref s->Y3); // X1 Z2 + X2 Z1
        s->T0 = s->Pair0;
        T.MultiplySmall(out s->T2, in s->Pair1, ThreeB);
        Complete(s);
    }

    /// <summary>T0 = X1 X2, T1 = Y1 Y2, T3 = X1 Y2 + X2 Y1 = (X1 + Y1)(X2 + Y2) - T0 - T1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts(LaneScratch<T>* s)
    {
        T.Multiply(out s->T0, in s->Point.X, in s->X);
        T.Multiply(out s->T1, in s->Point.Y, in s->Y);
        T.Add(out s->T3, in s->X, in s->Y);
        T.Carry(ref s->T3);
        T.Add(out s->T4, in s->Point.X, in s->Point.Y);
        T.Carry(ref s->T4);
        T.NegateSum(out s->Minus, in s->T0, in s->T1);
        T.MultiplyAdd(out s->T3, in s->T3, in s->T4, in s->Minus);
    }

    /// <summary>Lower lanes: a · (a moved down by distance); upper lanes: the same of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyPairs(out T result, in T a, in T b, LaneScratch<T>* s, int distance)
    {
        T.JoinLow(out s->Left, in a, in b);
        if (distance == T.Lanes / 2)
        {
            T.JoinHigh(out s->Right, in a, in b);
        }
        else
        {
            T.SwapWithin(out s->Right, in s->Left, distance);
        }

        T.Multiply(out result, in s->Left, in s->Right);
    }

    /// <summary>The last products, common to both algorithms; T2 comes times 3b, Y3 without it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Complete(LaneScratch<T>* s)
    {
        T.MultiplySmall(out s->Y3, in s->Y3, ThreeB);
        T.MultiplySmall(out s->T0, in s->T0, 3);
        T.Add(out s->Left, in s->T1, in s->T2);
        T.Carry(ref s->Left); // Z3
        T.Subtract(out s->T1, in s->T1, in s->T2);
        T.Carry(ref s->T1);
        T.Negate(out s->Minus, in s->Y3);
        T.MultiplySum(out s->Point.X, in s->T3, in s->T1, in s->T4, in s->Minus);
        T.MultiplySum(out s->Point.Y, in s->Y3, in s->T0, in s->T1, in s->Left);
        T.MultiplySum(out s->Point.Z, in s->Left, in s->T4, in s->T0, in s->T3);
    }
}
