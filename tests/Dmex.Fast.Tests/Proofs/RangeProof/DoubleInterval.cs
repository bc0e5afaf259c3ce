using System.Numerics;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// What a double may hold: an interval and a grain (see <see cref="Exact"/>). The operators claim that they are exact; where
/// the code rounds on purpose, the model says so by name.
/// </summary>
/// <remarks>
/// No value is ever subnormal, infinite or NaN, which some processors treat in another time: the constructor claims that
/// all are below 2^1023 and multiples of 2^-1000, so that what is not 0 is a normal double. 0 is allowed: it takes no
/// assistance by microcode. This holds for results and, since every operand is a result, a constant or a converted
/// integer, for operands.
/// </remarks>
internal readonly record struct DoubleInterval
{
    private const int MaxExponent = 1023;
    private const int SmallestGrain = -1000;
    private const int MantissaBits = 52;

    public DoubleInterval(Interval scaled, int grain)
    {
        Assert.True(scaled.Size < Interval.Power(MaxExponent + Exact.Scale), "may be infinite");
        Assert.True(grain >= SmallestGrain, "may be subnormal");
        (Scaled, Grain) = (scaled, scaled.IsPoint ? Math.Max(grain, CoarsestGrain(scaled.Low)) : grain);
    }

    /// <summary>In units of 2^-64.</summary>
    public Interval Scaled { get; }

    public int Grain { get; }

    /// <summary>The integers that the doubles are.</summary>
    public Interval Integer
    {
        get
        {
            Assert.True(Grain >= 0, "not an integer");
            return Scaled >> Exact.Scale;
        }
    }

    public static DoubleInterval Integers(Interval range) => new Exact(range << Exact.Scale, 0).ToDouble();

    /// <summary>A constant of the code.</summary>
    public static implicit operator DoubleInterval(double value)
    {
        var grain = 0;
        for (var rest = value; rest != Math.Floor(rest); rest *= 2)
        {
            grain--;
        }

        Assert.True(grain >= -Exact.Scale);
        return new(Interval.Point((BigInteger)Math.ScaleB(value, -grain) << (Exact.Scale + grain)), grain);
    }

    public static implicit operator Exact(DoubleInterval value) => new(value.Scaled, value.Grain);

    public static DoubleInterval operator +(DoubleInterval a, DoubleInterval b) => ((Exact)a + b).ToDouble();

    public static DoubleInterval operator -(DoubleInterval a, DoubleInterval b) => ((Exact)a - b).ToDouble();

    /// <summary>x · y + z, exact.</summary>
    public static DoubleInterval FusedMultiplyAdd(DoubleInterval x, DoubleInterval y, DoubleInterval z) =>
        (Exact.Product(x, y) + z).ToDouble();

    /// <summary>x · y + z, rounded to nearest.</summary>
    public static DoubleInterval FusedMultiplyAddToNearest(DoubleInterval x, DoubleInterval y, DoubleInterval z) =>
        (Exact.Product(x, y) + z).RoundToNearest();

    /// <summary>x · y + z, rounded toward zero.</summary>
    public static DoubleInterval FusedMultiplyAddTowardZero(DoubleInterval x, DoubleInterval y, DoubleInterval z) =>
        (Exact.Product(x, y) + z).RoundTowardZero();

    /// <summary>
    /// value - (rounded - constant), where rounded is value + constant rounded to nearest: at most half a unit in size,
    /// which intervals alone, forgetting how the two belong together, would not tell.
    /// </summary>
    public static DoubleInterval RestToNearest(Exact value, DoubleInterval rounded, DoubleInterval constant)
    {
        var taken = rounded - constant;
        return (value.Scaled.IsPoint ? value - taken : new Exact(Interval.Within(Unit(rounded) >> 1), value.Grain)).ToDouble();
    }

    /// <summary>The same where rounded was rounded down: from 0 to less than a unit.</summary>
    public static DoubleInterval RestDown(Exact value, DoubleInterval rounded, DoubleInterval constant)
    {
        var taken = rounded - constant;
        return (value.Scaled.IsPoint
            ? value - taken
            : new Exact(Interval.UpTo(Unit(rounded) - Interval.Power(value.Grain + Exact.Scale)), value.Grain)).ToDouble();
    }

    /// <summary>The bits as an integer; all values lie in one binade or at its end, where the bits are linear in the value.</summary>
    public WrappingLong ToBits()
    {
        var exponent = (int)Scaled.Low.GetBitLength() - 1;
        _ = Scaled.Claim(Interval.Power(exponent), Interval.Power(exponent + 1), "one binade, scaled");
        var unit = exponent - MantissaBits;
        Assert.True(Scaled.Low.Sign > 0 && Grain + Exact.Scale >= unit);
        var biased = exponent - Exact.Scale + MaxExponent;
        return new(Interval.Point((BigInteger)biased << MantissaBits) + ((Scaled - Interval.Point(Interval.Power(exponent))) >> unit));
    }

    /// <summary>The double with these bits; all lie in the binade of the exponent.</summary>
    public static DoubleInterval FromBits(WrappingLong bits, int exponent)
    {
        var range = bits.Signed;
        var first = (BigInteger)(exponent + MaxExponent) << MantissaBits;
        _ = range.Claim(first, first + Interval.Power(MantissaBits) - 1, $"bits of doubles from 2^{exponent} on");
        var mantissa = range - Interval.Point(first - Interval.Power(MantissaBits));
        return new(mantissa << (exponent - MantissaBits + Exact.Scale), exponent - MantissaBits);
    }

    /// <summary>The conversion of signed integers to doubles, exact.</summary>
    public static DoubleInterval FromInteger(WrappingLong value) => Integers(value.Signed);

    /// <summary>The conversion of doubles to signed integers.</summary>
    public WrappingLong ToInteger() => new(Integer.ClaimSigned(64, "converted"));

    /// <summary>The number that a model run on single values gives.</summary>
    public double ToNumber()
    {
        Assert.True(Scaled.IsPoint);
        return (double)Integer.Low;
    }

    /// <summary>The distance of doubles in the one binade of the values, scaled.</summary>
    private static BigInteger Unit(DoubleInterval rounded)
    {
        var exponent = (int)rounded.Scaled.Low.GetBitLength() - 1;
        _ = rounded.Scaled.Claim(Interval.Power(exponent), Interval.Power(exponent + 1), "one binade, scaled");
        Assert.True(rounded.Grain + Exact.Scale >= exponent - MantissaBits);
        return Interval.Power(exponent - MantissaBits);
    }

    /// <summary>The largest power of two that divides a single value.</summary>
    private static int CoarsestGrain(BigInteger scaled) =>
        scaled.IsZero ? 0 : (int)(BigInteger.Abs(scaled) & -BigInteger.Abs(scaled)).GetBitLength() - 1 - Exact.Scale;
}
