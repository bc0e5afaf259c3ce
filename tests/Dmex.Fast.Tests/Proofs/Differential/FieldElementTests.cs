using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>Every field operation against BigInteger, at the edges of its documented magnitudes, with every aliasing.</summary>
public sealed class FieldElementTests(ITestOutputHelper output)
{
    private const int RandomCases = 3_000;
    private static readonly BigInteger P = ReferenceCurve.P;

    [Fact]
    public void Multiply_and_square_agree_on_all_pairs_of_edge_values()
    {
        foreach (var left in Numbers.Edges)
        {
            var a = Limbs.Field(left);
            FieldElement.Square(out var square, in a);
            Assert.Equal(left * left % P, Limbs.Value(in square));
            foreach (var right in Numbers.Edges)
            {
                FieldElement.Multiply(out var product, in a, Limbs.Field(right));
                Assert.Equal(left * right % P, Limbs.Value(in product));
            }
        }
    }

    [Fact]
    public void Multiply_takes_magnitude_15_and_gives_magnitude_1_with_every_aliasing()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < RandomCases; i++)
        {
            var a = i == 0 ? Limbs.Largest(15) : Limbs.OfMagnitude(random, (ulong)random.Next(1, 16));
            var b = i == 0 ? Limbs.Largest(15) : Limbs.OfMagnitude(random, (ulong)random.Next(1, 16));
            var expected = Limbs.Value(in a) * Limbs.Value(in b) % P;
            FieldElement.Multiply(out var result, in a, in b);
            var left = a;
            FieldElement.Multiply(out left, in left, in b);
            var right = b;
            FieldElement.Multiply(out right, in a, in right);
            var both = a;
            FieldElement.Multiply(out both, in both, in both);
            Assert.Equal(expected, Limbs.Value(in result));
            Assert.Equal(expected, Limbs.Value(in left));
            Assert.Equal(expected, Limbs.Value(in right));
            Assert.Equal(Limbs.Value(in a) * Limbs.Value(in a) % P, Limbs.Value(in both));
            Assert.True(Limbs.IsOfMagnitude(in result, 1) && Limbs.IsOfMagnitude(in both, 1));
        }
    }

    [Fact]
    public void Square_takes_magnitude_7_and_gives_magnitude_1_in_place_too()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < RandomCases; i++)
        {
            var a = i == 0 ? Limbs.Largest(7) : Limbs.OfMagnitude(random, (ulong)random.Next(1, 8));
            var expected = Limbs.Value(in a) * Limbs.Value(in a) % P;
            FieldElement.Square(out var result, in a);
            var alias = a;
            FieldElement.Square(out alias, in alias);
            Assert.Equal(expected, Limbs.Value(in result));
            Assert.Equal(expected, Limbs.Value(in alias));
            Assert.True(Limbs.IsOfMagnitude(in result, 1));
        }
    }

    [Fact]
    public void Sums_differences_and_multiples_agree_with_every_aliasing()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < RandomCases; i++)
        {
            var magnitude = (ulong)random.Next(1, 16);
            var a = Limbs.OfMagnitude(random, magnitude);
            var b = Limbs.OfMagnitude(random, magnitude);
            var (x, y) = (Limbs.Value(in a), Limbs.Value(in b));

            FieldElement.Add(out var sum, in a, in b);
            var alias = a;
            FieldElement.Add(out alias, in alias, in b);
            var alias2 = b;
            FieldElement.Add(out alias2, in a, in alias2);
            var twice = a;
            FieldElement.Add(out twice, in twice, in twice);
            Assert.All([sum, alias, alias2], value => Assert.Equal((x + y) % P, Limbs.Value(in value)));
            Assert.Equal(2 * x % P, Limbs.Value(in twice));
            Assert.True(Limbs.IsOfMagnitude(in sum, 2 * magnitude));

            FieldElement.Subtract(out var difference, in a, in b, magnitude);
            alias = a;
            FieldElement.Subtract(out alias, in alias, in b, magnitude);
            alias2 = b;
            FieldElement.Subtract(out alias2, in a, in alias2, magnitude);
            var zero = a;
            FieldElement.Subtract(out zero, in zero, in zero, magnitude);
            Assert.All([difference, alias, alias2], value => Assert.Equal(ReferenceCurve.Mod(x - y, P), Limbs.Value(in value)));
            Assert.Equal(BigInteger.Zero, Limbs.Value(in zero));
            Assert.True(Limbs.IsOfMagnitude(in difference, (2 * magnitude) + 1));

            FieldElement.MultiplySmall(out var multiple, in a, 8);
            alias = a;
            FieldElement.MultiplySmall(out alias, in alias, 8);
            Assert.All([multiple, alias], value => Assert.Equal(8 * x % P, Limbs.Value(in value)));
        }
    }

    [Fact]
    public void Negate_takes_magnitude_30_in_place_too()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < RandomCases; i++)
        {
            var magnitude = (ulong)random.Next(1, 31);
            var a = i == 0 ? Limbs.Largest(magnitude) : Limbs.OfMagnitude(random, magnitude);
            FieldElement.Negate(out var negated, in a, magnitude);
            var alias = a;
            FieldElement.Negate(out alias, in alias, magnitude);
            Assert.Equal(ReferenceCurve.Mod(-Limbs.Value(in a), P), Limbs.Value(in negated));
            Assert.Equal(negated, alias);
            Assert.True(Limbs.IsOfMagnitude(in negated, magnitude + 1));
        }
    }

    [Fact]
    public void Normalize_takes_magnitude_31_and_gives_the_one_form()
    {
        var random = Seed.Create(output);
        foreach (var edge in Numbers.Edges)
        {
            AssertNormalizes(Limbs.Field(edge));
        }

        // Multiples of p and their neighbors, in limbs that were never carried.
        for (ulong factor = 1; factor <= 30; factor++)
        {
            var multiple = Limbs.Field(P);
            FieldElement.MultiplySmall(out multiple, in multiple, factor);
            AssertNormalizes(multiple);
            multiple.N0++;
            AssertNormalizes(multiple);
            multiple.N0 -= 2;
            AssertNormalizes(multiple);
        }

        for (var i = 0; i < RandomCases; i++)
        {
            AssertNormalizes(i == 0 ? Limbs.Largest(31) : Limbs.OfMagnitude(random, (ulong)random.Next(1, 32)));
        }
    }

    [Fact]
    public void NormalizeWeak_takes_magnitude_15_and_gives_magnitude_1()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < RandomCases; i++)
        {
            var a = i == 0 ? Limbs.Largest(15) : Limbs.OfMagnitude(random, (ulong)random.Next(1, 16));
            var weak = a;
            FieldElement.NormalizeWeak(ref weak);
            Assert.Equal(Limbs.Value(in a), Limbs.Value(in weak));
            Assert.True(Limbs.IsOfMagnitude(in weak, 1));
        }
    }

    [Fact]
    public void Inverse_agrees_and_is_0_for_0_in_place_too()
    {
        var random = Seed.Create(output);
        var values = Numbers.Edges.Select(edge => edge % P).Concat(Enumerable.Range(0, 500).Select(_ => Numbers.Bits256(random) % P));
        foreach (var value in values)
        {
            var a = Limbs.Field(value);
            FieldElement.Invert(out var inverse, in a);
            FieldElement.Invert(out a, in a);
            Assert.Equal(ReferenceCurve.Inverse(value, P), Limbs.Raw(in inverse));
            Assert.Equal(inverse, a);
            Assert.True(Limbs.IsNormal(in inverse));
        }
    }

    [Fact]
    public void Square_roots_are_found_exactly_where_there_are_any()
    {
        var random = Seed.Create(output);
        var roots = 0;
        for (var i = 0; i < 300; i++)
        {
            var a = Limbs.OfMagnitude(random, (ulong)random.Next(1, 8));
            var value = Limbs.Value(in a);
            var isSquare = value.IsZero || BigInteger.ModPow(value, (P - 1) / 2, P).IsOne;
            Assert.Equal(isSquare, FieldElement.TrySquareRoot(out var root, in a));
            var alias = a;
            Assert.Equal(isSquare, FieldElement.TrySquareRoot(out alias, in alias));
            Assert.Equal(root, alias);
            if (isSquare)
            {
                roots++;
                Assert.True(Limbs.IsNormal(in root));
                Assert.Equal(value, BigInteger.Pow(Limbs.Raw(in root), 2) % P);
            }
        }

        Assert.InRange(roots, 50, 250);
    }

    [Fact]
    public void Words_and_bytes_round_trip_and_values_of_p_and_more_stand_for_their_remainder()
    {
        var random = Seed.Create(output);
        var bytes = new byte[32];
        foreach (var value in Numbers.Edges.Concat(Enumerable.Range(0, 500).Select(_ => Numbers.Bits256(random))))
        {
            FieldElement.FromBytes(out var a, Numbers.ToBytes(value));
            Assert.Equal(value, Limbs.Raw(in a));
            FieldElement.Normalize(ref a);
            a.ToBytes(bytes);
            Assert.Equal(value % P, Numbers.FromBytes(bytes));
            a.ToWords(out var word0, out var word1, out var word2, out var word3);
            FieldElement.FromWords(out var again, word0, word1, word2, word3);
            Assert.Equal(a, again);
            Assert.Equal(value % P % 2, a.ParityBit());
            Assert.Equal((value % P).IsZero ? ulong.MaxValue : 0, a.IsZeroMask());
        }
    }

    [Fact]
    public void Conditional_move_and_equality_follow_their_masks_and_values()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 500; i++)
        {
            var a = Limbs.OfMagnitude(random, 15);
            var b = Limbs.OfMagnitude(random, 15);
            var target = a;
            FieldElement.ConditionalMove(ref target, in b, 0);
            Assert.Equal(a, target);
            FieldElement.ConditionalMove(ref target, in b, ulong.MaxValue);
            Assert.Equal(b, target);

            // The same value in other limbs: a, and a with p added.
            var normal = a;
            FieldElement.Normalize(ref normal);
            FieldElement.Add(out var other, in normal, Limbs.Field(P));
            Assert.True(FieldElement.AreEqual(in a, in other));
            Assert.Equal(Limbs.Value(in a) == Limbs.Value(in b), FieldElement.AreEqual(in a, in b));
        }
    }

    private static void AssertNormalizes(FieldElement a)
    {
        var value = Limbs.Value(in a);
        FieldElement.Normalize(ref a);
        Assert.Equal(value, Limbs.Raw(in a));
        Assert.True(Limbs.IsNormal(in a));
    }
}
