using System.Globalization;
using System.Numerics;

namespace Dmex.Fast.Tests.Proofs.Reference;

/// <summary>
/// secp256k1 (SEC 2, section 2.4.1) as a textbook has it: BigInteger, the affine group law, double-and-add. Slow, and short
/// enough to be seen to be right.
/// </summary>
internal static class ReferenceCurve
{
    public static readonly BigInteger P = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
    public static readonly BigInteger N = Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");

    public static readonly ReferencePoint G = ReferencePoint.At(
        Hex("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"),
        Hex("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"));

    public static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>value mod modulus in [0, modulus).</summary>
    public static BigInteger Mod(BigInteger value, BigInteger modulus)
    {
        var remainder = value % modulus;
        return remainder.Sign < 0 ? remainder + modulus : remainder;
    }

    /// <summary>The inverse modulo a prime, and 0 for 0, by the extended Euclidean algorithm.</summary>
    public static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        var (r0, r1) = (modulus, Mod(value, modulus));
        var (t0, t1) = (BigInteger.Zero, BigInteger.One);
        while (!r1.IsZero)
        {
            var quotient = r0 / r1;
            (r0, r1) = (r1, r0 - (quotient * r1));
            (t0, t1) = (t1, t0 - (quotient * t1));
        }

        return r0.IsOne ? Mod(t0, modulus) : BigInteger.Zero;
    }

    public static ReferencePoint Negate(ReferencePoint p) =>
        p.IsInfinity ? p : ReferencePoint.At(p.X, Mod(-p.Y, P));

    public static ReferencePoint Add(ReferencePoint p, ReferencePoint q)
    {
        if (p.IsInfinity)
        {
            return q;
        }

        if (q.IsInfinity)
        {
            return p;
        }

        // y = 0 is a point of order 2: there is none on secp256k1, but there is on other curves of the same form.
        if (p.X == q.X && (p.Y != q.Y || p.Y.IsZero))
        {
            return ReferencePoint.Infinity;
        }

        var slope = p.X == q.X
            ? 3 * p.X * p.X * Inverse(2 * p.Y, P)
            : (q.Y - p.Y) * Inverse(q.X - p.X, P);
        slope = Mod(slope, P);
        var x = Mod((slope * slope) - p.X - q.X, P);
        return ReferencePoint.At(x, Mod((slope * (p.X - x)) - p.Y, P));
    }

    public static ReferencePoint Multiply(ReferencePoint p, BigInteger k)
    {
        var sum = ReferencePoint.Infinity;
        for (var bit = (int)k.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            if (!((k >> bit) & 1).IsZero)
            {
                sum = Add(sum, p);
            }
        }

        return sum;
    }

    /// <summary>The point with this x and this parity of y, or null when x³ + 7 is no square.</summary>
    public static ReferencePoint? FromX(BigInteger x, bool odd)
    {
        var square = Mod((x * x * x) + 7, P);
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        if (y * y % P != square)
        {
            return null;
        }

        return ReferencePoint.At(x, y.IsEven == odd ? P - y : y);
    }
}
