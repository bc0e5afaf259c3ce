using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Four field elements in AVX2 and FMA; see <see cref="ILaneField{TSelf}"/> for the contract.</summary>
/// <remarks>
/// <para>
/// Products. AVX2 rounds to nearest only. With M = 3 · 2^103, h = RN(x·y + M) = M + 2^52 · H, where H is x·y / 2^52 rounded
/// to the nearest integer; x·y + (M - h) = x·y - 2^52 · H is exact and at most 2^51 in size, so that with C = 3 · 2^51 added
/// it lies in [2^52, 2^53], where the bits of a double are linear in its value (2^53, the end, included). As with AVX-512,
/// the bits are summed as integers and the constants are taken off once a column.
/// </para>
/// <para>
/// There is no arithmetic right shift of 64 bits and no conversion between integers and doubles: sums are kept
/// non-negative by a bias, a multiple of the shifted-out power, that is taken off the next column; and a double in
/// [2^52, 2^53) is made by setting its exponent.
/// </para>
/// </remarks>
internal unsafe partial struct FieldElementX4 : ILaneField<FieldElementX4>
{
    private const long BitsOfM = 0x4678000000000000;
    private const long BitsOfC = 0x4338000000000000;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double M = 3.0 * 10141204801825835211973625643008.0; // 3 · 2^103
    private const double C = 6755399441055744.0; // 3 · 2^51
    private const double Two52 = 4503599627370496.0;
    private const double R = 68719492368.0; // 16 · (2^32 + 977)
    private const long Fold = 0x1000003D1;
    private const long DigitMask = (1L << 52) - 1;
    private const long TopMask = (1L << 48) - 1;
    private const double HalfDigit = 2251799813685248.0; // 2^51
    private const double HalfTop = 140737488355328.0; // 2^47

    // A column's bias before its carry is shifted out: 2^8 carries.
    private const long Bias = 1L << 60;
    private const long BiasCarry = 1L << 8;
    private const long TopBias = 1L << 60;
    private const long TopBiasCarry = 1L << 12;

    internal Vector256<double> D0;
    internal Vector256<double> D1;
    internal Vector256<double> D2;
    internal Vector256<double> D3;
    internal Vector256<double> D4;

    /// <summary>Whether this processor has the instructions: AVX2 and FMA.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Lanes => 4;

    public static void SetSmall(FieldElementX4* result, double value)
    {
        *result = default;
        result->D0 = Vector256.Create(value);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        Vector256<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector256<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;

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
            l0 + Constant(One0),
            l1 + h0 + Constant(One1),
            l2 + h1 + Constant(One2),
            l3 + h2 + Constant(One3),
            l4 + h3 + Constant(One4),
            l5 + h4 + Constant(One5),
            l6 + h5 + Constant(One6),
            l7 + h6 + Constant(One7),
            l8 + h7 + Constant(One8),
            h8 + Constant(One9));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b, FieldElementX4* c)
    {
        Vector256<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector256<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;

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
            l0 + Constant(Added0) + ToInteger(c->D0),
            l1 + h0 + Constant(Added1) + ToInteger(c->D1),
            l2 + h1 + Constant(Added2) + ToInteger(c->D2),
            l3 + h2 + Constant(Added3) + ToInteger(c->D3),
            l4 + h3 + Constant(Added4) + ToInteger(c->D4),
            l5 + h4 + Constant(Added5),
            l6 + h5 + Constant(Added6),
            l7 + h6 + Constant(Added7),
            l8 + h7 + Constant(Added8),
            h8 + Constant(Added9));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySum(
        FieldElementX4* result, FieldElementX4* a, FieldElementX4* b, FieldElementX4* c, FieldElementX4* d)
    {
        Vector256<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        Vector256<double> b0 = b->D0, b1 = b->D1, b2 = b->D2, b3 = b->D3, b4 = b->D4;
        Vector256<double> c0 = c->D0, c1 = c->D1, c2 = c->D2, c3 = c->D3, c4 = c->D4;
        Vector256<double> d0 = d->D0, d1 = d->D1, d2 = d->D2, d3 = d->D3, d4 = d->D4;

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
            l0 + Constant(Two0),
            l1 + h0 + Constant(Two1),
            l2 + h1 + Constant(Two2),
            l3 + h2 + Constant(Two3),
            l4 + h3 + Constant(Two4),
            l5 + h4 + Constant(Two5),
            l6 + h5 + Constant(Two6),
            l7 + h6 + Constant(Two7),
            l8 + h7 + Constant(Two8),
            h8 + Constant(Two9));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        result->D0 = a->D0 + b->D0;
        result->D1 = a->D1 + b->D1;
        result->D2 = a->D2 + b->D2;
        result->D3 = a->D3 + b->D3;
        result->D4 = a->D4 + b->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        result->D0 = a->D0 - b->D0;
        result->D1 = a->D1 - b->D1;
        result->D2 = a->D2 - b->D2;
        result->D3 = a->D3 - b->D3;
        result->D4 = a->D4 - b->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Negate(FieldElementX4* result, FieldElementX4* a)
    {
        var zero = Vector256<double>.Zero;
        result->D0 = zero - a->D0;
        result->D1 = zero - a->D1;
        result->D2 = zero - a->D2;
        result->D3 = zero - a->D3;
        result->D4 = zero - a->D4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void NegateSum(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        var zero = Vector256<double>.Zero;
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
    public static void Carry(FieldElementX4* value)
    {
        var round = Vector256.Create(M);
        var roundTop = Vector256.Create(M / 16);
        var down52 = Vector256.Create(1 / 4503599627370496.0);
        var q0 = value->D0 + round - round;
        var q1 = value->D1 + round - round;
        var q2 = value->D2 + round - round;
        var q3 = value->D3 + round - round;
        var q4 = value->D4 + roundTop - roundTop;
        value->D0 = Fma.MultiplyAdd(q4, Vector256.Create(Fold / 281474976710656.0), value->D0 - q0);
        value->D1 = Fma.MultiplyAdd(q0, down52, value->D1 - q1);
        value->D2 = Fma.MultiplyAdd(q1, down52, value->D2 - q2);
        value->D3 = Fma.MultiplyAdd(q2, down52, value->D3 - q3);
        value->D4 = Fma.MultiplyAdd(q3, down52, value->D4 - q4);
    }

    /// <remarks>As <see cref="Carry"/>, with the product rounded once to the multiple and once to what is left, both exact.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySmall(FieldElementX4* result, FieldElementX4* a, double factor)
    {
        var f = Vector256.Create(factor);
        var round = Vector256.Create(M);
        var roundTop = Vector256.Create(M / 16);
        var down52 = Vector256.Create(1 / 4503599627370496.0);
        Vector256<double> a0 = a->D0, a1 = a->D1, a2 = a->D2, a3 = a->D3, a4 = a->D4;
        var q0 = Fma.MultiplyAdd(a0, f, round) - round;
        var q1 = Fma.MultiplyAdd(a1, f, round) - round;
        var q2 = Fma.MultiplyAdd(a2, f, round) - round;
        var q3 = Fma.MultiplyAdd(a3, f, round) - round;
        var q4 = Fma.MultiplyAdd(a4, f, roundTop) - roundTop;
        result->D0 = Fma.MultiplyAdd(q4, Vector256.Create(Fold / 281474976710656.0), Fma.MultiplySubtract(a0, f, q0));
        result->D1 = Fma.MultiplyAdd(q0, down52, Fma.MultiplySubtract(a1, f, q1));
        result->D2 = Fma.MultiplyAdd(q1, down52, Fma.MultiplySubtract(a2, f, q2));
        result->D3 = Fma.MultiplyAdd(q2, down52, Fma.MultiplySubtract(a3, f, q3));
        result->D4 = Fma.MultiplyAdd(q3, down52, Fma.MultiplySubtract(a4, f, q4));
    }

    /// <summary>
    /// Folds columns 5 to 9 and carries; the biases and the constants of the folds' own products are in the sums, see
    /// the constants below. Columns 0 to 4 come with half a digit added.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Reduce(
        FieldElementX4* result,
        Vector256<long> c0, Vector256<long> c1, Vector256<long> c2, Vector256<long> c3, Vector256<long> c4,
        Vector256<long> c5, Vector256<long> c6, Vector256<long> c7, Vector256<long> c8, Vector256<long> c9)
    {
        var mask = Constant(DigitMask);
        var r = Vector256.Create(R);

        // Column 9 is small, below 2^44 in size: adding it to the bits of C makes a double.
        Next(ref c5, ref c4, (c9 + Constant(BitsOfC)).AsDouble() - Vector256.Create(C), r);
        c6 += c5 >>> 52;
        c7 += c6 >>> 52;
        c8 += c7 >>> 52;

        // Column 8 has no mask: its upper part, signed after the bias is off, is at most a few units of 2^52.
        var upper8 = ((c8 >>> 52) + Constant(BitsOfC - BiasCarry)).AsDouble() - Vector256.Create(C);
        Next(ref c4, ref c3, Fma.MultiplyAdd(upper8, Vector256.Create(Two52), Digit(c8, mask)), r);

        c0 += MultiplyByFold(c4 >>> 48);
        c4 &= Constant(TopMask);
        Next(ref c1, ref c0, Digit(c5, mask), r);
        Next(ref c2, ref c1, Digit(c6, mask), r);
        Next(ref c3, ref c2, Digit(c7, mask), r);

        var half = Vector256.Create(HalfDigit);
        result->D0 = Digit(c0, mask) - half;
        result->D1 = Digit(c1, mask) - half + SmallCarry(c0);
        result->D2 = Digit(c2, mask) - half + SmallCarry(c1);
        result->D3 = Digit(c3, mask) - half + SmallCarry(c2);
        result->D4 = Digit(c4, mask) - Vector256.Create(HalfTop) + SmallCarry(c3);
    }

    /// <summary>The lower 52 bits as a double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> Digit(Vector256<long> column, Vector256<long> mask) =>
        ((column & mask) | Constant(BitsOfTwo52)).AsDouble() - Vector256.Create(Two52);

    /// <summary>What a biased column carries into the next, as a double, the bias off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> SmallCarry(Vector256<long> column) =>
        ((column >>> 52) | Constant(BitsOfTwo52)).AsDouble() - Vector256.Create(Two52 + BiasCarry);

    /// <summary>value · (2^32 + 977) for a biased value below 2^16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<long> MultiplyByFold(Vector256<long> value) =>
        (value << 32) + Avx2.Multiply(value.AsUInt32(), Vector256.Create((ulong)(Fold & 0xFFFFFFFF)).AsUInt32()).AsInt64();

    /// <summary>The two parts of a product, with their constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void First(out Vector256<long> high, out Vector256<long> low, Vector256<double> x, Vector256<double> y)
    {
        var h = Fma.MultiplyAdd(x, y, Vector256.Create(M));
        high = h.AsInt64();
        low = (Fma.MultiplyAdd(x, y, Vector256.Create(M) - h) + Vector256.Create(C)).AsInt64();
    }

    /// <summary>Adds the two parts of a product, with their constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Next(ref Vector256<long> high, ref Vector256<long> low, Vector256<double> x, Vector256<double> y)
    {
        var h = Fma.MultiplyAdd(x, y, Vector256.Create(M));
        high += h.AsInt64();
        low += (Fma.MultiplyAdd(x, y, Vector256.Create(M) - h) + Vector256.Create(C)).AsInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<long> Constant(long value) => Vector256.Create(value);

    /// <summary>An integer of at most 2^53 in size, as bits with the constant of <see cref="Added0"/> and its like.</summary>
    /// <remarks>
    /// Beyond 2^51 the bits of x + C are not linear, so x is cut at bit 26: x = 2^26 · u + v.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<long> ToInteger(Vector256<double> value)
    {
        var round = Vector256.Create(C * 67108864);
        var upper = value + round;
        var lower = value - (upper - round) + Vector256.Create(C);
        return (upper.AsInt64() << 26) + lower.AsInt64();
    }

    // What each column's constants amount to, negated, as in the eight-lane field, and the biases: each biased column's
    // carry is taken off where it arrives (in SmallCarry for columns 0 to 3).

    private const long One0 = unchecked(-(2 * BitsOfC) + (1L << 51) + Bias - (TopBiasCarry * Fold));
    private const long One1 = unchecked(-(3 * BitsOfC) - (2 * BitsOfM) + (1L << 51) + Bias);
    private const long One2 = unchecked(-(4 * BitsOfC) - (3 * BitsOfM) + (1L << 51) + Bias);
    private const long One3 = unchecked(-(5 * BitsOfC) - (4 * BitsOfM) + (1L << 51) + Bias);
    private const long One4 = unchecked(-(6 * BitsOfC) - (5 * BitsOfM) + (1L << 47) + TopBias);
    private const long One5 = unchecked(-(4 * BitsOfC) - (6 * BitsOfM) + Bias);
    private const long One6 = unchecked(-(3 * BitsOfC) - (4 * BitsOfM) + Bias - BiasCarry);
    private const long One7 = unchecked(-(2 * BitsOfC) - (3 * BitsOfM) + Bias - BiasCarry);
    private const long One8 = unchecked(-BitsOfC - (2 * BitsOfM) + Bias - BiasCarry);
    private const long One9 = unchecked(-BitsOfM);

    private const long Two0 = unchecked(-(3 * BitsOfC) + (1L << 51) + Bias - (TopBiasCarry * Fold));
    private const long Two1 = unchecked(-(5 * BitsOfC) - (3 * BitsOfM) + (1L << 51) + Bias);
    private const long Two2 = unchecked(-(7 * BitsOfC) - (5 * BitsOfM) + (1L << 51) + Bias);
    private const long Two3 = unchecked(-(9 * BitsOfC) - (7 * BitsOfM) + (1L << 51) + Bias);
    private const long Two4 = unchecked(-(11 * BitsOfC) - (9 * BitsOfM) + (1L << 47) + TopBias);
    private const long Two5 = unchecked(-(8 * BitsOfC) - (11 * BitsOfM) + Bias);
    private const long Two6 = unchecked(-(6 * BitsOfC) - (8 * BitsOfM) + Bias - BiasCarry);
    private const long Two7 = unchecked(-(4 * BitsOfC) - (6 * BitsOfM) + Bias - BiasCarry);
    private const long Two8 = unchecked(-(2 * BitsOfC) - (4 * BitsOfM) + Bias - BiasCarry);
    private const long Two9 = unchecked(-(2 * BitsOfM));

    // The same for one product and an added element, whose bits carry constants of their own.
    private const long BitsOfInteger = unchecked((0x44D8000000000000 << 26) + BitsOfC);
    private const long Added0 = unchecked(One0 - BitsOfInteger);
    private const long Added1 = unchecked(One1 - BitsOfInteger);
    private const long Added2 = unchecked(One2 - BitsOfInteger);
    private const long Added3 = unchecked(One3 - BitsOfInteger);
    private const long Added4 = unchecked(One4 - BitsOfInteger);
    private const long Added5 = unchecked(One5);
    private const long Added6 = unchecked(One6);
    private const long Added7 = unchecked(One7);
    private const long Added8 = unchecked(One8);
    private const long Added9 = unchecked(One9);
}
