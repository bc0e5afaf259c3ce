namespace Dmex.Fast.Signing.Curve;

/// <summary>k · P for public k and P, in variable time: width-5 NAF (Guide to Elliptic Curve Cryptography, algorithm 3.36).</summary>
internal static class PointMultiply
{
    private const int Width = 5;
    private const int OddMultiples = 1 << (Width - 2);
    private const int MaxDigits = 257;

    /// <summary>result = k · p; infinity for k = 0. Variable time: public values only.</summary>
    public static void MultiplyVarTime(out JacobianPoint result, in AffinePoint p, in Scalar k)
    {
        Span<JacobianPoint> multiples = stackalloc JacobianPoint[OddMultiples];
        JacobianPoint.FromAffine(out multiples[0], in p);
        var twice = multiples[0];
        JacobianPoint.Double(ref twice);
        for (var i = 1; i < OddMultiples; i++)
        {
            multiples[i] = multiples[i - 1];
            JacobianPoint.AddVarTime(ref multiples[i], in twice);
        }

        Span<sbyte> digits = stackalloc sbyte[MaxDigits];
        var length = ToNonAdjacentForm(digits, in k);
        result = default;
        for (var i = length - 1; i >= 0; i--)
        {
            JacobianPoint.Double(ref result);
            if (digits[i] > 0)
            {
                JacobianPoint.AddVarTime(ref result, in multiples[digits[i] >> 1]);
            }
            else if (digits[i] < 0)
            {
                var negative = multiples[-digits[i] >> 1];
                FieldElement.Negate(out negative.Y, in negative.Y, 4);
                FieldElement.NormalizeWeak(ref negative.Y);
                JacobianPoint.AddVarTime(ref result, in negative);
            }
        }
    }

    /// <summary>k = Σ digits[i] · 2^i, each digit 0 or odd and below 2^(Width-1) in size; returns how many digits there are.</summary>
    private static int ToNonAdjacentForm(Span<sbyte> digits, in Scalar k)
    {
        var (w0, w1, w2, w3) = (k.W0, k.W1, k.W2, k.W3);
        var above = 0UL; // bit 256, where a negative digit has carried out of a value close to 2^256
        var length = 0;
        while ((w0 | w1 | w2 | w3 | above) != 0)
        {
            var digit = 0;
            if ((w0 & 1) != 0)
            {
                digit = (int)(w0 & ((1 << Width) - 1));
                digit = digit >= 1 << (Width - 1) ? digit - (1 << Width) : digit;
                var carry = 0UL;
                var extension = digit > 0 ? ulong.MaxValue : 0;
                w0 = ConstantTime.AddWithCarry(w0, (ulong)-(long)digit, ref carry);
                w1 = ConstantTime.AddWithCarry(w1, extension, ref carry);
                w2 = ConstantTime.AddWithCarry(w2, extension, ref carry);
                w3 = ConstantTime.AddWithCarry(w3, extension, ref carry);
                above += extension + carry;
            }

            digits[length++] = (sbyte)digit;
            w0 = (w0 >> 1) | (w1 << 63);
            w1 = (w1 >> 1) | (w2 << 63);
            w2 = (w2 >> 1) | (w3 << 63);
            w3 = (w3 >> 1) | (above << 63);
            above >>= 1;
        }

        return length;
    }
}
