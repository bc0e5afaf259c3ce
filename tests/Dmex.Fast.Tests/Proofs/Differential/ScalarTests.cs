using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>Every operation modulo the group order against BigInteger, with every aliasing.</summary>
public sealed class ScalarTests(ITestOutputHelper output)
{
    private static readonly BigInteger N = ReferenceCurve.N;

    [Fact]
    public void Multiply_and_add_agree_on_all_pairs_of_edge_values()
    {
        foreach (var left in Numbers.Edges.Where(edge => edge < N))
        {
            var a = Limbs.Scalar(left);
            foreach (var right in Numbers.Edges.Where(edge => edge < N))
            {
                AssertMultipliesAndAdds(a, Limbs.Scalar(right), left, right);
            }
        }
    }

    [Fact]
    public void Multiply_and_add_agree_on_random_values_with_every_aliasing()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 5_000; i++)
        {
            var left = Numbers.Bits256(random) % N;
            var right = Numbers.Bits256(random) % N;
            AssertMultipliesAndAdds(Limbs.Scalar(left), Limbs.Scalar(right), left, right);
        }
    }

    [Fact]
    public void Inverse_agrees_and_is_0_for_0_in_place_too()
    {
        var random = Seed.Create(output);
        foreach (var value in Numbers.Edges.Select(edge => edge % N)
            .Concat(Enumerable.Range(0, 500).Select(_ => Numbers.Bits256(random) % N)))
        {
            var a = Limbs.Scalar(value);
            Scalar.Invert(out var inverse, in a);
            Scalar.Invert(out a, in a);
            Assert.Equal(ReferenceCurve.Inverse(value, N), Limbs.Value(in inverse));
            Assert.Equal(inverse, a);
        }
    }

    [Fact]
    public void Values_of_n_and_more_are_reduced_and_reported()
    {
        var random = Seed.Create(output);
        foreach (var value in Numbers.Edges.Concat(Enumerable.Range(0, 500).Select(_ => Numbers.Bits256(random))))
        {
            var mask = value >= N ? ulong.MaxValue : 0;
            Assert.Equal(mask, Scalar.FromBytes(out var fromBytes, Numbers.ToBytes(value)));
            var raw = Limbs.Scalar(value);
            Assert.Equal(mask, Scalar.FromWords(out var fromWords, raw.W0, raw.W1, raw.W2, raw.W3));
            Assert.Equal(value % N, Limbs.Value(in fromBytes));
            Assert.Equal(fromBytes, fromWords);
            var bytes = new byte[32];
            fromBytes.ToBytes(bytes);
            Assert.Equal(value % N, Numbers.FromBytes(bytes));
        }
    }

    [Fact]
    public void Negation_masks_and_comparisons_agree()
    {
        var random = Seed.Create(output);
        foreach (var value in Numbers.Edges.Select(edge => edge % N)
            .Concat(Enumerable.Range(0, 500).Select(_ => Numbers.Bits256(random) % N)))
        {
            var a = Limbs.Scalar(value);
            var negated = a;
            Scalar.ConditionalNegate(ref negated, 0);
            Assert.True(Scalar.AreEqual(in a, in negated));
            Scalar.ConditionalNegate(ref negated, ulong.MaxValue);
            Assert.Equal(ReferenceCurve.Mod(-value, N), Limbs.Value(in negated));
            Assert.Equal(value.IsZero, Scalar.AreEqual(in a, in negated));
            Assert.Equal(value.IsZero ? ulong.MaxValue : 0, a.IsZeroMask());
            Assert.Equal(value > N / 2 ? ulong.MaxValue : 0, a.IsHighMask());
        }
    }

    [Fact]
    public void The_signed_62_bit_form_round_trips()
    {
        var random = Seed.Create(output);
        foreach (var value in Numbers.Edges.Concat(Enumerable.Range(0, 200).Select(_ => Numbers.Bits256(random))))
        {
            var words = Limbs.Scalar(value);
            Signed62.FromWords(out var signed, words.W0, words.W1, words.W2, words.W3);
            var sum = BigInteger.Zero;
            for (var i = 0; i < Signed62.Count; i++)
            {
                sum += (BigInteger)LimbOf(in signed, i) << (62 * i);
            }

            Assert.Equal(value, sum);
            signed.ToWords(out var word0, out var word1, out var word2, out var word3);
            Assert.Equal((words.W0, words.W1, words.W2, words.W3), (word0, word1, word2, word3));
        }
    }

    private static unsafe long LimbOf(in Signed62 value, int index) => value.Limb[index];

    private static void AssertMultipliesAndAdds(Scalar a, Scalar b, BigInteger left, BigInteger right)
    {
        var product = left * right % N;
        Scalar.Multiply(out var result, in a, in b);
        var aliasLeft = a;
        Scalar.Multiply(out aliasLeft, in aliasLeft, in b);
        var aliasRight = b;
        Scalar.Multiply(out aliasRight, in a, in aliasRight);
        var square = a;
        Scalar.Multiply(out square, in square, in square);
        Assert.Equal(product, Limbs.Value(in result));
        Assert.Equal(product, Limbs.Value(in aliasLeft));
        Assert.Equal(product, Limbs.Value(in aliasRight));
        Assert.Equal(left * left % N, Limbs.Value(in square));

        var sum = (left + right) % N;
        Scalar.Add(out result, in a, in b);
        aliasLeft = a;
        Scalar.Add(out aliasLeft, in aliasLeft, in b);
        aliasRight = b;
        Scalar.Add(out aliasRight, in a, in aliasRight);
        var twice = a;
        Scalar.Add(out twice, in twice, in twice);
        Assert.Equal(sum, Limbs.Value(in result));
        Assert.Equal(sum, Limbs.Value(in aliasLeft));
        Assert.Equal(sum, Limbs.Value(in aliasRight));
        Assert.Equal(2 * left % N, Limbs.Value(in twice));
    }
}
