using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// k · P for public k and P, in variable time: the halves of k under the <see cref="Endomorphism"/>, interleaved, in width-5
/// NAF (Guide to Elliptic Curve Cryptography, algorithms 3.36, 3.51 and 3.77).
/// </summary>
internal static class PointMultiply
{
    private const int Width = 5;
    private const int OddMultiples = 1 << (Width - 2);
    private const int MaxDigits = 130;

    /// <summary>result = k · p; infinity for k = 0. Variable time: public values only.</summary>
    [SkipLocalsInit]
    public static void MultiplyVarTime(out JacobianPoint result, in AffinePoint p, in Scalar k)
    {
        Span<AffinePoint> multiples = stackalloc AffinePoint[OddMultiples];
        FillOddMultiples(multiples, in p);
        Endomorphism.SplitVarTime(out var k1, out var negative1, out var k2, out var negative2, in k);
        Span<sbyte> digits1 = stackalloc sbyte[MaxDigits];
        Span<sbyte> digits2 = stackalloc sbyte[MaxDigits];
        var length = Math.Max(ToNonAdjacentForm(digits1, in k1), ToNonAdjacentForm(digits2, in k2));
        result = default;
        for (var i = length - 1; i >= 0; i--)
        {
            JacobianPoint.Double(ref result);
            AddDigit(ref result, multiples, negative1 ? -digits1[i] : digits1[i], endomorphism: false);
            AddDigit(ref result, multiples, negative2 ? -digits2[i] : digits2[i], endomorphism: true);
        }
    }

    private static void AddDigit(ref JacobianPoint result, ReadOnlySpan<AffinePoint> multiples, int digit, bool endomorphism)
    {
        if (digit == 0)
        {
            return;
        }

        var multiple = multiples[Math.Abs(digit) >> 1];
        if (endomorphism)
        {
            Endomorphism.Apply(out multiple, in multiple);
        }

        if (digit < 0)
        {
            FieldElement.Negate(out multiple.Y, in multiple.Y, 1);
        }

        JacobianPoint.AddAffineVarTime(ref result, in multiple);
    }

    /// <summary>multiples[i] = (2i + 1) · p, with one inversion for all (Montgomery's trick).</summary>
    /// <remarks>p has the group's order, a large prime, so no sum here is infinity and no two summands are equal or opposite.</remarks>
    [SkipLocalsInit]
    private static void FillOddMultiples(Span<AffinePoint> multiples, in AffinePoint p)
    {
        Span<JacobianPoint> points = stackalloc JacobianPoint[OddMultiples];
        Span<FieldElement> products = stackalloc FieldElement[OddMultiples];
        JacobianPoint.FromAffine(out points[0], in p);
        var twice = points[0];
        JacobianPoint.Double(ref twice);
        products[0] = points[0].Z;
        for (var i = 1; i < OddMultiples; i++)
        {
            points[i] = points[i - 1];
            JacobianPoint.AddVarTime(ref points[i], in twice);
            FieldElement.Multiply(out products[i], in products[i - 1], in points[i].Z);
        }

        var inverse = products[^1];
        FieldElement.Normalize(ref inverse);
        FieldElement.Invert(out inverse, in inverse);
        for (var i = OddMultiples - 1; i > 0; i--)
        {
            FieldElement.Multiply(out var own, in inverse, in products[i - 1]);
            FieldElement.Multiply(out inverse, in inverse, in points[i].Z);
            FieldElement.Square(out var square, in own);
            FieldElement.Multiply(out multiples[i].X, in points[i].X, in square);
            FieldElement.Multiply(out square, in square, in own);
            FieldElement.Multiply(out multiples[i].Y, in points[i].Y, in square);
        }

        multiples[0] = p;
    }

    /// <summary>
    /// k = Σ digits[i] · 2^i for k below 2^129, each digit 0 or odd and below 2^(Width-1) in size; returns how many are not trailing zeros.
    /// </summary>
    private static int ToNonAdjacentForm(Span<sbyte> digits, in Scalar k)
    {
        digits.Clear();
        var rest = ((UInt128)k.W1 << 64) | k.W0;
        var length = 0;
        for (var i = 0; rest != 0; i++)
        {
            if ((rest & 1) != 0)
            {
                var digit = (int)(rest & ((1 << Width) - 1));
                digit = digit >= 1 << (Width - 1) ? digit - (1 << Width) : digit;
                digits[i] = (sbyte)digit;
                length = i + 1;

                // A value below 2^128 less a negative digit may reach 2^128: the bit that the shift brings back.
                var above = rest > UInt128.MaxValue - 15 && digit < 0;
                rest -= (UInt128)(Int128)digit;
                rest = (rest >> 1) | (above && rest < 16 ? UInt128.One << 127 : UInt128.Zero);
            }
            else
            {
                rest >>= 1;
            }
        }

        return length;
    }
}
