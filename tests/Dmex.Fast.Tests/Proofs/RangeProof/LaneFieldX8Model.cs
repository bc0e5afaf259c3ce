using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>A lane of <see cref="FieldElementX8"/> on intervals, operation by operation.</summary>
internal sealed class LaneFieldX8Model() : LaneFieldModel(typeof(FieldElementX8))
{
    private const double HalfDigit = 2251799813685248.0;
    private const double HalfTop = 140737488355328.0;

    protected override string AddedConstants => "One";

    /// <summary>
    /// h = RZ(x·y + M) = M + 2^52 · floor(x·y / 2^52); x·y + (M + 2^52 - h) = 2^52 + (x·y mod 2^52), in [2^52, 2^53), exact.
    /// </summary>
    public static (WrappingLong High, WrappingLong Low) SplitDown(DoubleInterval x, DoubleInterval y)
    {
        var h = DoubleInterval.FusedMultiplyAddTowardZero(x, y, M);
        _ = h.Integer.Claim(Interval.Power(104), Interval.Power(105) - 1, "h");
        _ = (DoubleInterval)(M + Two52) - h;
        var low = DoubleInterval.RestDown(Exact.Product(x, y), h, M) + Two52;
        _ = low.Integer.Claim(Interval.Power(52), Interval.Power(53) - 1, "the lower part");
        return (h.ToBits(), low.ToBits());
    }

    protected override (WrappingLong High, WrappingLong Low) Split(DoubleInterval x, DoubleInterval y) => SplitDown(x, y);

    protected override WrappingLong ToInteger(DoubleInterval value) => value.ToInteger();

    protected override DoubleInterval[] Reduce(WrappingLong[] c)
    {
        // The sums of the products fit 60 bits, of which the constants alone would overflow many times.
        Next(c, 5, 4, DoubleInterval.FromInteger(c[9]), R);

        c[8] += c[7].Claim(Interval.Power(60), "column 7") >> 52;
        c[7] = c[7].LowBits(52) + (c[6].Claim(Interval.Power(60), "column 6") >> 52);
        c[6] = c[6].LowBits(52) + (c[5].Claim(Interval.Power(60), "column 5") >> 52);
        c[5] = c[5].LowBits(52);
        Next(c, 4, 3, DoubleInterval.FromInteger(c[8]), R);

        var above256 = c[4].Claim(Interval.Power(60), "column 4") >> 48;
        c[4] = c[4].LowBits(48);
        c[0] += new WrappingLong((above256.Signed * Interval.Point(Fold)).ClaimSigned(64, "folded"));
        Next(c, 1, 0, DoubleInterval.FromInteger(c[5]), R);
        Next(c, 2, 1, DoubleInterval.FromInteger(c[6]), R);
        Next(c, 3, 2, DoubleInterval.FromInteger(c[7]), R);

        for (var i = 0; i < 4; i++)
        {
            _ = c[i].Claim(Interval.Power(60), $"column {i}");
        }

        return
        [
            DoubleInterval.FromInteger(c[0].LowBits(52)) - HalfDigit,
            DoubleInterval.FromInteger(c[1].LowBits(52) + (c[0] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[2].LowBits(52) + (c[1] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[3].LowBits(52) + (c[2] >> 52)) - HalfDigit,
            DoubleInterval.FromInteger(c[4] + (c[3] >> 52)) - HalfTop,
        ];
    }
}
