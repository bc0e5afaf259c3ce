using System.Numerics;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// The exact result of an operation on doubles, before it is rounded: an interval, in units of 2^-64, and the grain: every
/// value is a multiple of 2^Grain.
/// </summary>
internal readonly record struct Exact(Interval Scaled, int Grain)
{
    /// <summary>How many bits stand below the point.</summary>
    public const int Scale = 64;
    private const int Precision = 53;

    public BigInteger Size => Scaled.Size;

    public static Exact operator +(Exact a, Exact b) => new(a.Scaled + b.Scaled, Math.Min(a.Grain, b.Grain));

    public static Exact operator -(Exact a, Exact b) => new(a.Scaled - b.Scaled, Math.Min(a.Grain, b.Grain));

    public static Exact Product(Exact a, Exact b) => new((a.Scaled * b.Scaled) >> Scale, a.Grain + b.Grain);

    /// <summary>A double, since no value needs more than 53 bits: nothing is rounded, in any mode.</summary>
    public DoubleInterval ToDouble()
    {
        Assert.True(
            Size <= Interval.Power(Precision + Grain + Scale), $"not exact: {Scaled} in units of 2^-{Scale}, multiples of 2^{Grain}");
        return new(Scaled, Grain);
    }

    /// <summary>Rounded to the nearest double, ties to even.</summary>
    public DoubleInterval RoundToNearest() => Round(static (value, ulp) =>
    {
        var quotient = value >> ulp;
        var doubledRest = (value - (quotient << ulp)) << 1;
        var up = doubledRest.CompareTo(Interval.Power(ulp)) switch { < 0 => false, 0 => !quotient.IsEven, _ => true };
        return (up ? quotient + 1 : quotient) << ulp;
    });

    /// <summary>Rounded toward zero; all values are positive where it is used.</summary>
    public DoubleInterval RoundTowardZero()
    {
        Assert.True(Scaled.Low.Sign > 0);
        return Round(static (value, ulp) => (value >> ulp) << ulp);
    }

    /// <summary>Rounding is monotone, so the rounded ends bound what is rounded; and it never makes a grain finer.</summary>
    private DoubleInterval Round(Func<BigInteger, int, BigInteger> round)
    {
        var scaled = new Interval(RoundOne(Scaled.Low, round), RoundOne(Scaled.High, round));
        var sameSign = Scaled.Low.Sign == Scaled.High.Sign && Scaled.Low.Sign != 0;
        var smallest = BigInteger.Min(BigInteger.Abs(Scaled.Low), BigInteger.Abs(Scaled.High));
        return new(scaled, sameSign ? Math.Max(Grain, Ulp(smallest) - Scale) : Grain);
    }

    private BigInteger RoundOne(BigInteger value, Func<BigInteger, int, BigInteger> round) =>
        value.IsZero || Ulp(BigInteger.Abs(value)) <= Grain + Scale ? value : round(value, Ulp(BigInteger.Abs(value)));

    /// <summary>The distance of doubles around a value, as a power of two, in scaled units.</summary>
    private static int Ulp(BigInteger size) => (int)size.GetBitLength() - Precision;
}
