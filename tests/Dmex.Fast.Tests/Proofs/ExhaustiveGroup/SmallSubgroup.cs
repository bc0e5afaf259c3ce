using System.Numerics;
using Dmex.Fast.Tests.Proofs.Reference;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>
/// All points of a subgroup of small prime order on a curve y² = x³ + b over the field of secp256k1, in the manner of
/// libsecp256k1's tests_exhaustive.c. None of the portable point formulas contains b, so they hold there too.
/// </summary>
/// <remarks>
/// Such curves come in six isomorphism classes (twists). With t = p + 1 - n the trace of secp256k1 and 4p = t² + 3f², their
/// traces are ±t and ±(t ± 3f) / 2, and p + 1 less a trace is a number of points. Among their factors below 2,000 are 7,
/// 13 and 199; a random point times the cofactor has that order.
/// </remarks>
internal sealed class SmallSubgroup
{
    private SmallSubgroup(BigInteger b, int order, ReferencePoint generator)
    {
        (B, Order) = (b, order);
        var points = new ReferencePoint[order];
        points[0] = ReferencePoint.Infinity;
        for (var i = 1; i < order; i++)
        {
            points[i] = ReferenceCurve.Add(points[i - 1], generator);
        }

        Assert.Equal(ReferencePoint.Infinity, ReferenceCurve.Add(points[^1], generator));
        Assert.Equal(order, points.Distinct().Count());
        Assert.All(
            points.Skip(1),
            point => Assert.Equal(point.Y * point.Y % ReferenceCurve.P, ((BigInteger.Pow(point.X, 3) + b) % ReferenceCurve.P)));
        Points = points;
    }

    public BigInteger B { get; }

    public int Order { get; }

    /// <summary>Points[k] = k times the generator.</summary>
    public IReadOnlyList<ReferencePoint> Points { get; }

    /// <summary>The numbers of points of the six twists.</summary>
    public static IReadOnlyList<BigInteger> CurveOrders { get; } = MakeCurveOrders();

    /// <summary>A subgroup of prime order on the curve of the least b that has one.</summary>
    public static SmallSubgroup Find(Random random, int order)
    {
        var curveOrder = CurveOrders.Single(candidate => (candidate % order).IsZero);
        for (BigInteger b = 1; ; b++)
        {
            if (ReferenceCurve.Multiply(RandomPoint(random, b), curveOrder).IsInfinity
                && ReferenceCurve.Multiply(RandomPoint(random, b), curveOrder).IsInfinity)
            {
                return new(b, order, PointOfOrder(random, b, order, curveOrder));
            }
        }
    }

    private static ReferencePoint PointOfOrder(Random random, BigInteger b, int order, BigInteger curveOrder)
    {
        var cofactor = curveOrder;
        while ((cofactor % order).IsZero)
        {
            cofactor /= order;
        }

        while (true)
        {
            // Its order is a power of the prime: the last multiple by it before infinity has the prime as order.
            var point = ReferenceCurve.Multiply(RandomPoint(random, b), cofactor);
            for (var next = point; !next.IsInfinity; next = ReferenceCurve.Multiply(next, order))
            {
                point = next;
            }

            if (!point.IsInfinity)
            {
                return point;
            }
        }
    }

    private static ReferencePoint RandomPoint(Random random, BigInteger b)
    {
        while (true)
        {
            var x = Numbers.Below(random, ReferenceCurve.P);
            var square = ((x * x * x) + b) % ReferenceCurve.P;
            var y = BigInteger.ModPow(square, (ReferenceCurve.P + 1) / 4, ReferenceCurve.P);
            if (y * y % ReferenceCurve.P == square && !y.IsZero)
            {
                return ReferencePoint.At(x, y);
            }
        }
    }

    private static BigInteger[] MakeCurveOrders()
    {
        var t = ReferenceCurve.P + 1 - ReferenceCurve.N;
        var f = SquareRoot(((4 * ReferenceCurve.P) - (t * t)) / 3);
        BigInteger[] traces = [t, -t, (t + (3 * f)) / 2, -(t + (3 * f)) / 2, (t - (3 * f)) / 2, -(t - (3 * f)) / 2];
        return [.. traces.Select(trace => ReferenceCurve.P + 1 - trace)];
    }

    /// <summary>The root of a square, by Newton's iteration from above.</summary>
    private static BigInteger SquareRoot(BigInteger square)
    {
        var root = BigInteger.One << (int)((square.GetBitLength() / 2) + 1);
        while (root * root > square)
        {
            root = (root + (square / root)) >> 1;
        }

        Assert.Equal(square, root * root);
        return root;
    }
}
