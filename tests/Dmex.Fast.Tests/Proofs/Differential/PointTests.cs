using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>Point operations against the affine group law in BigInteger, including the exceptional cases that are claimed.</summary>
public sealed class PointTests(ITestOutputHelper output)
{
    private static readonly BigInteger P = ReferenceCurve.P;
    private static readonly BigInteger N = ReferenceCurve.N;

    [Fact]
    public void Addition_in_variable_time_is_complete()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 40; i++)
        {
            var a = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
            var b = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
            AssertAdds(random, a, b);
            AssertAdds(random, a, a);
            AssertAdds(random, a, ReferenceCurve.Negate(a));
            AssertAdds(random, a, ReferencePoint.Infinity);
            AssertAdds(random, ReferencePoint.Infinity, b);
            AssertAdds(random, ReferencePoint.Infinity, ReferencePoint.Infinity);
        }
    }

    [Fact]
    public void Addition_of_a_point_to_itself_in_place_doubles_it()
    {
        var random = Seed.Create(output);
        var a = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
        var point = Jacobian(random, a);
        JacobianPoint.AddVarTime(ref point, in point);
        Assert.Equal(ReferenceCurve.Add(a, a), Affine(in point));
    }

    [Fact]
    public void Addition_of_an_affine_point_in_constant_time_agrees_and_keeps_its_magnitudes()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 300; i++)
        {
            var a = ReferenceCurve.Multiply(ReferenceCurve.G, 1 + random.Next(1 << 20));
            var b = ReferenceCurve.Multiply(ReferenceCurve.G, (1 << 21) + random.Next(1 << 20));
            var sum = Jacobian(random, a);
            var q = new AffinePoint { X = Limbs.Field(b.X), Y = Limbs.Field(b.Y) };

            // y up to magnitude 2, as a conditional negation leaves it.
            FieldElement.Add(out q.Y, in q.Y, Limbs.Field(P));
            JacobianPoint.AddAffine(ref sum, in q);
            Assert.Equal(ReferenceCurve.Add(a, b), Affine(in sum));
            AssertMagnitudes(in sum);
        }
    }

    [Fact]
    public void Doubling_agrees_and_leaves_infinity_alone()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 100; i++)
        {
            var a = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
            var point = Jacobian(random, a);
            JacobianPoint.Double(ref point);
            Assert.Equal(ReferenceCurve.Add(a, a), Affine(in point));
            AssertMagnitudes(in point);
        }

        JacobianPoint infinity = default;
        JacobianPoint.Double(ref infinity);
        Assert.True(infinity.IsInfinity());
    }

    [Fact]
    public void The_affine_form_is_normal_and_the_same_point()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 100; i++)
        {
            var a = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
            JacobianPoint.ToAffine(out var affine, Jacobian(random, a));
            Assert.True(Limbs.IsNormal(in affine.X) && Limbs.IsNormal(in affine.Y));
            Assert.Equal(a, ReferencePoint.At(Limbs.Raw(in affine.X), Limbs.Raw(in affine.Y)));
            Assert.True(affine.IsOnCurve());

            affine.Y.N0 ^= 1;
            Assert.False(affine.IsOnCurve());
        }
    }

    [Fact]
    public void A_point_is_found_from_its_x_and_parity()
    {
        var random = Seed.Create(output);
        for (var i = 0; i < 200; i++)
        {
            var x = Numbers.Bits256(random) % P;
            var odd = random.Next(2) == 1;
            var expected = ReferenceCurve.FromX(x, odd);
            Assert.Equal(expected.HasValue, AffinePoint.TryFromXVarTime(out var point, Limbs.Field(x), odd));
            if (expected is { } found)
            {
                Assert.Equal(found, ReferencePoint.At(Limbs.Raw(in point.X), Limbs.Raw(in point.Y)));
            }
        }
    }

    [Fact]
    public void Multiplication_of_a_public_point_agrees_for_every_scalar()
    {
        var random = Seed.Create(output);
        var scalars = Numbers.Edges.Where(edge => edge < N).Concat(Enumerable.Range(0, 30).Select(_ => Numbers.Bits256(random) % N));
        var a = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
        var point = new AffinePoint { X = Limbs.Field(a.X), Y = Limbs.Field(a.Y) };
        foreach (var k in scalars)
        {
            PointMultiply.MultiplyVarTime(out var product, in point, Limbs.Scalar(k));
            Assert.Equal(ReferenceCurve.Multiply(a, k), Affine(in product));
        }
    }

    [Fact]
    public void Multiplication_of_the_generator_agrees_at_the_edges_of_its_windows()
    {
        var scalars = new SortedSet<BigInteger>(Numbers.Edges.Where(edge => edge.Sign > 0 && edge < N));
        for (var bit = 0; bit < 256; bit += 6)
        {
            var power = BigInteger.One << bit;
            scalars.UnionWith(
                new[] { power - 1, power, power + 1, N - power, N - power - 1, N - power + 1 }.Where(k => k.Sign > 0 && k < N));
        }

        foreach (var k in scalars)
        {
            AssertGeneratorMultiple(k);
        }
    }

    [Fact]
    public void Multiplication_of_the_generator_agrees_on_small_and_random_scalars()
    {
        var random = Seed.Create(output);
        for (var k = 1; k <= 300; k++)
        {
            AssertGeneratorMultiple(k);
            AssertGeneratorMultiple(N - k);
            AssertGeneratorMultiple(Numbers.Key(random));
        }
    }

    [Fact]
    public void Multiplication_of_another_fixed_base_agrees()
    {
        var random = Seed.Create(output);
        var key = Numbers.Key(random);
        var a = ReferenceCurve.Multiply(ReferenceCurve.G, key);
        var table = new FixedBaseTable(new AffinePoint { X = Limbs.Field(a.X), Y = Limbs.Field(a.Y) });
        foreach (var k in Enumerable.Range(0, 100).Select(_ => Numbers.Key(random)).Concat([1, 2, N - 1, N - 2]))
        {
            FixedBaseMultiply.Multiply(out var product, table, Limbs.Scalar(k));
            JacobianPoint.ToAffine(out var affine, in product);
            Assert.Equal(
                Convert.ToHexStringLower(BouncyCastleReference.PublicKey(k * key % N)),
                Numbers.ToHex(Limbs.Raw(in affine.X))[2..] + Numbers.ToHex(Limbs.Raw(in affine.Y))[2..]);
        }
    }

    [Fact]
    public void Every_entry_of_the_generators_table_is_the_multiple_that_it_claims()
    {
        var table = FixedBaseTable.Generator;
        var twice = ReferenceCurve.Add(ReferenceCurve.G, ReferenceCurve.G);
        var start = ReferenceCurve.Multiply(ReferenceCurve.G, BigInteger.One << FixedBaseMultiply.StartPower);
        Assert.Equal(start, ReferencePoint.At(Limbs.Raw(in table.Start.X), Limbs.Raw(in table.Start.Y)));
        var windowBase = ReferenceCurve.G;
        for (var window = 0; window < FixedBaseTable.Windows; window++)
        {
            var last = window == FixedBaseTable.Windows - 1;
            var count = last ? FixedBaseTable.LastWindowPoints : FixedBaseTable.WindowPoints;
            var multiple = windowBase;
            for (var index = 0; index < count; index++)
            {
                table.Read(out var point, window, (ulong)index);
                var expected = last ? ReferenceCurve.Add(multiple, ReferenceCurve.Negate(start)) : multiple;
                Assert.Equal(expected, ReferencePoint.At(Limbs.Value(in point.X), Limbs.Value(in point.Y)));
                multiple = ReferenceCurve.Add(multiple, twice);
            }

            for (var bit = 0; bit < FixedBaseTable.WindowBits; bit++)
            {
                windowBase = ReferenceCurve.Add(windowBase, windowBase);
                twice = ReferenceCurve.Add(twice, twice);
            }
        }
    }

    private static void AssertGeneratorMultiple(BigInteger k)
    {
        FixedBaseMultiply.Multiply(out var product, FixedBaseTable.Generator, Limbs.Scalar(k));
        AssertMagnitudes(in product);
        JacobianPoint.ToAffine(out var affine, in product);
        Assert.Equal(
            Convert.ToHexStringLower(BouncyCastleReference.PublicKey(k)),
            Numbers.ToHex(Limbs.Raw(in affine.X))[2..] + Numbers.ToHex(Limbs.Raw(in affine.Y))[2..]);
    }

    private static void AssertAdds(Random random, ReferencePoint a, ReferencePoint b)
    {
        var p = Jacobian(random, a);
        JacobianPoint.AddVarTime(ref p, Jacobian(random, b));
        Assert.Equal(ReferenceCurve.Add(a, b), Affine(in p));
        AssertMagnitudes(in p);
    }

    private static void AssertMagnitudes(in JacobianPoint p) =>
        Assert.True(Limbs.IsOfMagnitude(in p.X, 5) && Limbs.IsOfMagnitude(in p.Y, 4) && Limbs.IsOfMagnitude(in p.Z, 1));

    /// <summary>A representation with a random Z, and with p added to X and Y a few times.</summary>
    private static JacobianPoint Jacobian(Random random, ReferencePoint a)
    {
        if (a.IsInfinity)
        {
            return default;
        }

        var z = 1 + (Numbers.Bits256(random) % (P - 1));
        JacobianPoint point = default;
        point.X = Limbs.Field(a.X * z * z % P);
        point.Y = Limbs.Field(a.Y * BigInteger.Pow(z, 3) % P);
        point.Z = Limbs.Field(z);
        for (var i = random.Next(4); i > 0; i--)
        {
            FieldElement.Add(out point.X, in point.X, Limbs.Field(P));
            FieldElement.Add(out point.Y, in point.Y, Limbs.Field(P));
        }

        return point;
    }

    private static ReferencePoint Affine(in JacobianPoint point)
    {
        var z = Limbs.Value(in point.Z);
        if (z.IsZero)
        {
            return ReferencePoint.Infinity;
        }

        var inverse = ReferenceCurve.Inverse(z, P);
        return ReferencePoint.At(
            Limbs.Value(in point.X) * inverse * inverse % P,
            Limbs.Value(in point.Y) * BigInteger.Pow(inverse, 3) % P);
    }
}
