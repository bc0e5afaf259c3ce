using System.Numerics;
using System.Reflection;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// One lane of a vector field on intervals: what the four- and the eight-lane field have in common. The constants of the
/// columns are the code's own.
/// </summary>
internal abstract class LaneFieldModel(Type field)
{
    protected const int Digits = 5;
    protected const double M = 3.0 * 10141204801825835211973625643008.0; // 3 · 2^103
    protected const double Two52 = 4503599627370496.0;
    protected const double R = 68719492368.0;
    protected const long Fold = 0x1000003D1;

    /// <summary>What "carried" means.</summary>
    public static BigInteger CarriedBound(int digit) =>
        digit < 4 ? Interval.Power(51) + Interval.Power(42) : Interval.Power(47) + Interval.Power(37);

    /// <summary>Every carried element.</summary>
    public static DoubleInterval[] Carried { get; } = Bounded(CarriedBound);

    public static DoubleInterval[] Bounded(Func<int, BigInteger> bound) =>
        [.. Enumerable.Range(0, Digits).Select(i => DoubleInterval.Integers(Interval.Within(bound(i))))];

    /// <summary>The digits, which are claimed to be carried.</summary>
    public static DoubleInterval[] ClaimCarried(DoubleInterval[] digits)
    {
        for (var i = 0; i < Digits; i++)
        {
            _ = digits[i].Integer.Claim(-CarriedBound(i), CarriedBound(i), $"digit {i}, carried");
        }

        return digits;
    }

    public DoubleInterval[] Multiply(DoubleInterval[] a, DoubleInterval[] b) => Reduce(Columns("One", (a, b)));

    public virtual DoubleInterval[] MultiplyAdd(DoubleInterval[] a, DoubleInterval[] b, DoubleInterval[] c)
    {
        var columns = Columns(AddedConstants, (a, b));
        for (var i = 0; i < Digits; i++)
        {
            columns[i] += ToInteger(c[i]);
        }

        return Reduce(columns);
    }

    public DoubleInterval[] MultiplySum(DoubleInterval[] a, DoubleInterval[] b, DoubleInterval[] c, DoubleInterval[] d) =>
        Reduce(Columns("Two", (a, b), (c, d)));

    public static DoubleInterval[] Carry(DoubleInterval[] value) => MultiplySmall(value, 1);

    /// <summary>Also <see cref="Carry"/>, which is the same with a factor of 1: x + M is x · 1 + M.</summary>
    public static DoubleInterval[] MultiplySmall(DoubleInterval[] a, double factor)
    {
        const double down52 = 1 / Two52;
        var (taken, rest) = (new DoubleInterval[Digits], new DoubleInterval[Digits]);
        for (var i = 0; i < Digits; i++)
        {
            DoubleInterval round = i < 4 ? M : M / 16;
            var product = Exact.Product(a[i], (DoubleInterval)factor);
            var rounded = (product + round).RoundToNearest();
            taken[i] = rounded - round;
            rest[i] = DoubleInterval.RestToNearest(product, rounded, round);
        }

        return
        [
            DoubleInterval.FusedMultiplyAdd(taken[4], Fold / 281474976710656.0, rest[0]),
            .. Enumerable.Range(1, Digits - 1).Select(i => DoubleInterval.FusedMultiplyAdd(taken[i - 1], down52, rest[i])),
        ];
    }

    /// <summary>The constants of a product with an element added.</summary>
    protected abstract string AddedConstants { get; }

    /// <summary>The upper and the lower part of a product, with their constants.</summary>
    protected abstract (WrappingLong High, WrappingLong Low) Split(DoubleInterval x, DoubleInterval y);

    protected abstract WrappingLong ToInteger(DoubleInterval value);

    protected abstract DoubleInterval[] Reduce(WrappingLong[] c);

    /// <summary>Adds a product's parts to two columns.</summary>
    protected void Next(WrappingLong[] columns, int high, int low, DoubleInterval x, DoubleInterval y)
    {
        var parts = Split(x, y);
        columns[high] += parts.High;
        columns[low] += parts.Low;
    }

    private WrappingLong[] Columns(string constants, params (DoubleInterval[] Left, DoubleInterval[] Right)[] products)
    {
        var columns = new WrappingLong[(2 * Digits)];
        for (var k = 0; k < columns.Length; k++)
        {
            columns[k] = (long)field.GetField($"{constants}{k}", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
        }

        foreach (var (left, right) in products)
        {
            for (var i = 0; i < Digits; i++)
            {
                for (var j = 0; j < Digits; j++)
                {
                    var product = Exact.Product(left[i], right[j]);
                    Assert.True(product.Size < Interval.Power(103 + Exact.Scale), "a product of digits is 2^103 or more");
                    Next(columns, i + j + 1, i + j, left[i], right[j]);
                }
            }
        }

        return columns;
    }
}
