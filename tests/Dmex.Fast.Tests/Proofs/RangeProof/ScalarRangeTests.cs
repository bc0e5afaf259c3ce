using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// <see cref="Scalar"/>'s multiplication on intervals: no carry leaves the three-word accumulator, no word is dropped while
/// it may hold something, and what comes to the last subtraction is below 2n.
/// </summary>
public sealed class ScalarRangeTests(ITestOutputHelper output)
{
    private const int Words = 4;
    private static readonly BigInteger WordMax = ulong.MaxValue;
    private static readonly BigInteger N = ReferenceCurve.N;
    private static readonly BigInteger[] Complement =
        [(Numbers.Limit - N) & ulong.MaxValue, ((Numbers.Limit - N) >> 64) & ulong.MaxValue, 1];

    [Fact]
    public void No_carry_of_a_product_is_lost()
    {
        var any = Enumerable.Repeat(Interval.UpTo(WordMax), Words).ToArray();
        _ = Multiply(any, any);
    }

    [Fact]
    public void The_sum_of_two_scalars_is_below_2n() => (Interval.UpTo(N - 1) + Interval.UpTo(N - 1)).Claim(0, (2 * N) - 1, "sum");

    [Fact]
    public void The_model_computes_what_the_code_computes()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 300; i++)
        {
            BigInteger left = Numbers.Bits256(random) % N, right = Numbers.Bits256(random) % N;
            Scalar.Multiply(out var product, Limbs.Scalar(left), Limbs.Scalar(right));
            var model = Multiply(Points(left), Points(right));
            Assert.True(model.IsPoint);
            Assert.Equal(Limbs.Value(in product), model.Low >= N ? model.Low - N : model.Low);
        }
    }

    /// <summary>The product modulo n, before the last subtraction of n.</summary>
    private static Interval Multiply(Interval[] a, Interval[] b)
    {
        var accumulator = new Accumulator();
        var l = new Interval[8];
        for (var column = 0; column < 7; column++)
        {
            for (var i = Math.Max(0, column - 3); i <= Math.Min(3, column); i++)
            {
                accumulator.MultiplyAdd(a[i], b[column - i]);
            }

            l[column] = accumulator.Extract();
        }

        l[7] = accumulator.Last();

        // 512 to 385 bits; the upper words times 2^256 - n.
        var m = Fold(l, 4, 6);
        _ = m[6].Claim(0, 1, "m6");

        // 385 to 258 bits, where column 4, all that is above, is one word.
        var p = Fold(m, 3, 4, m[6]);
        _ = p[4].Claim(0, 3, "p4");

        // 258 to 256 bits and a carry.
        var result = Fold(p, 1, 4);
        _ = result[4].Claim(0, 1, "the carry out of bit 256");
        var value = result.Select((word, i) => word << (64 * i)).Aggregate((x, y) => x + y);
        var bound = Interval.UpTo(Numbers.Limit - 1) + (p[4] * Interval.Point(Numbers.Limit - N));
        _ = bound.Claim(0, (2 * N) - 1, "before the last subtraction");
        return value;
    }

    /// <summary>words[0..3] + words[4..] · (2^256 - n), by columns, as the code has them.</summary>
    private static Interval[] Fold(Interval[] words, int upper, int last, Interval? addedToLast = null)
    {
        var accumulator = new Accumulator();
        var result = new Interval[last];
        for (var column = 0; column < last; column++)
        {
            if (column < Words)
            {
                accumulator.MultiplyAdd(words[column], Interval.Point(1));
            }

            for (var j = 0; j < Complement.Length; j++)
            {
                var i = column - j;
                if (i >= 0 && i < upper)
                {
                    accumulator.MultiplyAdd(words[Words + i], Interval.Point(Complement[j]));
                }
            }

            result[column] = accumulator.Extract();
        }

        var top = accumulator.Last() + (addedToLast ?? Interval.Point(0));
        return [.. result, top.Claim(0, WordMax, "the last word")];
    }

    private static Interval[] Points(BigInteger value) =>
        [.. Enumerable.Range(0, Words).Select(i => Interval.Point((value >> (64 * i)) & WordMax))];

    /// <summary>(c2, c1, c0) of the code as one number.</summary>
    private sealed class Accumulator
    {
        private Interval _value = Interval.Point(0);

        public void MultiplyAdd(Interval left, Interval right)
        {
            var product = left * right;
            _ = (product >> 64).Claim(0, WordMax - 1, "the upper word of a product, which takes a carry");
            _value = (_value + product).Claim(0, Interval.Power(192) - 1, "accumulator");
        }

        public Interval Extract()
        {
            var word = _value.LowBits(64);
            _value >>= 64;
            return word;
        }

        /// <summary>c0, above which nothing may be left.</summary>
        public Interval Last() => _value.Claim(0, WordMax, "the accumulator's last word");
    }
}
