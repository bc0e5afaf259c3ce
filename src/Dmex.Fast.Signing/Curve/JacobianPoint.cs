using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// A point in Jacobian coordinates: x = X / Z², y = Y / Z³; Z = 0 is the point at infinity. Magnitudes between
/// operations: X at most 5, Y at most 4, Z 1.
/// </summary>
internal struct JacobianPoint
{
    internal FieldElement X;
    internal FieldElement Y;
    internal FieldElement Z;

    /// <summary>The same point with Z = 1.</summary>
    public static void FromAffine(out JacobianPoint result, in AffinePoint point)
    {
        result.X = point.X;
        result.Y = point.Y;
        result.Z = FieldElement.One;
    }

    /// <summary>
    /// p := p + q, 8 multiplications and 3 squarings. Incomplete: p must not be infinity, q or -q, whose sums come out as
    /// Z = 0 or wrong. Constant time.
    /// </summary>
    /// <remarks>
    /// The formulas of madd-2004-hmv (Hankerson, Menezes, Vanstone, 2004, section 3.2.2; Explicit-Formulas Database).
    /// q's coordinates have magnitude at most 2. Magnitudes in brackets.
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffine(ref JacobianPoint p, in AffinePoint q)
    {
        FieldElement.Square(out var zz, in p.Z);
        FieldElement.Multiply(out var u, in q.X, in zz);
        FieldElement.Multiply(out var s, in zz, in p.Z);
        FieldElement.Multiply(out s, in s, in q.Y);
        FieldElement.Subtract(out var h, in u, in p.X, 5); // H [7]
        FieldElement.Subtract(out var r, in s, in p.Y, 4); // R [6]
        FinishAddition(ref p, ref h, in r);
    }

    /// <summary>The rest of the addition of an affine point: p := p + q from H and R; H is used up.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FinishAddition(ref JacobianPoint p, ref FieldElement h, in FieldElement r)
    {
        FieldElement.Multiply(out p.Z, in p.Z, in h);
        FieldElement.Square(out var hh, in h);
        FieldElement.Multiply(out h, in h, in hh); // H³ [1]
        FieldElement.Multiply(out var v, in p.X, in hh); // V = X H² [1]
        FieldElement.Square(out var rr, in r);
        FieldElement.MultiplySmall(out var sum, in v, 2);
        FieldElement.Add(out sum, in sum, in h); // 2V + H³ [3]
        FieldElement.Subtract(out p.X, in rr, in sum, 3); // X3 = R² - H³ - 2V [5]
        FieldElement.Subtract(out v, in v, in p.X, 5); // [7]
        FieldElement.Multiply(out v, in v, in r);
        FieldElement.Multiply(out h, in h, in p.Y);
        FieldElement.Subtract(out p.Y, in v, in h, 1); // Y3 = R (V - X3) - Y H³ [3]
    }

    /// <summary>p := 2p, 3 multiplications and 4 squarings; infinity stays infinity. Constant time.</summary>
    /// <remarks>dbl-2009-l (Lange; Explicit-Formulas Database), for a = 0. No point of the curve has order 2.</remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Double(ref JacobianPoint p)
    {
        FieldElement.Multiply(out p.Z, in p.Z, in p.Y);
        FieldElement.MultiplySmall(out p.Z, in p.Z, 2); // Z3 = 2 Y Z [2]
        FieldElement.NormalizeWeak(ref p.Z);
        FieldElement.Square(out var b, in p.Y); // B = Y²
        FieldElement.Multiply(out var d, in p.X, in b);
        FieldElement.MultiplySmall(out d, in d, 4); // D = 4 X B [4]
        FieldElement.Square(out var e, in p.X);
        FieldElement.MultiplySmall(out e, in e, 3); // E = 3 X² [3]
        FieldElement.Square(out p.X, in e);
        FieldElement.MultiplySmall(out var twice, in d, 2); // [8]
        FieldElement.Subtract(out p.X, in p.X, in twice, 8); // X3 = E² - 2D [10]
        FieldElement.NormalizeWeak(ref p.X);
        FieldElement.Subtract(out d, in d, in p.X, 1); // [6]
        FieldElement.Multiply(out d, in d, in e);
        FieldElement.Square(out b, in b);
        FieldElement.MultiplySmall(out b, in b, 8); // [8]
        FieldElement.Subtract(out p.Y, in d, in b, 8); // Y3 = E (D - X3) - 8 B² [10]
        FieldElement.NormalizeWeak(ref p.Y);
    }

    /// <summary>The affine form, normal; the point must not be infinity. Constant time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToAffine(out AffinePoint result, in JacobianPoint point)
    {
        var z = point.Z;
        FieldElement.Normalize(ref z);
        FieldElement.Invert(out z, in z);
        FieldElement.Square(out var zz, in z);
        FieldElement.Multiply(out result.X, in point.X, in zz);
        FieldElement.Multiply(out zz, in zz, in z);
        FieldElement.Multiply(out result.Y, in point.Y, in zz);
        FieldElement.Normalize(ref result.X);
        FieldElement.Normalize(ref result.Y);
        ConstantTime.Wipe(ref z);
        ConstantTime.Wipe(ref zz);
    }

    /// <summary>Whether this is the point at infinity. Variable time in its result.</summary>
    public readonly bool IsInfinity()
    {
        var z = Z;
        FieldElement.Normalize(ref z);
        return z.IsZeroMask() != 0;
    }

    /// <summary>
    /// p := p + q for any p, including infinity, q and -q. Variable time: public points only. The magnitudes are those of AddAffine.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAffineVarTime(ref JacobianPoint p, in AffinePoint q)
    {
        if (FieldElement.IsZeroVarTime(in p.Z))
        {
            FromAffine(out p, in q);
            return;
        }

        FieldElement.Square(out var zz, in p.Z);
        FieldElement.Multiply(out var u, in q.X, in zz);
        FieldElement.Multiply(out var s, in zz, in p.Z);
        FieldElement.Multiply(out s, in s, in q.Y);
        FieldElement.Subtract(out var h, in u, in p.X, 5);
        FieldElement.Subtract(out var r, in s, in p.Y, 4);
        if (!FieldElement.IsZeroVarTime(in h))
        {
            FinishAddition(ref p, ref h, in r);
        }
        else if (FieldElement.IsZeroVarTime(in r))
        {
            Double(ref p);
        }
        else
        {
            p = default;
        }
    }

    /// <summary>p := p + q for any p and q, including infinity, q and -q. Variable time: public points only.</summary>
    public static void AddVarTime(ref JacobianPoint p, in JacobianPoint q)
    {
        if (q.IsInfinity())
        {
            return;
        }

        if (p.IsInfinity())
        {
            p = q;
            return;
        }

        // add-2007-bl without its scalings: U1 = X1 Z2², U2 = X2 Z1², S1 = Y1 Z2³, S2 = Y2 Z1³.
        FieldElement.Square(out var zz1, in p.Z);
        FieldElement.Square(out var zz2, in q.Z);
        FieldElement.Multiply(out var u1, in p.X, in zz2);
        FieldElement.Multiply(out var u2, in q.X, in zz1);
        FieldElement.Multiply(out var s1, in p.Y, in q.Z);
        FieldElement.Multiply(out s1, in s1, in zz2);
        FieldElement.Multiply(out var s2, in q.Y, in p.Z);
        FieldElement.Multiply(out s2, in s2, in zz1);
        if (FieldElement.AreEqual(in u1, in u2))
        {
            if (FieldElement.AreEqual(in s1, in s2))
            {
                Double(ref p);
            }
            else
            {
                p = default;
            }

            return;
        }

        FieldElement.Subtract(out var h, in u2, in u1, 1); // [3]
        FieldElement.Subtract(out var r, in s2, in s1, 1); // [3]
        FieldElement.Multiply(out p.Z, in p.Z, in q.Z);
        FieldElement.Multiply(out p.Z, in p.Z, in h);
        FieldElement.Square(out var hh, in h);
        FieldElement.Multiply(out h, in h, in hh);
        FieldElement.Multiply(out var v, in u1, in hh);
        FieldElement.Square(out p.X, in r);
        FieldElement.MultiplySmall(out u2, in v, 2);
        FieldElement.Add(out u2, in u2, in h); // [3]
        FieldElement.Subtract(out p.X, in p.X, in u2, 3); // [5]
        FieldElement.Subtract(out v, in v, in p.X, 5); // [7]
        FieldElement.Multiply(out v, in v, in r);
        FieldElement.Multiply(out h, in h, in s1);
        FieldElement.Subtract(out p.Y, in v, in h, 1); // [3]
    }
}
