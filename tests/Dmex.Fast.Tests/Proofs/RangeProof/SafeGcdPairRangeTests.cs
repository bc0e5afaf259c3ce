using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// A round of the paired inverses keeps its digits and values within the bounds that the code states; every operation on
/// doubles is exact or rounds as derived, and none meets a subnormal, an infinity or NaN.
/// </summary>
public sealed class SafeGcdPairRangeTests(ITestOutputHelper output)
{
    private static readonly BigInteger Slack = Interval.Power(208);
    private static readonly BigInteger[] Moduli = [ReferenceCurve.P, ReferenceCurve.N];

    [Fact]
    public void The_rows_of_a_matrix_have_a_norm_of_at_most_2_to_the_50() =>
        Assert.Equal(Interval.Power(SafeGcdPairModel.Steps), DivSteps.Any(SafeGcdPairModel.Steps, start: 1).RowNorm);

    [Fact]
    public void Centring_a_normal_value_is_exact()
    {
        var normal = LaneFieldModel.Bounded(i => Interval.Power(i < 4 ? 52 : 48));
        var digits = SafeGcdPairModel.Center(normal);
        Assert.All(digits.Take(4), digit => digit.Integer.Claim(-SafeGcdPairModel.DigitBound, SafeGcdPairModel.DigitBound, "digit"));
    }

    [Fact]
    public void A_round_keeps_the_bounds_of_digits_and_values()
    {
        foreach (var modulus in Moduli)
        {
            var t = DivSteps.Any(SafeGcdPairModel.Steps, start: 1);
            var fg = Interval.Within(modulus);
            _ = (t.First(fg, fg) >> SafeGcdPairModel.Steps).Claim(-modulus, modulus, "f and g");
            AssertRound(modulus, t, fg, isDE: false);

            // d and e in (-2 m - 2^208, m + 2^208): see RaisedDE for what is multiplied by the matrix.
            var de = new Interval(1 - (2 * modulus) - Slack, modulus + Slack - 1);
            var raised = RaisedDE(de, modulus);
            var sum = t.First(raised, raised) - Interval.UpTo((Interval.Power(SafeGcdPairModel.Steps) - 1) * modulus);
            var low = -((-sum.Low) >> SafeGcdPairModel.Steps); // rounded up: the division is exact
            _ = new Interval(low, sum.High >> SafeGcdPairModel.Steps).Claim(de.Low, de.High, "d and e");
            AssertRound(modulus, t, de, isDE: true);
        }
    }

    [Fact]
    public void The_last_steps_give_the_least_remainder_and_their_digits_fit()
    {
        foreach (var modulus in Moduli)
        {
            var signed = Interval.Within((2 * modulus) + Slack);
            _ = signed.Claim(1 - (3 * modulus), (3 * modulus) - 1, "d with its sign, as stated");
            _ = new SafeGcdPairModel(modulus).FinishRange(signed).Claim(0, modulus - 1, "the inverse");
        }

        // Digits: a sign, then three times a carry and a digit of the modulus, which is at most 2^52 in size.
        var digit = Interval.Within(Interval.Power(53));
        for (var i = 0; i < 7; i++)
        {
            digit = (digit + (digit >> 52) + Interval.Within(Interval.Power(52))).ClaimSigned(64, "digit");
        }
    }

    [Fact]
    public void The_model_computes_what_the_code_computes()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor, as configured, has no AVX-512.");
        var random = Seed.Create(output);
        var (fieldModel, scalarModel) = (new SafeGcdPairModel(ReferenceCurve.P), new SafeGcdPairModel(ReferenceCurve.N));
        var edges = Numbers.Edges.Where((_, i) => i % 6 == 0);
        foreach (var value in edges.Concat(Enumerable.Range(0, 8).Select(_ => Numbers.Bits256(random))))
        {
            var element = Limbs.Field(value % ReferenceCurve.P);
            var scalar = Limbs.Scalar(value % ReferenceCurve.N);
            SafeGcdPair.Invert(ref element, ref scalar);
            Assert.Equal(fieldModel.Invert(value % ReferenceCurve.P), Limbs.Raw(in element));
            Assert.Equal(scalarModel.Invert(value % ReferenceCurve.N), Limbs.Value(in scalar));
        }
    }

    [Fact]
    public void Every_pair_of_edge_values_is_inverted()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor, as configured, has no AVX-512.");
        var elements = Numbers.Edges.Select(edge => (Limbs.Field(edge % ReferenceCurve.P), ReferenceCurve.Inverse(edge, ReferenceCurve.P)))
            .ToArray();
        var scalars = Numbers.Edges.Select(edge => (Limbs.Scalar(edge % ReferenceCurve.N), ReferenceCurve.Inverse(edge, ReferenceCurve.N)))
            .ToArray();
        foreach (var (element, elementInverse) in elements)
        {
            foreach (var (scalar, scalarInverse) in scalars)
            {
                var (x, k) = (element, scalar);
                SafeGcdPair.Invert(ref x, ref k);
                Assert.Equal(elementInverse, Limbs.Raw(in x));
                Assert.Equal(scalarInverse, Limbs.Value(in k));
            }
        }
    }

    /// <summary>A value whose digit 4 is negative is negative, and gets the modulus added; any other is above -2^208.</summary>
    private static Interval RaisedDE(Interval de, BigInteger modulus)
    {
        var lower = SafeGcdPairModel.LowerDigitsBound;
        Assert.True(lower < Slack);
        var negativeDigit = new Interval(de.Low, lower - Slack);
        Assert.True(negativeDigit.High.Sign < 0);
        var raised = negativeDigit + Interval.Point(modulus);
        return raised.Or(new Interval(-lower, de.High)).Claim(-modulus - Slack, modulus + Slack, "raised");
    }

    private static void AssertRound(BigInteger modulus, DivSteps.Matrix t, Interval values, bool isDE)
    {
        var digits = SafeGcdPairModel.Any(values);
        var next = new SafeGcdPairModel(modulus).Apply(t.U, t.V, digits, digits, isDE);
        Assert.All(next.Take(4), digit => digit.Integer.Claim(-SafeGcdPairModel.DigitBound, SafeGcdPairModel.DigitBound, "digit"));
    }
}
