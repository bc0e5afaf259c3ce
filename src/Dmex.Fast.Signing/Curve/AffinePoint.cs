namespace Dmex.Fast.Signing.Curve;

/// <summary>A point (x, y) with y² = x³ + 7, not the point at infinity.</summary>
internal struct AffinePoint
{
    internal FieldElement X;
    internal FieldElement Y;

    /// <summary>G (SEC 2, section 2.4.1), normal.</summary>
    public static AffinePoint Generator
    {
        get
        {
            AffinePoint g;
            FieldElement.FromWords(out g.X, 0x59F2815B16F81798, 0x029BFCDB2DCE28D9, 0x55A06295CE870B07, 0x79BE667EF9DCBBAC);
            FieldElement.FromWords(out g.Y, 0x9C47D08FFB10D4B8, 0xFD17B448A6855419, 0x5DA4FBFC0E1108A8, 0x483ADA7726A3C465);
            return g;
        }
    }

    /// <summary>The point with this x whose y has the given parity; false when the curve has none. Variable time.</summary>
    /// <param name="point">Normal, when found.</param>
    /// <param name="x">Normal.</param>
    /// <param name="odd">The wanted parity of y.</param>
    public static bool TryFromXVarTime(out AffinePoint point, in FieldElement x, bool odd)
    {
        FieldElement.Square(out var cube, in x);
        FieldElement.Multiply(out cube, in cube, in x);
        FieldElement.Add(out cube, in cube, FieldElement.FromSmall(7));
        point.X = x;
        if (!FieldElement.TrySquareRoot(out point.Y, in cube))
        {
            return false;
        }

        if ((point.Y.ParityBit() == 1) != odd)
        {
            FieldElement.Negate(out point.Y, in point.Y, 1);
            FieldElement.Normalize(ref point.Y);
        }

        return true;
    }

    /// <summary>
    /// Whether the coordinates satisfy the equation of the curve. Both of magnitude at most 7. Variable time in its result.
    /// </summary>
    public readonly bool IsOnCurve()
    {
        FieldElement.Square(out var left, in Y);
        FieldElement.Square(out var right, in X);
        FieldElement.Multiply(out right, in right, in X);
        FieldElement.Add(out right, in right, FieldElement.FromSmall(7));
        return FieldElement.AreEqual(in left, in right);
    }
}
