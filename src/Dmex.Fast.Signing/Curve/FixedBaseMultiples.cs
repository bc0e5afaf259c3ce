using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>What the tables of a fixed base point are filled with, in variable time: everything here is public.</summary>
/// <remarks>
/// Affine additions, of which each pass over a window shares one inversion (Montgomery's trick): from (2j + 1) · B for j below m,
/// adding 2m · B to each gives the next m. The summands are multiples of B by an odd and an even number far below n, so they are never
/// equal or opposite.
/// </remarks>
internal static class FixedBaseMultiples
{
    /// <summary>points[i · 2^(bits-1) + j] = (2j + 1) · 2^(bits · i) · point, normal.</summary>
    /// <param name="points">Windows · 2^(bits-1) points.</param>
    /// <param name="point">The base, normal.</param>
    /// <param name="bits">The width of a window.</param>
    /// <param name="next">2^(bits · windows) · point, normal.</param>
    public static void Fill(Span<AffinePoint> points, in AffinePoint point, int bits, out AffinePoint next)
    {
        var count = 1 << (bits - 1);
        var products = new FieldElement[(count / 2) + 1];
        next = point;
        for (; !points.IsEmpty; points = points[count..])
        {
            FillWindow(points[..count], ref next, products);
        }
    }

    /// <summary>2^power · point, normal.</summary>
    public static AffinePoint TimesPowerOfTwo(in AffinePoint point, int power)
    {
        JacobianPoint.FromAffine(out var multiple, in point);
        for (var i = 0; i < power; i++)
        {
            JacobianPoint.Double(ref multiple);
        }

        JacobianPoint.ToAffine(out var affine, in multiple);
        return affine;
    }

    /// <summary>points[j] = (2j + 1) · b, then b := 2 · points.Length · b.</summary>
    private static void FillWindow(Span<AffinePoint> points, ref AffinePoint b, Span<FieldElement> products)
    {
        points[0] = b;
        AddToEach([], [], ref b, products);
        for (var known = 1; known < points.Length; known *= 2)
        {
            AddToEach(points[..known], points.Slice(known, known), ref b, products);
        }
    }

    /// <summary>sums[i] = points[i] + step, then step := 2 · step, with one inversion for all.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToEach(
        ReadOnlySpan<AffinePoint> points, Span<AffinePoint> sums, ref AffinePoint step, Span<FieldElement> products)
    {
        // The slopes' denominators: 2 y of the step, then the differences of the xs. Magnitudes in brackets.
        FieldElement.MultiplySmall(out products[0], in step.Y, 2); // [2]
        for (var i = 0; i < points.Length; i++)
        {
            FieldElement.Subtract(out var difference, in step.X, in points[i].X, 1); // [3]
            FieldElement.Multiply(out products[i + 1], in products[i], in difference);
        }

        var inverse = products[points.Length];
        FieldElement.Normalize(ref inverse);
        FieldElement.Invert(out inverse, in inverse);
        for (var i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(out var slope, in inverse, in products[i]);
            FieldElement.Subtract(out var difference, in step.X, in points[i].X, 1);
            FieldElement.Multiply(out inverse, in inverse, in difference);
            FieldElement.Subtract(out difference, in step.Y, in points[i].Y, 1);
            FieldElement.Multiply(out slope, in slope, in difference);
            AddWithSlope(out sums[i], in points[i], in step.X, in slope);
        }

        FieldElement.Square(out var tangent, in step.X);
        FieldElement.MultiplySmall(out tangent, in tangent, 3);
        FieldElement.Multiply(out tangent, in tangent, in inverse);
        AddWithSlope(out step, step, step.X, in tangent);
    }

    /// <summary>
    /// The sum of a point and one with the other x, on a line of the given slope: x3 = slope² - x1 - x2, y3 = slope (x1 - x3) - y1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWithSlope(out AffinePoint sum, in AffinePoint point, in FieldElement otherX, in FieldElement slope)
    {
        var (x, y) = (point.X, point.Y);
        FieldElement.Add(out var xs, in x, in otherX); // [2]
        FieldElement.Square(out sum.X, in slope);
        FieldElement.Subtract(out sum.X, in sum.X, in xs, 2); // [4]
        FieldElement.Normalize(ref sum.X);
        FieldElement.Subtract(out x, in x, in sum.X, 1); // [3]
        FieldElement.Multiply(out sum.Y, in x, in slope);
        FieldElement.Subtract(out sum.Y, in sum.Y, in y, 1); // [3]
        FieldElement.Normalize(ref sum.Y);
    }
}
