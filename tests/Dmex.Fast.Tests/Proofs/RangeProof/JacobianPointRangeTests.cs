using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>The point formulas keep to the magnitudes in their brackets, and what they leave they may be given again.</summary>
public sealed class JacobianPointRangeTests(ITestOutputHelper output)
{
    [Fact]
    public void An_affine_point_of_magnitude_2_may_be_added_to_any_point() =>
        JacobianPointModel.Any.AddAffine(FieldElementModel.OfMagnitude(2), FieldElementModel.OfMagnitude(2)).Claim("sum");

    [Fact]
    public void Any_point_may_be_doubled() => JacobianPointModel.Any.Double().Claim("double");

    [Fact]
    public void Any_two_points_may_be_added() => JacobianPointModel.Any.AddVarTime(JacobianPointModel.Any).Claim("sum");

    [Fact]
    public void The_last_negation_of_a_multiplication_keeps_the_magnitude() =>
        JacobianPointModel.Any.Y.Negate(4).NormalizeWeak().Claim(4, "negated");

    [Fact]
    public void The_model_computes_what_the_code_computes_limb_for_limb()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 30; i++)
        {
            var p =
                new JacobianPoint { X = Limbs.OfMagnitude(random, 5), Y = Limbs.OfMagnitude(random, 4), Z = Limbs.OfMagnitude(random, 1) };
            var q = new AffinePoint { X = Limbs.OfMagnitude(random, 2), Y = Limbs.OfMagnitude(random, 2) };
            var other =
                new JacobianPoint { X = Limbs.OfMagnitude(random, 5), Y = Limbs.OfMagnitude(random, 4), Z = Limbs.OfMagnitude(random, 1) };
            if (p.IsInfinity() || other.IsInfinity())
            {
                continue;
            }

            var sum = p;
            JacobianPoint.AddAffine(ref sum, in q);
            AssertSame(Model(p).AddAffine(FieldElementModel.Of(in q.X), FieldElementModel.Of(in q.Y)), sum);
            sum = p;
            JacobianPoint.Double(ref sum);
            AssertSame(Model(p).Double(), sum);
            sum = p;
            JacobianPoint.AddVarTime(ref sum, in other);
            AssertSame(Model(p).AddVarTime(Model(other)), sum);
        }
    }

    /// <summary>
    /// The argument in <see cref="FixedBaseMultiply"/> that no addition meets an exceptional case, on intervals: the
    /// accumulator A and the added t, as integers, are such that A, t, A + t and A - t are no multiple of n.
    /// </summary>
    [Fact]
    public void No_addition_of_a_fixed_base_multiplication_is_exceptional()
    {
        var start = Interval.Power(FixedBaseMultiply.StartPower);
        var sum = Interval.Point(0);
        for (var window = 0; window < FixedBaseTable.Windows - 1; window++)
        {
            // The digit is odd: t is 2^(7 window) times at least 1 in size.
            var t = Interval.Within(127) << (7 * window);
            var accumulator = Interval.Point(start) + sum;
            Assert.True(t.Size < ReferenceCurve.N);
            _ = accumulator.Claim(1, ReferenceCurve.N - 1, "A");
            _ = (accumulator + t).Claim(1, ReferenceCurve.N - 1, "A + t");
            _ = (accumulator - t).Claim(1, ReferenceCurve.N - 1, "A - t");
            sum += t;
            _ = sum.Claim(1 - Interval.Power(7 * (window + 1)), Interval.Power(7 * (window + 1)) - 1, "S");
        }

        // The last window: digits 1, 3, …, 15, less the start.
        for (var digit = 1; digit <= 15; digit += 2)
        {
            var t = (digit * Interval.Power(252)) - start;
            var accumulator = Interval.Point(start) + sum;
            Assert.True(!t.IsZero && BigInteger.Abs(t) < ReferenceCurve.N);
            _ = accumulator.Claim(1, ReferenceCurve.N - 1, "A");

            // A + t = k' is in [1, n - 1] as what is computed; A - t is not 0 and below n in size.
            var difference = accumulator - Interval.Point(t);
            _ = difference.Claim(1 - ReferenceCurve.N, ReferenceCurve.N - 1, "A - t");
            Assert.True(difference.Low.Sign > 0 || difference.High.Sign < 0);
        }
    }

    private static JacobianPointModel Model(JacobianPoint p) =>
        new(FieldElementModel.Of(in p.X), FieldElementModel.Of(in p.Y), FieldElementModel.Of(in p.Z));

    private static void AssertSame(JacobianPointModel model, JacobianPoint point)
    {
        Assert.Equal(model.X.ToElement(), point.X);
        Assert.Equal(model.Y.ToElement(), point.Y);
        Assert.Equal(model.Z.ToElement(), point.Z);
    }
}
