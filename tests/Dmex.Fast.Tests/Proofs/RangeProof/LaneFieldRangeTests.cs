using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// The vector fields: every operation on doubles is exact or rounds as derived, every column fits its lane, and the digits
/// that come out are carried. No operand or result is subnormal, infinite or NaN: <see cref="DoubleInterval"/> claims that.
/// </summary>
public sealed unsafe class LaneFieldRangeTests(ITestOutputHelper output)
{
    private const int Digits = 5;

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Products_of_carried_elements_are_exact_and_carried(int lanes)
    {
        var model = Model(lanes);
        var carried = LaneFieldModel.Carried;
        Show("product", LaneFieldModel.ClaimCarried(model.Multiply(carried, carried)));
        Show("two products", LaneFieldModel.ClaimCarried(model.MultiplySum(carried, carried, carried, carried)));
        var added = LaneFieldModel.Bounded(_ => Interval.Power(53));
        Show("product and sum", LaneFieldModel.ClaimCarried(model.MultiplyAdd(carried, carried, added)));
    }

    [Fact]
    public void Carrying_is_exact_and_carries_from_2_to_the_55() =>
        Show("carried", LaneFieldModel.ClaimCarried(LaneFieldModel.Carry(Sums(Interval.Power(55)))));

    [Fact]
    public void Small_multiples_are_exact_and_carried_up_to_the_factor_21()
    {
        var digits = LaneFieldModel.Bounded(_ => Interval.Power(53));
        for (var factor = 1; factor <= 21; factor++)
        {
            _ = LaneFieldModel.ClaimCarried(LaneFieldModel.MultiplySmall(digits, factor));
        }
    }

    [Fact]
    public void The_model_sees_a_product_that_is_too_large_and_a_sum_that_is_not_exact()
    {
        var large = LaneFieldModel.Bounded(i => 2 * LaneFieldModel.CarriedBound(i));
        Assert.All([4, 8], lanes => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Model(lanes).Multiply(large, large)));
        var sums = LaneFieldModel.Bounded(_ => Interval.Power(53));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => sums[0] + sums[1]);
        DoubleInterval tiny = Math.ScaleB(1, -50);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => tiny + Math.ScaleB(1, 4));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new DoubleInterval(Interval.Point(1), -1010));
    }

    [Fact]
    public void Digits_cut_from_a_biased_table_entry_are_carried()
    {
        // Eight lanes: converted; four lanes: set as a mantissa and taken off with 2^52 at once. Both exact.
        for (var i = 0; i < Digits; i++)
        {
            var bits = i < 4 ? 52 : 48;
            var cut = new WrappingLong(Interval.UpTo(Interval.Power(bits) - 1));
            var half = Math.ScaleB(1, bits - 1);
            var converted = DoubleInterval.FromInteger(cut) - half;
            var set = DoubleInterval.FromBits(cut + 0x4330000000000000, 52) - (Math.ScaleB(1, 52) + half);
            Assert.Equal(converted.Integer, set.Integer);
            _ = set.Integer.Claim(-LaneFieldModel.CarriedBound(i), LaneFieldModel.CarriedBound(i), $"digit {i} of a table entry");
        }
    }

    [Fact]
    public void A_lane_set_to_a_normal_element_may_be_carried()
    {
        var set = LaneFieldModel.Bounded(i => Interval.Power(i < 4 ? 52 : 48));
        _ = LaneFieldModel.ClaimCarried(LaneFieldModel.Carry(set));
    }

    [Fact]
    public void The_model_computes_what_the_four_lanes_compute_digit_for_digit()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx2), "This processor, as configured, has no AVX2.");
        Compare<FieldElementX4>(Model(4));
    }

    [Fact]
    public void The_model_computes_what_the_eight_lanes_compute_digit_for_digit()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor, as configured, has no AVX-512.");
        Compare<FieldElementX8>(Model(8));
    }

    private static LaneFieldModel Model(int lanes) => lanes == 4 ? new LaneFieldX4Model() : new LaneFieldX8Model();

    /// <summary>Digits up to a bound above 2^53, as exact sums of doubles are: multiples of four.</summary>
    private static DoubleInterval[] Sums(BigInteger bound) =>
        [.. Enumerable.Range(0, Digits).Select(_ => new DoubleInterval(Interval.Within(bound) << Exact.Scale, 2))];

    private void Show(string what, DoubleInterval[] digits)
    {
        for (var i = 0; i < Digits; i++)
        {
            output.WriteLine($"{what}: digit {i} {digits[i].Integer}");
        }
    }

    private void Compare<T>(LaneFieldModel model)
        where T : unmanaged, ILaneField<T>
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 12; i++)
        {
            T a = Random<T>(random, i), b = Random<T>(random, i), c = Random<T>(random, i), d = Random<T>(random, i);
            T product;
            T.Multiply(&product, &a, &b);
            T sum;
            T.MultiplySum(&sum, &a, &b, &c, &d);
            T added;
            T.MultiplyAdd(&added, &a, &b, &c);
            T small;
            T.MultiplySmall(&small, &a, 21);
            var carried = a;
            T.Carry(&carried);
            for (var lane = 0; lane < T.Lanes; lane++)
            {
                DoubleInterval[] x = Lane(a, lane), y = Lane(b, lane), z = Lane(c, lane), w = Lane(d, lane);
                AssertSame(model.Multiply(x, y), product, lane);
                AssertSame(model.MultiplySum(x, y, z, w), sum, lane);
                AssertSame(model.MultiplyAdd(x, y, z), added, lane);
                AssertSame(LaneFieldModel.MultiplySmall(x, 21), small, lane);
                AssertSame(LaneFieldModel.Carry(x), carried, lane);
            }
        }
    }

    /// <summary>Carried digits; every third case at the bound, every third with runs of zeros, which make ties.</summary>
    private static T Random<T>(Random random, int i)
        where T : unmanaged, ILaneField<T>
    {
        T value = default;
        var digits = MemoryMarshal.Cast<T, double>(MemoryMarshal.CreateSpan(ref value, 1));
        for (var j = 0; j < digits.Length; j++)
        {
            var bound = (double)LaneFieldModel.CarriedBound(j / T.Lanes);
            var size = (i % 3) switch
            {
                0 => bound,
                1 => Math.ScaleB(1, random.Next(j / T.Lanes < 4 ? 52 : 48)),
                _ => Math.Floor(random.NextDouble() * bound),
            };
            digits[j] = random.Next(2) == 0 ? size : -size;
        }

        return value;
    }

    private static DoubleInterval[] Lane<T>(T value, int lane)
        where T : unmanaged, ILaneField<T>
    {
        var digits = MemoryMarshal.Cast<T, double>(MemoryMarshal.CreateSpan(ref value, 1)).ToArray();
        return [.. Enumerable.Range(0, Digits)
            .Select(i => DoubleInterval.Integers(Interval.Point((BigInteger)digits[(i * T.Lanes) + lane])))];
    }

    private static void AssertSame<T>(DoubleInterval[] model, T value, int lane)
        where T : unmanaged, ILaneField<T>
    {
        var digits = MemoryMarshal.Cast<T, double>(MemoryMarshal.CreateSpan(ref value, 1)).ToArray();
        for (var i = 0; i < Digits; i++)
        {
            Assert.Equal(model[i].ToNumber(), digits[(i * T.Lanes) + lane]);
        }
    }
}
