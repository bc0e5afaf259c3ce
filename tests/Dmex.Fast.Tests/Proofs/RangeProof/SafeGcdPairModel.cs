using System.Numerics;
using Dmex.Fast.Tests.Proofs.Reference;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// <see cref="Dmex.Fast.Signing.Vectors.SafeGcdPair"/> on intervals, for one of its two moduli: five centered digits of 52 bits
/// in doubles.
/// </summary>
internal sealed class SafeGcdPairModel
{
    public const int Digits = 5;
    public const int Steps = 50;
    private const int Rounds = 12;
    private const long BitsOfM = 0x4678000000000000;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double M = 3.0 * 10141204801825835211973625643008.0; // 3 · 2^103
    private const double HalfDigit = 2251799813685248.0;

    private readonly BigInteger _modulus;
    private readonly BigInteger _inverse;
    private readonly DoubleInterval[] _modulusDigits;

    public SafeGcdPairModel(BigInteger modulus)
    {
        _modulus = modulus;
        _inverse = ReferenceCurve.Inverse(modulus, Interval.Power(Steps));
        _modulusDigits = CenteredDigits(modulus);
    }

    /// <summary>What digits 0 to 3 are at most between rounds.</summary>
    public static BigInteger DigitBound { get; } = Interval.Power(51) + Interval.Power(5);

    /// <summary>The largest sum of digits 0 to 3 with their places.</summary>
    public static BigInteger LowerDigitsBound { get; } =
        Enumerable.Range(0, Digits - 1).Select(i => DigitBound << (52 * i)).Aggregate((a, b) => a + b);

    /// <summary>Digits of every value in a range: 0 to 3 at their bounds, 4 what is left for it.</summary>
    public static DoubleInterval[] Any(Interval value)
    {
        var lower = DoubleInterval.Integers(Interval.Within(DigitBound));
        var top = new Interval(-((-(value.Low - LowerDigitsBound)) >> 208), (value.High + LowerDigitsBound) >> 208);
        return [lower, lower, lower, lower, DoubleInterval.Integers(top)];
    }

    public static BigInteger Value(DoubleInterval[] digits) =>
        digits.Select((digit, i) => digit.Integer.Low << (52 * i)).Aggregate((a, b) => a + b);

    /// <summary>The inverse of a number by the model, which claims all bounds on the way.</summary>
    public BigInteger Invert(BigInteger value)
    {
        var (f, g, d, e) = (CenteredDigits(_modulus), Center(Cut(value)), CenteredDigits(0), CenteredDigits(1));
        var zeta = -1L;
        for (var round = 0; round < Rounds; round++)
        {
            var t = DivSteps.Run(ref zeta, Value(f), Value(g), Steps, start: 1);
            (f, g) = (Apply(t.U, t.V, f, g, isDE: false), Apply(t.Q, t.R, f, g, isDE: false));
            (d, e) = (Apply(t.U, t.V, d, e, isDE: true), Apply(t.Q, t.R, d, e, isDE: true));
        }

        Assert.True(Value(g).IsZero);
        return Finish(Value(f).Sign < 0 ? -Value(d) : Value(d));
    }

    /// <summary>(alpha · left + beta · right + m · modulus) / 2^50, digit by digit.</summary>
    public DoubleInterval[] Apply(Interval alpha, Interval beta, DoubleInterval[] left, DoubleInterval[] right, bool isDE)
    {
        var m = isDE ? Multiple(alpha, beta, left, right) : Interval.Point(0);
        DoubleInterval a = DoubleInterval.Integers(alpha), b = DoubleInterval.Integers(beta), times = DoubleInterval.Integers(m);
        var (high, low) = (new WrappingLong[Digits], new WrappingLong[Digits]);
        for (var i = 0; i < Digits; i++)
        {
            // The modulus is in the lanes of d and e alone.
            var modulusDigit = isDE ? _modulusDigits[i] : 0.0;
            foreach (var (x, y) in new[] { (a, left[i]), (b, right[i]), (times, modulusDigit) })
            {
                Assert.True(Exact.Product(x, y).Size < Interval.Power(103 + Exact.Scale), "a product of 2^103 or more");
                var parts = LaneFieldX8Model.SplitDown(x, y);
                high[i] += parts.High;
                low[i] += parts.Low;
            }
        }

        WrappingLong both = unchecked(-3 * (BitsOfTwo52 + BitsOfM));
        var c = new WrappingLong[Digits + 1];
        c[0] = low[0] + unchecked(-3 * BitsOfTwo52);
        for (var i = 1; i < Digits; i++)
        {
            c[i] = low[i] + high[i - 1] + both;
        }

        c[5] = high[4] + unchecked(-3 * BitsOfM);
        return DropColumn0(c);
    }

    /// <summary>d with its sign in the modulus' least remainder, as values; see the tests for the digits.</summary>
    public BigInteger Finish(BigInteger value)
    {
        var range = FinishRange(Interval.Point(value));
        Assert.True(range.IsPoint);
        return range.Low;
    }

    public Interval FinishRange(Interval value)
    {
        for (var i = 0; i < 3; i++)
        {
            value = Ranges.AddIfNegative(value, _modulus);
        }

        for (var i = 0; i < 3; i++)
        {
            value = Ranges.SubtractIfNotBelow(value, _modulus);
        }

        return value;
    }

    /// <summary>Moves what exceeds half a digit up into the next.</summary>
    public static DoubleInterval[] Center(DoubleInterval[] digits)
    {
        var result = digits.ToArray();
        for (var i = 0; i < Digits - 1; i++)
        {
            var rounded = ((Exact)result[i] + (DoubleInterval)M).RoundToNearest();
            var taken = rounded - M;
            result[i] = DoubleInterval.RestToNearest(result[i], rounded, M);
            result[i + 1] = DoubleInterval.FusedMultiplyAdd(taken, 1 / 4503599627370496.0, result[i + 1]);
        }

        return result;
    }

    /// <summary>The digits of a value below 2^256, not centered.</summary>
    private static DoubleInterval[] Cut(BigInteger value) =>
        [.. Enumerable.Range(0, Digits).Select(i => DoubleInterval.Integers(Interval.Point(
            i < Digits - 1 ? (value >> (52 * i)) & (Interval.Power(52) - 1) : value >> (52 * i))))];

    private static DoubleInterval[] CenteredDigits(BigInteger value) => Center(Cut(value));

    /// <summary>Divides by 2^50: times 4, and column 0, what it carries aside, falls off.</summary>
    private static DoubleInterval[] DropColumn0(WrappingLong[] c)
    {
        WrappingLong half = 1L << 51;
        for (var i = 0; i < c.Length; i++)
        {
            c[i] = c[i].Claim(Interval.Power(60), $"column {i}") << (i == 0 ? 0 : 2);
        }

        c[1] += (c[0] >> 50) + half;
        c[2] += half;
        c[3] += half;
        c[4] += half;
        return
        [
            DoubleInterval.FromInteger(c[1].LowBits(52)) - HalfDigit,
            DoubleInterval.FromInteger(c[2].LowBits(52) + (c[1] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[3].LowBits(52) + (c[2] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[4].LowBits(52) + (c[3] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[5] + (c[4] >> 52)),
        ];
    }

    /// <summary>m: one modulus for each negative value, less what clears the low 50 bits.</summary>
    private Interval Multiple(Interval alpha, Interval beta, DoubleInterval[] left, DoubleInterval[] right)
    {
        var mask = Interval.Power(Steps) - 1;
        if (alpha.IsPoint)
        {
            var added = (left[4].Integer.Low.Sign < 0 ? alpha.Low : 0) + (right[4].Integer.Low.Sign < 0 ? beta.Low : 0);
            var low = (alpha.Low * left[0].Integer.Low) + (beta.Low * right[0].Integer.Low);
            return added - (((_inverse * low) + added) & mask);
        }

        // The sum of alpha and beta, or one of them, or neither: at most 2^50, as the norm of a row.
        return Interval.Within(Interval.Power(Steps)) - Interval.UpTo(mask);
    }
}
