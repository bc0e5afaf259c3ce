using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>A lane of <see cref="FieldElementX4"/> on intervals, operation by operation.</summary>
internal sealed class LaneFieldX4Model() : LaneFieldModel(typeof(FieldElementX4))
{
    private const long BitsOfC = 0x4338000000000000;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double C = 6755399441055744.0; // 3 · 2^51
    private const double HalfDigit = 2251799813685248.0;
    private const double HalfTop = 140737488355328.0;
    private const long BiasCarry = 1L << 8;

    protected override string AddedConstants => "Added";

    /// <summary>
    /// h = RN(x·y + M) = M + 2^52 · H; x·y + (M - h) is exact and at most 2^51 in size; C added, it is in [2^52, 2^53].
    /// </summary>
    protected override (WrappingLong High, WrappingLong Low) Split(DoubleInterval x, DoubleInterval y)
    {
        var h = DoubleInterval.FusedMultiplyAddToNearest(x, y, M);
        _ = h.Integer.Claim(Interval.Power(104), Interval.Power(105), "h");
        _ = (DoubleInterval)M - h;
        var rest = DoubleInterval.RestToNearest(Exact.Product(x, y), h, M);
        _ = rest.Integer.Claim(-Interval.Power(51), Interval.Power(51), "the lower part");
        return (h.ToBits(), (rest + C).ToBits());
    }

    /// <summary>x = 2^26 · u + v, and the bits of both with their constants.</summary>
    protected override WrappingLong ToInteger(DoubleInterval value)
    {
        const double round = C * 67108864;
        var upper = ((Exact)value + (DoubleInterval)round).RoundToNearest();
        var rest = DoubleInterval.RestToNearest(value, upper, round);
        return (upper.ToBits() << 26) + (rest + C).ToBits();
    }

    protected override DoubleInterval[] Reduce(WrappingLong[] c)
    {
        _ = c[9].Claim(Interval.Power(44), "column 9, as stated");
        Next(c, 5, 4, DoubleInterval.FromBits(c[9] + BitsOfC, 52) - C, R);
        c[6] += Biased(c, 5) >>> 52;
        c[7] += Biased(c, 6) >>> 52;
        c[8] += Biased(c, 7) >>> 52;

        var upper8 = DoubleInterval.FromBits((Biased(c, 8) >>> 52) + (BitsOfC - BiasCarry), 52) - C;
        Next(c, 4, 3, DoubleInterval.FusedMultiplyAdd(upper8, Two52, Digit(c[8])), R);

        c[0] += MultiplyByFold(Biased(c, 4) >>> 48);
        c[4] = c[4].LowBits(48);
        Next(c, 1, 0, Digit(c[5]), R);
        Next(c, 2, 1, Digit(c[6]), R);
        Next(c, 3, 2, Digit(c[7]), R);

        return
        [
            Digit(c[0]) - HalfDigit,
            Digit(c[1]) - HalfDigit + SmallCarry(c, 0),
            Digit(c[2]) - HalfDigit + SmallCarry(c, 1),
            Digit(c[3]) - HalfDigit + SmallCarry(c, 2),
            Digit(c[4]) - HalfTop + SmallCarry(c, 3),
        ];
    }

    /// <summary>A column with its bias of 2^60: not negative, and below 2^61, so that the logical shift is the true one.</summary>
    private static WrappingLong Biased(WrappingLong[] c, int column)
    {
        _ = c[column].Signed.Claim(0, Interval.Power(61), $"column {column}, biased");
        return c[column];
    }

    /// <summary>The lower 52 bits, set as the mantissa of a double in [2^52, 2^53).</summary>
    private static DoubleInterval Digit(WrappingLong column) => DoubleInterval.FromBits(column.LowBits(52) + BitsOfTwo52, 52) - Two52;

    private static DoubleInterval SmallCarry(WrappingLong[] c, int column) =>
        DoubleInterval.FromBits((Biased(c, column) >>> 52) + BitsOfTwo52, 52) - (Two52 + BiasCarry);

    /// <summary>The lower 32 bits of the value are multiplied by 977: that is the value, which is below 2^16.</summary>
    private static WrappingLong MultiplyByFold(WrappingLong value)
    {
        _ = value.Unsigned.Claim(0, Interval.Power(16) - 1, "what is above 2^256");
        return (value << 32) + new WrappingLong(value.Sum * Interval.Point(Fold & 0xFFFFFFFF));
    }
}
