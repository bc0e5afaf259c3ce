using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Lanes;

/// <summary>
/// A point of the curve in each lane, in homogeneous coordinates: x = X / Z, y = Y / Z; infinity is (0 : 1 : 0). The
/// coordinates are carried between operations.
/// </summary>
/// <remarks>
/// Complete formulas: Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2016), for
/// a = 0 and 3b = 21. They hold for all points of an odd-order curve, including equal, opposite and infinite ones, so no
/// lane needs a case of its own; in lanes they cost what Jacobian ones do.
/// </remarks>
internal struct LanePoint<T>
    where T : unmanaged, ILaneField<T>
{
    private const double ThreeB = 21;

    public T X;
    public T Y;
    public T Z;

    /// <summary>p := p + (x, y), lane by lane (algorithm 8).</summary>
    /// <param name="p">Any points.</param>
    /// <param name="x">Carried.</param>
    /// <param name="y">Carried.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffine(ref LanePoint<T> p, in T x, in T y)
    {
        T.Multiply(out var t0, in p.X, in x);
        T.Multiply(out var t1, in p.Y, in y);
        T.Add(out var t3, in x, in y);
        T.Carry(ref t3);
        T.Add(out var t4, in p.X, in p.Y);
        T.Carry(ref t4);
        T.NegateSum(out var minus, in t0, in t1);
        T.MultiplyAdd(out t3, in t3, in t4, in minus); // t3 = X1 Y2 + X2 Y1
        T.MultiplyAdd(out t4, in y, in p.Z, in p.Y); // t4 = Y1 Z2 + Y2 Z1
        T.MultiplyAdd(out var y3, in x, in p.Z, in p.X); // y3 = X1 Z2 + X2 Z1
        T.MultiplySmall(out var t2, in p.Z, ThreeB);
        Complete(ref p, ref t0, ref t1, ref t2, in t3, in t4, ref y3);
    }

    /// <summary>
    /// Adds the upper of two groups of lanes to the lower: lane i := lane i + lane (i + distance) for i below distance; the
    /// other lanes are left with points of no use (algorithm 7, with two products a multiplication).
    /// </summary>
    /// <param name="p">The lanes from 2 · distance on are not used.</param>
    /// <param name="distance">Half the lanes, then half of that, down to 1.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(ref LanePoint<T> p, int distance)
    {
        T.Add(out var xy, in p.X, in p.Y);
        T.Carry(ref xy);
        T.Add(out var yz, in p.Y, in p.Z);
        T.Carry(ref yz);
        T.Add(out var xz, in p.X, in p.Z);
        T.Carry(ref xz);

        // Lower half | upper half of the lanes: X1 X2 | Y1 Y2, then Z1 Z2 | (X1+Y1)(X2+Y2), then (Y1+Z1)(Y2+Z2) | (X1+Z1)(X2+Z2).
        MultiplyPairs(out var xxyy, in p.X, in p.Y, distance);
        MultiplyPairs(out var zzxy, in p.Z, in xy, distance);
        MultiplyPairs(out var yzxz, in yz, in xz, distance);
        T.SwapHalves(out var t1, in xxyy);
        T.SwapHalves(out var t3, in zzxy);
        T.SwapHalves(out var y3, in yzxz);
        T.Subtract(out t3, in t3, in xxyy);
        T.Subtract(out t3, in t3, in t1);
        T.Carry(ref t3); // X1 Y2 + X2 Y1
        T.Subtract(out var t4, in yzxz, in t1);
        T.Subtract(out t4, in t4, in zzxy);
        T.Carry(ref t4); // Y1 Z2 + Y2 Z1
        T.Subtract(out y3, in y3, in xxyy);
        T.Subtract(out y3, in y3, in zzxy);
        T.Carry(ref y3); // X1 Z2 + X2 Z1
        T.MultiplySmall(out var t2, in zzxy, ThreeB);
        Complete(ref p, ref xxyy, ref t1, ref t2, in t3, in t4, ref y3);
    }

    /// <summary>Lower lanes: a · (a moved down by distance); upper lanes: the same of b.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyPairs(out T result, in T a, in T b, int distance)
    {
        T.JoinLow(out var left, in a, in b);
        T right;
        if (distance == T.Lanes / 2)
        {
            T.JoinHigh(out right, in a, in b);
        }
        else
        {
            T.SwapWithin(out right, in left, distance);
        }

        T.Multiply(out result, in left, in right);
    }

    /// <summary>The last products, common to both algorithms; t2 comes times 3b.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Complete(ref LanePoint<T> p, ref T t0, ref T t1, ref T t2, in T t3, in T t4, ref T y3)
    {
        T.MultiplySmall(out y3, in y3, ThreeB);
        T.MultiplySmall(out t0, in t0, 3);
        T.Add(out var z3, in t1, in t2);
        T.Carry(ref z3);
        T.Subtract(out t1, in t1, in t2);
        T.Carry(ref t1);
        T.Negate(out var minus, in y3);
        T.MultiplySum(out p.X, in t3, in t1, in t4, in minus);
        T.MultiplySum(out p.Y, in y3, in t0, in t1, in z3);
        T.MultiplySum(out p.Z, in z3, in t4, in t0, in t3);
    }
}
