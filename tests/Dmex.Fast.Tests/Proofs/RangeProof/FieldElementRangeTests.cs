using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>No operation of the portable field, on any element of the magnitudes that it takes, loses a bit.</summary>
public sealed class FieldElementRangeTests(ITestOutputHelper output)
{
    private const int Cases = 300;

    [Fact]
    public void Products_of_magnitude_15_lose_nothing_and_have_magnitude_1()
    {
        var product = FieldElementModel.Multiply(FieldElementModel.OfMagnitude(15), FieldElementModel.OfMagnitude(15));
        _ = product.Claim(1, "product");
        output.WriteLine($"limb 1 {product[1].Range}, limb 4 {product[4].Range}");
    }

    [Fact]
    public void Squares_of_magnitude_7_lose_nothing_and_have_magnitude_1() =>
        FieldElementModel.OfMagnitude(7).Square().Claim(1, "square");

    [Fact]
    public void The_model_sees_a_lost_bit()
    {
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FieldElementModel.OfMagnitude(8).Square());
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(
            () => FieldElementModel.Multiply(FieldElementModel.OfMagnitude(16), FieldElementModel.OfMagnitude(15)));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FieldElementModel.OfMagnitude(6).Negate(4));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => FieldElementModel.OfMagnitude(2).Claim(1, "twice"));
    }

    [Fact]
    public void Weak_normalization_gives_magnitude_1_from_15_and_from_31() =>
        Assert.All([15, 31], magnitude => FieldElementModel.OfMagnitude(magnitude).NormalizeWeak().Claim(1, "weak"));

    [Fact]
    public void Normalization_from_magnitude_31_gives_normal_limbs()
    {
        var normal = FieldElementModel.OfMagnitude(31).Normalize();
        for (var i = 0; i < 5; i++)
        {
            _ = normal[i].Range.Claim(0, Interval.Power(i < 4 ? 52 : 48) - 1, $"limb {i}");
        }
    }

    [Fact]
    public void Sums_differences_and_multiples_add_up_magnitudes_and_no_limb_goes_below_0()
    {
        for (var m = 1; m <= 30; m++)
        {
            var element = FieldElementModel.OfMagnitude(m);
            _ = element.Negate(m).Claim(m + 1, "negated");
            for (var left = 1; left <= 30; left++)
            {
                _ = (FieldElementModel.OfMagnitude(left) + element).Claim(left + m, "sum");
                _ = FieldElementModel.OfMagnitude(left).Subtract(element, m).Claim(left + m + 1, "difference");
            }

            _ = element.Times(8).Claim(8 * m, "multiple");
        }

        // AreEqual: the difference of two elements of magnitude 15 may still be normalized.
        _ = FieldElementModel.OfMagnitude(15).Subtract(FieldElementModel.OfMagnitude(15), 15).Claim(31, "difference").Normalize();
    }

    [Fact]
    public void A_lane_taken_out_has_magnitude_3_and_a_biased_coordinate_may_be_normalized()
    {
        for (var i = 0; i < 5; i++)
        {
            var p = Interval.Power(i < 4 ? 52 : 48) - (i == 0 ? 0x1000003D1 : 1);
            var digit = Interval.Within(LaneFieldModel.CarriedBound(i));
            _ = (digit + Interval.Point(2 * p)).Claim(0, 3 * (Interval.Power(i < 4 ? 52 : 48) + Interval.Power(16)), "digit + 2p");
        }

        var low = Word.UpTo(Interval.Power(52) - 1) + (1UL << 51);
        var biased = new FieldElementModel(low, low, low, low, Word.UpTo(Interval.Power(48) - 1) + (1UL << 47));
        _ = biased.Claim(2, "biased").Normalize();
    }

    [Fact]
    public void The_model_computes_what_the_code_computes_limb_for_limb()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < Cases; i++)
        {
            var a = i == 0 ? Limbs.Largest(15) : Limbs.OfMagnitude(random, 15);
            var b = i == 0 ? Limbs.Largest(15) : Limbs.OfMagnitude(random, 15);
            var c = i == 0 ? Limbs.Largest(7) : Limbs.OfMagnitude(random, 7);
            FieldElementModel modelA = FieldElementModel.Of(in a), modelB = FieldElementModel.Of(in b);
            FieldElement.Multiply(out var result, in a, in b);
            Assert.Equal(FieldElementModel.Multiply(modelA, modelB).ToElement(), result);
            FieldElement.Square(out result, in c);
            Assert.Equal(FieldElementModel.Of(in c).Square().ToElement(), result);
            FieldElement.Subtract(out result, in a, in b, 15);
            Assert.Equal(modelA.Subtract(modelB, 15).ToElement(), result);
            var normal = result;
            FieldElement.Normalize(ref normal);
            Assert.Equal(FieldElementModel.Of(in result).Normalize().ToElement(), normal);
            FieldElement.NormalizeWeak(ref result);
            Assert.Equal(modelA.Subtract(modelB, 15).NormalizeWeak().ToElement(), result);
            FieldElement.Negate(out result, in a, 15);
            Assert.Equal(modelA.Negate(15).ToElement(), result);
        }
    }
}
