using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The inverses of a field element mod p and of a scalar mod n in one pass of divsteps with AVX-512; see
/// <see cref="SafeGcd"/> for the algorithm and its sources.
/// </summary>
/// <remarks>
/// <para>
/// The eight lanes hold f g d e for p, then f g d e for n, as five signed digits of 52 bits in doubles. Twelve rounds of 50
/// divsteps, 600, are more than the 590 that suffice. The divsteps of both run in the two lanes of a Vector128; the matrix
/// of a round, entries at most 2^50 in size, is applied to all eight lanes at once: lane := α · left + β · right + m ·
/// modulus, divided by 2^50, where left and right are f, g or d, e, and m is 0 for f, g. Products are split as in
/// <see cref="FieldElementX8"/>.
/// </para>
/// <para>
/// Bounds: digits 0 to 3 are at most 2^51 + 2^5 in size, α and β together at most 2^50, m at most 2^51: each product is
/// below 2^103. d and e are brought up by the modulus where their digit 4 is negative; it is 0 or more for values down to
/// -2^208, so they stay in (-2 · modulus - 2^208, modulus + 2^208), and the last steps below allow for that.
/// </para>
/// </remarks>
internal static unsafe class SafeGcdPair
{
    private const int Rounds = 12;
    private const int StepsPerRound = 50;
    private const long BitsOfM = 0x4678000000000000;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double M = 3.0 * 10141204801825835211973625643008.0; // 3 · 2^103
    private const double MPlusTwo52 = M + 4503599627370496.0;
    private const double HalfDigit = 2251799813685248.0; // 2^51
    private const long DigitMask = (1L << 52) - 1;
    private const int Digits = 5;
    private const int Lanes = 8;

    // The digits of p and n, centered, and their inverses mod 2^50.
    private const long P0 = -0x1000003D1;
    private const long P4 = 1L << 48;
    private const long N0 = 0x25E8CD0364141;
    private const long N1 = 0xE6AF48A03BBFD - (1L << 52);
    private const long N2 = 0xFFFFFFEBAAEDD - (1L << 52);
    private const long N3 = 0;
    private const long N4 = 1L << 48;
    private const long PInverse50 = 0x27C7F6E22DDACACF & ((1L << 50) - 1);
    private const long NInverse50 = 0x34F20099AA774EC1 & ((1L << 50) - 1);

    /// <summary>element := element^-1 mod p and scalar := scalar^-1 mod n; 0 becomes 0.</summary>
    /// <param name="element">Normal, before and after.</param>
    /// <param name="scalar">Below n.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(ref FieldElement element, ref Scalar scalar)
    {
        var digits = stackalloc long[Digits * Lanes];
        Load(digits, in element, in scalar);
        var s0 = ToDouble(Vector512.Load(digits));
        var s1 = ToDouble(Vector512.Load(digits + 8));
        var s2 = ToDouble(Vector512.Load(digits + 16));
        var s3 = ToDouble(Vector512.Load(digits + 24));
        var s4 = ToDouble(Vector512.Load(digits + 32));
        Center(ref s0, ref s1);
        Center(ref s1, ref s2);
        Center(ref s2, ref s3);
        Center(ref s3, ref s4);

        var zeta = Vector128.Create(-1L);
        for (var round = 0; round < Rounds; round++)
        {
            DivSteps(ref zeta, s0, out var alpha, out var beta);
            Apply(ref s0, ref s1, ref s2, ref s3, ref s4, alpha, beta);
        }

        ToInteger(s0).Store(digits);
        ToInteger(s1).Store(digits + 8);
        ToInteger(s2).Store(digits + 16);
        ToInteger(s3).Store(digits + 24);
        ToInteger(s4).Store(digits + 32);
        Finish(digits, 0, P0, 0, 0, 0, P4, out var word0, out var word1, out var word2, out var word3);
        FieldElement.FromWords(out element, word0, word1, word2, word3);
        Finish(digits, 4, N0, N1, N2, N3, N4, out scalar.W0, out scalar.W1, out scalar.W2, out scalar.W3);
        new Span<long>(digits, Digits * Lanes).Clear();
    }

    /// <summary>f = modulus, g = value, d = 0, e = 1 for both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(long* digits, in FieldElement element, in Scalar scalar)
    {
        new Span<long>(digits, Digits * Lanes).Clear();
        (digits[0], digits[32]) = (P0, P4);
        (digits[4], digits[12], digits[20], digits[28], digits[36]) = (N0, N1, N2, N3, N4);
        (digits[3], digits[7]) = (1, 1);
        digits[1] = (long)element.N0;
        digits[9] = (long)element.N1;
        digits[17] = (long)element.N2;
        digits[25] = (long)element.N3;
        digits[33] = (long)element.N4;
        digits[5] = (long)scalar.W0 & DigitMask;
        digits[13] = (long)((scalar.W0 >> 52) | (scalar.W1 << 12)) & DigitMask;
        digits[21] = (long)((scalar.W1 >> 40) | (scalar.W2 << 24)) & DigitMask;
        digits[29] = (long)((scalar.W2 >> 28) | (scalar.W3 << 36)) & DigitMask;
        digits[37] = (long)(scalar.W3 >> 16);
    }

    /// <summary>Moves what exceeds half a digit up into the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Center(ref Vector512<double> digit, ref Vector512<double> next)
    {
        var round = Vector512.Create(M);
        var q = digit + round - round;
        digit -= q;
        next = Avx512F.FusedMultiplyAdd(q, Vector512.Create(1 / 4503599627370496.0), next);
    }

    /// <summary>50 divsteps on the low digits of f and g; alpha and beta are what each lane multiplies its left and right by.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void DivSteps(
        ref Vector128<long> zetaRef, Vector512<double> low, out Vector512<long> alpha, out Vector512<long> beta)
    {
        var one = Vector128<long>.One;
        var fg = Avx512F.PermuteVar8x64(ToInteger(low), Vector512.Create(0L, 4, 1, 5, 0, 0, 0, 0));
        var f = fg.GetLower().GetLower();
        var g = fg.GetLower().GetUpper();
        var zeta = zetaRef;
        var u = one;
        var v = Vector128<long>.Zero;
        var q = v;
        var r = one;
        for (var i = 0; i < StepsPerRound; i++)
        {
            // As in SafeGcd.DivSteps; 0x28 is (a ^ b) & c, and subtracting the swap mask completes the negation.
            var zetaNegative = Avx512F.VL.ShiftRightArithmetic(zeta, 63);
            var gOdd = Vector128<long>.Zero - (g & one);
            var swap = zetaNegative & gOdd;
            g += Avx512F.VL.TernaryLogic(f, zetaNegative, gOdd, 0x28) - swap;
            q += Avx512F.VL.TernaryLogic(u, zetaNegative, gOdd, 0x28) - swap;
            r += Avx512F.VL.TernaryLogic(v, zetaNegative, gOdd, 0x28) - swap;
            zeta = (zeta ^ swap) - one;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g = Vector128.ShiftRightLogical(g, 1);
            u += u;
            v += v;
        }

        zetaRef = zeta;
        var lanes = Vector512.Create(0L, 2, 0, 2, 1, 3, 1, 3);
        alpha = Avx512F.PermuteVar8x64(Vector512.Create(Vector256.Create(u, q), Vector256<long>.Zero), lanes);
        beta = Avx512F.PermuteVar8x64(Vector512.Create(Vector256.Create(v, r), Vector256<long>.Zero), lanes);
    }

    /// <summary>Every lane := (alpha · left + beta · right + m · modulus) / 2^50.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(
        ref Vector512<double> s0, ref Vector512<double> s1, ref Vector512<double> s2, ref Vector512<double> s3, ref Vector512<double> s4,
        Vector512<long> alpha, Vector512<long> beta)
    {
        Vector512<double> x0 = Left(s0), x1 = Left(s1), x2 = Left(s2), x3 = Left(s3), x4 = Left(s4);
        Vector512<double> y0 = Right(s0), y1 = Right(s1), y2 = Right(s2), y3 = Right(s3), y4 = Right(s4);

        // d and e alone take multiples of the modulus: to bring a negative left or right up, and to clear the low 50 bits.
        var isDE = Vector512.Create(0L, 0, -1, -1, 0, 0, -1, -1);
        var leftNegative = Avx512F.ShiftRightArithmetic(x4.AsInt64(), 63) & isDE;
        var rightNegative = Avx512F.ShiftRightArithmetic(y4.AsInt64(), 63) & isDE;
        var multiple = (alpha & leftNegative) + (beta & rightNegative);
        var low = Avx512DQ.MultiplyLow(alpha, ToInteger(x0)) + Avx512DQ.MultiplyLow(beta, ToInteger(y0));
        var inverse = Vector512.Create(0, 0, PInverse50, PInverse50, 0, 0, NInverse50, NInverse50);
        multiple -= (Avx512DQ.MultiplyLow(inverse, low) + multiple) & Vector512.Create((1L << StepsPerRound) - 1) & isDE;

        var a = ToDouble(alpha);
        var b = ToDouble(beta);
        var m = ToDouble(multiple);
        Column(out var h0, out var c0, a, x0, b, y0, m, Modulus(P0, N0));
        Column(out var h1, out var c1, a, x1, b, y1, m, Modulus(0, N1));
        Column(out var h2, out var c2, a, x2, b, y2, m, Modulus(0, N2));
        Column(out var h3, out var c3, a, x3, b, y3, m, Modulus(0, N3));
        Column(out var h4, out var c4, a, x4, b, y4, m, Modulus(P4, N4));
        var lowConstant = Vector512.Create(unchecked(-3 * BitsOfTwo52));
        var bothConstants = Vector512.Create(unchecked(-3 * (BitsOfTwo52 + BitsOfM)));
        c0 += lowConstant;
        c1 += h0 + bothConstants;
        c2 += h1 + bothConstants;
        c3 += h2 + bothConstants;
        c4 += h3 + bothConstants;
        var c5 = h4 + Vector512.Create(unchecked(-3 * BitsOfM));

        // The sum is divisible by 2^50: dividing is multiplying by 4 and dropping column 0, whose rest is carried.
        var half = Vector512.Create(1L << 51);
        var mask = Vector512.Create(DigitMask);
        c1 = (c1 << 2) + Avx512F.ShiftRightArithmetic(c0, 50) + half;
        c2 = (c2 << 2) + half;
        c3 = (c3 << 2) + half;
        c4 = (c4 << 2) + half;
        c5 <<= 2;
        var halfDigit = Vector512.Create(HalfDigit);
        s0 = ToDouble(c1 & mask) - halfDigit;
        s1 = ToDouble((c2 & mask) + Avx512F.ShiftRightArithmetic(c1, 52)) - halfDigit;
        s2 = ToDouble((c3 & mask) + Avx512F.ShiftRightArithmetic(c2, 52)) - halfDigit;
        s3 = ToDouble((c4 & mask) + Avx512F.ShiftRightArithmetic(c3, 52)) - halfDigit;
        s4 = ToDouble(c5 + Avx512F.ShiftRightArithmetic(c4, 52));
    }

    /// <summary>The parts of a · x + b · y + m · modulus in one column, with their constants: three of each kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Column(
        out Vector512<long> high, out Vector512<long> low,
        Vector512<double> a, Vector512<double> x, Vector512<double> b, Vector512<double> y, Vector512<double> m, Vector512<double> modulus)
    {
        var h = Avx512F.FusedMultiplyAdd(a, x, Vector512.Create(M), FloatRoundingMode.ToZero);
        high = h.AsInt64();
        low = Avx512F.FusedMultiplyAdd(a, x, Vector512.Create(MPlusTwo52) - h, FloatRoundingMode.ToZero).AsInt64();
        h = Avx512F.FusedMultiplyAdd(b, y, Vector512.Create(M), FloatRoundingMode.ToZero);
        high += h.AsInt64();
        low += Avx512F.FusedMultiplyAdd(b, y, Vector512.Create(MPlusTwo52) - h, FloatRoundingMode.ToZero).AsInt64();
        h = Avx512F.FusedMultiplyAdd(m, modulus, Vector512.Create(M), FloatRoundingMode.ToZero);
        high += h.AsInt64();
        low += Avx512F.FusedMultiplyAdd(m, modulus, Vector512.Create(MPlusTwo52) - h, FloatRoundingMode.ToZero).AsInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Left(Vector512<double> s) => Avx512F.DuplicateEvenIndexed(s);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Right(Vector512<double> s) => Avx512F.Permute2x64(s, 0xFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Modulus(long p, long n) => Vector512.Create(0, 0, (double)p, p, 0, 0, n, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> ToDouble(Vector512<long> value) => Avx512DQ.ConvertToVector512Double(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<long> ToInteger(Vector512<double> value) => Avx512DQ.ConvertToVector512Int64(value);

    /// <summary>
    /// d times the sign of f (±1, in lanes first + 2 and first), brought from (-3 · modulus, 3 · modulus) to [0, modulus).
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(
        long* digits, int first, long m0, long m1, long m2, long m3, long m4,
        out ulong word0, out ulong word1, out ulong word2, out ulong word3)
    {
        var sign = digits[first] >> 63;
        var d0 = (digits[first + 2] ^ sign) - sign;
        var d1 = (digits[first + 10] ^ sign) - sign;
        var d2 = (digits[first + 18] ^ sign) - sign;
        var d3 = (digits[first + 26] ^ sign) - sign;
        var d4 = (digits[first + 34] ^ sign) - sign;
        for (var i = 0; i < 3; i++)
        {
            CarryDigits(ref d0, ref d1, ref d2, ref d3, ref d4);
            var negative = d4 >> 63;
            d0 += m0 & negative;
            d1 += m1 & negative;
            d2 += m2 & negative;
            d3 += m3 & negative;
            d4 += m4 & negative;
        }

        CarryDigits(ref d0, ref d1, ref d2, ref d3, ref d4);
        for (var i = 0; i < 3; i++)
        {
            long e0 = d0 - m0, e1 = d1 - m1, e2 = d2 - m2, e3 = d3 - m3, e4 = d4 - m4;
            CarryDigits(ref e0, ref e1, ref e2, ref e3, ref e4);
            var notNegative = (ulong)~(e4 >> 63);
            d0 = (long)ConstantTime.Select(notNegative, (ulong)e0, (ulong)d0);
            d1 = (long)ConstantTime.Select(notNegative, (ulong)e1, (ulong)d1);
            d2 = (long)ConstantTime.Select(notNegative, (ulong)e2, (ulong)d2);
            d3 = (long)ConstantTime.Select(notNegative, (ulong)e3, (ulong)d3);
            d4 = (long)ConstantTime.Select(notNegative, (ulong)e4, (ulong)d4);
        }

        word0 = (ulong)d0 | ((ulong)d1 << 52);
        word1 = ((ulong)d1 >> 12) | ((ulong)d2 << 40);
        word2 = ((ulong)d2 >> 24) | ((ulong)d3 << 28);
        word3 = ((ulong)d3 >> 36) | ((ulong)d4 << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CarryDigits(ref long d0, ref long d1, ref long d2, ref long d3, ref long d4)
    {
        d1 += d0 >> 52;
        d0 &= DigitMask;
        d2 += d1 >> 52;
        d1 &= DigitMask;
        d3 += d2 >> 52;
        d2 &= DigitMask;
        d4 += d3 >> 52;
        d3 &= DigitMask;
    }
}
