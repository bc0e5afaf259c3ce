using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// A round of divsteps keeps to the bounds that the next one needs. That 590 divsteps suffice is a theorem of the paper
/// and of libsecp256k1's document, cited in the code; that is not shown here.
/// </summary>
public sealed class SafeGcdRangeTests(ITestOutputHelper output)
{
    public static TheoryData<string> Moduli => ["p", "n"];

    [Fact]
    public void The_rows_of_a_matrix_have_a_norm_of_at_most_2_to_the_62() =>
        Assert.Equal(Interval.Power(62), DivSteps.Any(SafeGcdModel.Steps, SafeGcdModel.Start).RowNorm);

    [Theory]
    [MemberData(nameof(Moduli))]
    public void A_round_keeps_the_bounds_of_all_four_values(string name)
    {
        var modulus = Modulus(name);
        var model = new SafeGcdModel(modulus);
        var t = DivSteps.Any(SafeGcdModel.Steps, SafeGcdModel.Start);

        // f and g stay within the modulus: |u f + v g| / 2^62 is at most the larger of them.
        var fg = Interval.Within(modulus);
        _ = (t.First(fg, fg) >> 62).Claim(-modulus, modulus, "f and g");
        var limbs = SafeGcdModel.Any(fg);
        _ = SafeGcdModel.UpdateFG(limbs, limbs, t);

        // d and e stay in (-2 · modulus, modulus): negative ones are brought up first, then multiples taken off.
        var de = new Interval(1 - (2 * modulus), modulus - 1);
        var raised = new Interval(1 - modulus, modulus - 1);
        var sum = t.First(raised, raised) - Interval.UpTo((Interval.Power(62) - 1) * modulus);
        var low = -((-sum.Low) >> 62); // rounded up: the division is exact
        _ = new Interval(low, sum.High >> 62).Claim(de.Low, de.High, "d and e");
        limbs = SafeGcdModel.Any(de);
        _ = model.UpdateDE(limbs, limbs, t);
    }

    [Theory]
    [MemberData(nameof(Moduli))]
    public void The_last_steps_lose_nothing_and_give_the_least_remainder(string name)
    {
        var modulus = Modulus(name);
        var limbs = new SafeGcdModel(modulus).Normalize(SafeGcdModel.Any(new Interval(1 - (2 * modulus), modulus - 1)), Interval.Within(1));
        Assert.All(limbs.Take(4), limb => limb.Claim(0, Interval.Power(62) - 1, "limb"));

        // By values: (-2m, m), then (-m, m) whichever the sign, then [0, m).
        var value = Ranges.AddIfNegative(new Interval(1 - (2 * modulus), modulus - 1), modulus);
        _ = value.Claim(1 - modulus, modulus - 1, "raised");
        value = value.Or(Interval.Point(0) - value);
        _ = Ranges.AddIfNegative(value, modulus).Claim(0, modulus - 1, "normalized");
    }

    [Fact]
    public void The_model_computes_what_the_code_computes_at_the_edges()
    {
        var random = Seed.Create(output);
        var (fieldModel, scalarModel) = (new SafeGcdModel(ReferenceCurve.P), new SafeGcdModel(ReferenceCurve.N));
        foreach (var value in Numbers.Edges.Concat(Enumerable.Range(0, 30).Select(_ => Numbers.Bits256(random))))
        {
            FieldElement.Invert(out var inverse, Limbs.Field(value % ReferenceCurve.P));
            Assert.Equal(fieldModel.Invert(value % ReferenceCurve.P), Limbs.Raw(in inverse));
            Scalar.Invert(out var scalar, Limbs.Scalar(value % ReferenceCurve.N));
            Assert.Equal(scalarModel.Invert(value % ReferenceCurve.N), Limbs.Value(in scalar));
        }
    }

    private static BigInteger Modulus(string name) =>
        string.Equals(name, "p", StringComparison.Ordinal) ? ReferenceCurve.P : ReferenceCurve.N;
}
