namespace Dmex.Fast.Signing.Curve;

/// <summary>What the tables of a fixed base point are filled with, in variable time: everything here is public.</summary>
internal static class FixedBaseMultiples
{
    /// <summary>points[i · 2^(bits-1) + j] = (2j + 1) · 2^(bits · i) · point.</summary>
    /// <param name="points">At least windows · 2^(bits-1) points.</param>
    /// <param name="point">The base.</param>
    /// <param name="windows">How many windows to fill.</param>
    /// <param name="bits">The width of a window.</param>
    /// <param name="next">2^(bits · windows) · point.</param>
    public static void Fill(Span<JacobianPoint> points, in AffinePoint point, int windows, int bits, out JacobianPoint next)
    {
        var count = 1 << (bits - 1);
        JacobianPoint.FromAffine(out next, in point);
        for (var window = 0; window < windows; window++)
        {
            FillWindow(points.Slice(window * count, count), in next);
            for (var bit = 0; bit < bits; bit++)
            {
                JacobianPoint.Double(ref next);
            }
        }
    }

    /// <summary>points[j] = (2j + 1) · first.</summary>
    public static void FillWindow(Span<JacobianPoint> points, in JacobianPoint first)
    {
        var twice = first;
        JacobianPoint.Double(ref twice);
        var multiple = first;
        for (var j = 0; j < points.Length; j++)
        {
            points[j] = multiple;
            JacobianPoint.AddVarTime(ref multiple, in twice);
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

    /// <summary>The affine forms, normal, with one inversion (Montgomery's trick); no point may be infinity.</summary>
    public static void ToAffine(ReadOnlySpan<JacobianPoint> points, Span<AffinePoint> affine)
    {
        var products = new FieldElement[points.Length + 1];
        products[0] = FieldElement.One;
        for (var i = 0; i < points.Length; i++)
        {
            FieldElement.Multiply(out products[i + 1], in products[i], in points[i].Z);
        }

        FieldElement.Normalize(ref products[^1]);
        FieldElement.Invert(out var inverse, in products[^1]);
        for (var i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(out var zInverse, in inverse, in products[i]);
            FieldElement.Multiply(out inverse, in inverse, in points[i].Z);
            FieldElement.Square(out var zz, in zInverse);
            FieldElement.Multiply(out affine[i].X, in points[i].X, in zz);
            FieldElement.Multiply(out zz, in zz, in zInverse);
            FieldElement.Multiply(out affine[i].Y, in points[i].Y, in zz);
            FieldElement.Normalize(ref affine[i].X);
            FieldElement.Normalize(ref affine[i].Y);
        }
    }
}
