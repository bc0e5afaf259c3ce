using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Eight field elements in AVX-512F and DQ; see <see cref="ILaneField{TSelf}"/> for the contract.</summary>
/// <remarks>
/// <para>
/// Products. With M = 3 · 2^103, h = RZ(x·y + M) lies in [2^104, 2^105) for |x·y| &lt; 2^103, where doubles are 2^52 apart,
/// so rounding toward zero makes h = M + 2^52 · floor(x·y / 2^52). Then x·y + (M + 2^52 - h) = 2^52 + (x·y mod 2^52) is in
/// [2^52, 2^53) and exact. The bits of h are bits(M) + floor(x·y / 2^52), those of the second are bits(2^52) +
/// (x·y mod 2^52): both are summed as integers, and the constants are taken off once a column.
/// </para>
/// <para>
/// Columns. T[k] = L[k] + H[k-1] as in the portable field, and 2^260 ≡ R = 2^36 + 15632 = 16 · (2^32 + 977). T[5] to T[9]
/// are carried to about 52 bits, multiplied by R in the same way, and their parts land in columns k - 5 and k - 4.
/// What stands above bit 48 of column 4 is above 2^256 and goes to column 0 times 2^32 + 977. Half a digit is added to
/// each column before the last carry and taken off after it, which centers the digits.
/// </para>
/// </remarks>
internal unsafe partial struct FieldElementX8 : ILaneField<FieldElementX8>
{
    private const long BitsOfM = 0x4678000000000000;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double M = 3.0 * 10141204801825835211973625643008.0; // 3 · 2^103
    private const double MPlusTwo52 = M + 4503599627370496.0;
    private const double R = 68719492368.0; // 16 · (2^32 + 977)
    private const long Fold = 0x1000003D1;
    private const long DigitMask = (1L << 52) - 1;
    private const long TopMask = (1L << 48) - 1;
    private const double HalfDigit = 2251799813685248.0; // 2^51
    private const double HalfTop = 140737488355328.0; // 2^47

    internal Vector512<double> D0;
    internal Vector512<double> D1;
    internal Vector512<double> D2;
    internal Vector512<double> D3;
    internal Vector512<double> D4;

    /// <summary>Whether this processor has the instructions: AVX-512F, VL and DQ.</summary>
    public static bool IsSupported => Avx512F.VL.IsSupported && Avx512DQ.IsSupported;

    public const int LaneCount = 8;

    public static int Lanes => LaneCount;

    public static void SetSmall(FieldElementX8* result, double value)
    {
        *result = default;
        result->D0 = Vector512.Create(value);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        Vector512<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector512<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;

        First(out var h8, out var l8, a4, b4);
        First(out var h7, out var l7, a3, b4);
        Next(ref h7, ref l7, a4, b3);
        First(out var h6, out var l6, a2, b4);
        Next(ref h6, ref l6, a3, b3);
        Next(ref h6, ref l6, a4, b2);
        First(out var h5, out var l5, a1, b4);
        Next(ref h5, ref l5, a2, b3);
        Next(ref h5, ref l5, a3, b2);
        Next(ref h5, ref l5, a4, b1);
        First(out var h4, out var l4, a0, b4);
        Next(ref h4, ref l4, a1, b3);
        Next(ref h4, ref l4, a2, b2);
        Next(ref h4, ref l4, a3, b1);
        Next(ref h4, ref l4, a4, b0);
        First(out var h3, out var l3, a0, b3);
        Next(ref h3, ref l3, a1, b2);
        Next(ref h3, ref l3, a2, b1);
        Next(ref h3, ref l3, a3, b0);
        First(out var h2, out var l2, a0, b2);
        Next(ref h2, ref l2, a1, b1);
        Next(ref h2, ref l2, a2, b0);
        First(out var h1, out var l1, a0, b1);
        Next(ref h1, ref l1, a1, b0);
        First(out var h0, out var l0, a0, b0);

        Reduce(
            result,
            l0 + Constant(One0), l1 + h0 + Constant(One1), l2 + h1 + Constant(One2), l3 + h2 + Constant(One3), l4 + h3 + Constant(One4),
            l5 + h4 + Constant(One5), l6 + h5 + Constant(One6), l7 + h6 + Constant(One7), l8 + h7 + Constant(One8), h8 + Constant(One9));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b, FieldElementX8* c)
    {
        Vector512<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector512<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;

        First(out var h8, out var l8, a4, b4);
        First(out var h7, out var l7, a3, b4);
        Next(ref h7, ref l7, a4, b3);
        First(out var h6, out var l6, a2, b4);
        Next(ref h6, ref l6, a3, b3);
        Next(ref h6, ref l6, a4, b2);
        First(out var h5, out var l5, a1, b4);
        Next(ref h5, ref l5, a2, b3);
        Next(ref h5, ref l5, a3, b2);
        Next(ref h5, ref l5, a4, b1);
        First(out var h4, out var l4, a0, b4);
        Next(ref h4, ref l4, a1, b3);
        Next(ref h4, ref l4, a2, b2);
        Next(ref h4, ref l4, a3, b1);
        Next(ref h4, ref l4, a4, b0);
        First(out var h3, out var l3, a0, b3);
        Next(ref h3, ref l3, a1, b2);
        Next(ref h3, ref l3, a2, b1);
        Next(ref h3, ref l3, a3, b0);
        First(out var h2, out var l2, a0, b2);
        Next(ref h2, ref l2, a1, b1);
        Next(ref h2, ref l2, a2, b0);
        First(out var h1, out var l1, a0, b1);
        Next(ref h1, ref l1, a1, b0);
        First(out var h0, out var l0, a0, b0);

        Reduce(
            result,
            l0 + Constant(One0) + ToInteger(c->D0),
            l1 + h0 + Constant(One1) + ToInteger(c->D1),
            l2 + h1 + Constant(One2) + ToInteger(c->D2),
            l3 + h2 + Constant(One3) + ToInteger(c->D3),
            l4 + h3 + Constant(One4) + ToInteger(c->D4),
            l5 + h4 + Constant(One5), l6 + h5 + Constant(One6), l7 + h6 + Constant(One7), l8 + h7 + Constant(One8), h8 + Constant(One9));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySum(
        FieldElementX8* result, FieldElementX8* a, FieldElementX8* b, FieldElementX8* c, FieldElementX8* d)
    {
        Vector512<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector512<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;
        Vector512<double> c0 = c->D0, c1 = c->D1, c2 = c->D2, c3 = c->D3, c4 = c->D4;
        Vector512<double> d0 = d->D0, d1 = d->D1, d2 = d->D2, d3 = d->D3, d4 = d->D4;

        First(out var h8, out var l8, a4, b4);
        Next(ref h8, ref l8, c4, d4);
        First(out var h7, out var l7, a3, b4);
        Next(ref h7, ref l7, a4, b3);
        Next(ref h7, ref l7, c3, d4);
        Next(ref h7, ref l7, c4, d3);
        First(out var h6, out var l6, a2, b4);
        Next(ref h6, ref l6, a3, b3);
        Next(ref h6, ref l6, a4, b2);
        Next(ref h6, ref l6, c2, d4);
        Next(ref h6, ref l6, c3, d3);
        Next(ref h6, ref l6, c4, d2);
        First(out var h5, out var l5, a1, b4);
        Next(ref h5, ref l5, a2, b3);
        Next(ref h5, ref l5, a3, b2);
        Next(ref h5, ref l5, a4, b1);
        Next(ref h5, ref l5, c1, d4);
        Next(ref h5, ref l5, c2, d3);
        Next(ref h5, ref l5, c3, d2);
        Next(ref h5, ref l5, c4, d1);
        First(out var h4, out var l4, a0, b4);
        Next(ref h4, ref l4, a1, b3);
        Next(ref h4, ref l4, a2, b2);
        Next(ref h4, ref l4, a3, b1);
        Next(ref h4, ref l4, a4, b0);
        Next(ref h4, ref l4, c0, d4);
        Next(ref h4, ref l4, c1, d3);
        Next(ref h4, ref l4, c2, d2);
        Next(ref h4, ref l4, c3, d1);
        Next(ref h4, ref l4, c4, d0);
        First(out var h3, out var l3, a0, b3);
        Next(ref h3, ref l3, a1, b2);
        Next(ref h3, ref l3, a2, b1);
        Next(ref h3, ref l3, a3, b0);
        Next(ref h3, ref l3, c0, d3);
        Next(ref h3, ref l3, c1, d2);
        Next(ref h3, ref l3, c2, d1);
        Next(ref h3, ref l3, c3, d0);
        First(out var h2, out var l2, a0, b2);
        Next(ref h2, ref l2, a1, b1);
        Next(ref h2, ref l2, a2, b0);
        Next(ref h2, ref l2, c0, d2);
        Next(ref h2, ref l2, c1, d1);
        Next(ref h2, ref l2, c2, d0);
        First(out var h1, out var l1, a0, b1);
        Next(ref h1, ref l1, a1, b0);
        Next(ref h1, ref l1, c0, d1);
        Next(ref h1, ref l1, c1, d0);
        First(out var h0, out var l0, a0, b0);
        Next(ref h0, ref l0, c0, d0);

        Reduce(
            result,
            l0 + Constant(Two0), l1 + h0 + Constant(Two1), l2 + h1 + Constant(Two2), l3 + h2 + Constant(Two3), l4 + h3 + Constant(Two4),
            l5 + h4 + Constant(Two5), l6 + h5 + Constant(Two6), l7 + h6 + Constant(Two7), l8 + h7 + Constant(Two8), h8 + Constant(Two9));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        result->D0 = a->D0 + b->D0;
        result->D1 = a->D1 + b->D1;
        result->D2 = a->D2 + b->D2;
        result->D3 = a->D3 + b->D3;
        result->D4 = a->D4 + b->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        result->D0 = a->D0 - b->D0;
        result->D1 = a->D1 - b->D1;
        result->D2 = a->D2 - b->D2;
        result->D3 = a->D3 - b->D3;
        result->D4 = a->D4 - b->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Negate(FieldElementX8* result, FieldElementX8* a)
    {
        var zero = Vector512<double>.Zero;
        result->D0 = zero - a->D0;
        result->D1 = zero - a->D1;
        result->D2 = zero - a->D2;
        result->D3 = zero - a->D3;
        result->D4 = zero - a->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateSum(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        var zero = Vector512<double>.Zero;
        result->D0 = zero - a->D0 - b->D0;
        result->D1 = zero - a->D1 - b->D1;
        result->D2 = zero - a->D2 - b->D2;
        result->D3 = zero - a->D3 - b->D3;
        result->D4 = zero - a->D4 - b->D4;
    }

    /// <remarks>
    /// Adding and taking off 3 · 2^103 rounds a digit to the nearest multiple of 2^52 (3 · 2^99 for digit 4: of 2^48), which
    /// moves up, divided by 2^52; what moves out of digit 4 is a multiple of 2^256 and goes to digit 0 times 2^32 + 977.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Carry(FieldElementX8* value)
    {
        var round = Vector512.Create(M);
        var roundTop = Vector512.Create(M / 16);
        var down52 = Vector512.Create(1 / 4503599627370496.0);
        var q0 = value->D0 + round - round;
        var q1 = value->D1 + round - round;
        var q2 = value->D2 + round - round;
        var q3 = value->D3 + round - round;
        var q4 = value->D4 + roundTop - roundTop;
        value->D0 = Avx512F.FusedMultiplyAdd(q4, Vector512.Create(Fold / 281474976710656.0), value->D0 - q0);
        value->D1 = Avx512F.FusedMultiplyAdd(q0, down52, value->D1 - q1);
        value->D2 = Avx512F.FusedMultiplyAdd(q1, down52, value->D2 - q2);
        value->D3 = Avx512F.FusedMultiplyAdd(q2, down52, value->D3 - q3);
        value->D4 = Avx512F.FusedMultiplyAdd(q3, down52, value->D4 - q4);
    }

    /// <remarks>As <see cref="Carry"/>, with the product rounded once to the multiple and once to what is left, both exact.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySmall(FieldElementX8* result, FieldElementX8* a, double factor)
    {
        var f = Vector512.Create(factor);
        var round = Vector512.Create(M);
        var roundTop = Vector512.Create(M / 16);
        var down52 = Vector512.Create(1 / 4503599627370496.0);
        Vector512<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        var q0 = Avx512F.FusedMultiplyAdd(a0, f, round) - round;
        var q1 = Avx512F.FusedMultiplyAdd(a1, f, round) - round;
        var q2 = Avx512F.FusedMultiplyAdd(a2, f, round) - round;
        var q3 = Avx512F.FusedMultiplyAdd(a3, f, round) - round;
        var q4 = Avx512F.FusedMultiplyAdd(a4, f, roundTop) - roundTop;
        result->D0 = Avx512F.FusedMultiplyAdd(q4, Vector512.Create(Fold / 281474976710656.0), Avx512F.FusedMultiplySubtract(a0, f, q0));
        result->D1 = Avx512F.FusedMultiplyAdd(q0, down52, Avx512F.FusedMultiplySubtract(a1, f, q1));
        result->D2 = Avx512F.FusedMultiplyAdd(q1, down52, Avx512F.FusedMultiplySubtract(a2, f, q2));
        result->D3 = Avx512F.FusedMultiplyAdd(q2, down52, Avx512F.FusedMultiplySubtract(a3, f, q3));
        result->D4 = Avx512F.FusedMultiplyAdd(q3, down52, Avx512F.FusedMultiplySubtract(a4, f, q4));
    }

    /// <summary>
    /// Folds columns 5 to 9 and carries. The columns' sums are true values, but the constants of the folds' own products
    /// (one of bits(2^52) in columns 0 to 4, one of bits(M) in columns 1 to 5) are already taken off, and half a digit is
    /// added to columns 0 to 4.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reduce(
        FieldElementX8* result,
        Vector512<long> c0, Vector512<long> c1, Vector512<long> c2, Vector512<long> c3, Vector512<long> c4,
        Vector512<long> c5, Vector512<long> c6, Vector512<long> c7, Vector512<long> c8, Vector512<long> c9)
    {
        var mask = Constant(DigitMask);
        var r = Vector512.Create(R);
        Next(ref c5, ref c4, ToDouble(c9), r);

        c8 += Avx512F.ShiftRightArithmetic(c7, 52);
        c7 = (c7 & mask) + Avx512F.ShiftRightArithmetic(c6, 52);
        c6 = (c6 & mask) + Avx512F.ShiftRightArithmetic(c5, 52);
        c5 &= mask;
        Next(ref c4, ref c3, ToDouble(c8), r);

        var above256 = Avx512F.ShiftRightArithmetic(c4, 48);
        c4 &= Constant(TopMask);
        c0 += Avx512DQ.MultiplyLow(above256, Constant(Fold));
        Next(ref c1, ref c0, ToDouble(c5), r);
        Next(ref c2, ref c1, ToDouble(c6), r);
        Next(ref c3, ref c2, ToDouble(c7), r);

        var half = Vector512.Create(HalfDigit);
        result->D0 = ToDouble(c0 & mask) - half;
        result->D1 = ToDouble((c1 & mask) + Avx512F.ShiftRightArithmetic(c0, 52)) - half;
        result->D2 = ToDouble((c2 & mask) + Avx512F.ShiftRightArithmetic(c1, 52)) - half;
        result->D3 = ToDouble((c3 & mask) + Avx512F.ShiftRightArithmetic(c2, 52)) - half;
        result->D4 = ToDouble(c4 + Avx512F.ShiftRightArithmetic(c3, 52)) - Vector512.Create(HalfTop);
    }

    /// <summary>The two parts of a product, with their constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void First(out Vector512<long> high, out Vector512<long> low, Vector512<double> x, Vector512<double> y)
    {
        var h = Avx512F.FusedMultiplyAdd(x, y, Vector512.Create(M), FloatRoundingMode.ToZero);
        high = h.AsInt64();
        low = Avx512F.FusedMultiplyAdd(x, y, Vector512.Create(MPlusTwo52) - h, FloatRoundingMode.ToZero).AsInt64();
    }

    /// <summary>Adds the two parts of a product, with their constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Next(ref Vector512<long> high, ref Vector512<long> low, Vector512<double> x, Vector512<double> y)
    {
        var h = Avx512F.FusedMultiplyAdd(x, y, Vector512.Create(M), FloatRoundingMode.ToZero);
        high += h.AsInt64();
        low += Avx512F.FusedMultiplyAdd(x, y, Vector512.Create(MPlusTwo52) - h, FloatRoundingMode.ToZero).AsInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<long> Constant(long value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> ToDouble(Vector512<long> value) => Avx512DQ.ConvertToVector512Double(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<long> ToInteger(Vector512<double> value) => Avx512DQ.ConvertToVector512Int64(value);

    // What each column's constants amount to, negated: column k has low(k) parts of its own products and low(k - 1) high
    // parts of the column below, low being 1 2 3 4 5 4 3 2 1, once or twice for one or two products; the folds add one low
    // part in columns 0 to 4 and one high part in columns 1 to 5; and half a digit is added. With two products, 2^52 moves
    // from column 8 to column 9, which keeps the factor that column 8 becomes near 2^52.
    private const long One0 = unchecked(-(2 * BitsOfTwo52) + (1L << 51));
    private const long One1 = unchecked(-(3 * BitsOfTwo52) - (2 * BitsOfM) + (1L << 51));
    private const long One2 = unchecked(-(4 * BitsOfTwo52) - (3 * BitsOfM) + (1L << 51));
    private const long One3 = unchecked(-(5 * BitsOfTwo52) - (4 * BitsOfM) + (1L << 51));
    private const long One4 = unchecked(-(6 * BitsOfTwo52) - (5 * BitsOfM) + (1L << 47));
    private const long One5 = unchecked(-(4 * BitsOfTwo52) - (6 * BitsOfM));
    private const long One6 = unchecked(-(3 * BitsOfTwo52) - (4 * BitsOfM));
    private const long One7 = unchecked(-(2 * BitsOfTwo52) - (3 * BitsOfM));
    private const long One8 = unchecked(-BitsOfTwo52 - (2 * BitsOfM));
    private const long One9 = -BitsOfM;

    private const long Two0 = unchecked(-(3 * BitsOfTwo52) + (1L << 51));
    private const long Two1 = unchecked(-(5 * BitsOfTwo52) - (3 * BitsOfM) + (1L << 51));
    private const long Two2 = unchecked(-(7 * BitsOfTwo52) - (5 * BitsOfM) + (1L << 51));
    private const long Two3 = unchecked(-(9 * BitsOfTwo52) - (7 * BitsOfM) + (1L << 51));
    private const long Two4 = unchecked(-(11 * BitsOfTwo52) - (9 * BitsOfM) + (1L << 47));
    private const long Two5 = unchecked(-(8 * BitsOfTwo52) - (11 * BitsOfM));
    private const long Two6 = unchecked(-(6 * BitsOfTwo52) - (8 * BitsOfM));
    private const long Two7 = unchecked(-(4 * BitsOfTwo52) - (6 * BitsOfM));
    private const long Two8 = unchecked(-(2 * BitsOfTwo52) - (4 * BitsOfM) - (1L << 52));
    private const long Two9 = unchecked(-(2 * BitsOfM) + 1);
}
