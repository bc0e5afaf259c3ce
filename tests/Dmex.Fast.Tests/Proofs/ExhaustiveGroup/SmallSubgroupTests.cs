using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>
/// The portable point operations on every pair of points of a small group, where each exceptional case turns up.
/// </summary>
/// <remarks>
/// <see cref="FixedBaseMultiply"/> is not among them: that no addition of its meets an exceptional case rests on the order
/// of its base being n, which a small group violates. Its argument is checked in the range proof. The lanes' formulas
/// contain 3b = 21; they are checked on y² = x³ + 7 over small fields instead.
/// </remarks>
public sealed class SmallSubgroupTests(ITestOutputHelper output)
{
    private static readonly BigInteger P = ReferenceCurve.P;

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void Sums_of_all_pairs_of_points_agree(int order)
    {
        var random = Seed.Create(output);
        var group = SmallSubgroup.Find(random, order);
        output.WriteLine($"order {order} on y² = x³ + {group.B}");
        var left = group.Points.Select(point => Jacobian(random, point)).ToArray();
        var right = group.Points.Select(point => Jacobian(random, point)).ToArray();
        for (var i = 0; i < order; i++)
        {
            for (var j = 0; j < order; j++)
            {
                var sum = left[i];
                JacobianPoint.AddVarTime(ref sum, in right[j]);
                AssertIs(group.Points[(i + j) % order], in sum);

                if (j != 0)
                {
                    sum = left[i];
                    JacobianPoint.AddAffineVarTime(ref sum, Affine(group.Points[j]));
                    AssertIs(group.Points[(i + j) % order], in sum);
                }

                // The incomplete addition, where its conditions hold.
                if (i != 0 && j != 0 && i != j && i + j != order)
                {
                    sum = left[i];
                    JacobianPoint.AddAffine(ref sum, Affine(group.Points[j]));
                    AssertIs(group.Points[(i + j) % order], in sum);
                }
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(199)]
    public void Doubles_affine_forms_and_windows_of_all_points_agree(int order)
    {
        var random = Seed.Create(output);
        var group = SmallSubgroup.Find(random, order);
        for (var i = 0; i < order; i++)
        {
            var point = Jacobian(random, group.Points[i]);
            if (i != 0)
            {
                JacobianPoint.ToAffine(out var affine, in point);
                Assert.Equal(group.Points[i], ReferencePoint.At(Limbs.Raw(in affine.X), Limbs.Raw(in affine.Y)));
                AssertWindow(group.Points, order, i, in affine);
            }

            JacobianPoint.Double(ref point);
            AssertIs(group.Points[2 * i % order], in point);
        }
    }

    /// <summary>A window of 16 odd multiples, where the group is large enough that none of them meets its step or its negative.</summary>
    private static void AssertWindow(IReadOnlyList<ReferencePoint> points, int order, int i, in AffinePoint point)
    {
        if (order < 64)
        {
            return;
        }

        var window = new AffinePoint[16];
        FixedBaseMultiples.Fill(window, in point, 5, out var next);
        for (var j = 0; j < window.Length; j++)
        {
            Assert.Equal(points[i * ((2 * j) + 1) % order], ReferencePoint.At(Limbs.Raw(in window[j].X), Limbs.Raw(in window[j].Y)));
        }

        Assert.Equal(points[32 * i % order], ReferencePoint.At(Limbs.Raw(in next.X), Limbs.Raw(in next.Y)));
    }

    /// <remarks>
    /// The endomorphism is λ times a point only where the order is n, so scalars below 2^127 are taken, whose second half is
    /// 0; and the table of odd multiples up to 15 must not meet infinity, so order 199 alone serves.
    /// </remarks>
    [Fact]
    public void Multiples_of_points_in_variable_time_agree()
    {
        const int order = 199;
        var random = Seed.Create(output);
        var group = SmallSubgroup.Find(random, order);
        for (var i = 1; i < order; i += 11)
        {
            var point = Affine(group.Points[i]);
            var large = Enumerable.Range(0, 20).Select(_ => Numbers.Bits256(random) >> 129);
            foreach (var k in Enumerable.Range(0, order + 1).Select(k => (BigInteger)k).Concat(large))
            {
                PointMultiply.MultiplyVarTime(out var product, in point, Limbs.Scalar(k));
                AssertIs(group.Points[(int)(k * i % order)], in product);
            }
        }
    }

    /// <summary>A representation with a random Z, and with p added to X and Y a few times.</summary>
    private static JacobianPoint Jacobian(Random random, ReferencePoint a)
    {
        var z = 1 + (Numbers.Bits256(random) % (P - 1));
        JacobianPoint point = default;
        if (a.IsInfinity)
        {
            // Infinity is told by Z alone.
            point.X = Limbs.Field(z);
            point.Y = Limbs.Field(z);
            return point;
        }

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

    private static AffinePoint Affine(ReferencePoint a) => new() { X = Limbs.Field(a.X), Y = Limbs.Field(a.Y) };

    /// <summary>X = x Z² and Y = y Z³ modulo p, and the magnitudes that points have between operations.</summary>
    private static void AssertIs(ReferencePoint expected, in JacobianPoint actual)
    {
        var z = Limbs.Value(in actual.Z);
        Assert.Equal(expected.IsInfinity, z.IsZero);
        if (expected.IsInfinity)
        {
            return;
        }

        Assert.Equal(expected.X * z % P * z % P, Limbs.Value(in actual.X));
        Assert.Equal(expected.Y * z % P * z % P * z % P, Limbs.Value(in actual.Y));
        Assert.True(Limbs.IsOfMagnitude(in actual.X, 5) && Limbs.IsOfMagnitude(in actual.Y, 4) && Limbs.IsOfMagnitude(in actual.Z, 1));
    }
}
