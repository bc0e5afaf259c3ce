using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <content>
/// Multiplication modulo n, by columns, and the reduction of libsecp256k1's scalar_4x64: with c = 2^256 - n (129 bits),
/// 2^256 ≡ c, so the upper words times c are added to the lower ones: 512 bits, then 385, then 258, then 256 and a carry.
/// </content>
internal partial struct Scalar
{
    /// <summary>result = a · b.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out Scalar result, in Scalar a, in Scalar b)
    {
        MultiplyWide(in a, in b, out var l0, out var l1, out var l2, out var l3, out var l4, out var l5, out var l6, out var l7);
        Reduce(out result, l0, l1, l2, l3, l4, l5, l6, l7);
    }

    /// <summary>result = a · b / 2^384, rounded to the nearest integer, as in libsecp256k1's scalar_mul_shift_var.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyShift384(out Scalar result, in Scalar a, in Scalar b)
    {
        MultiplyWide(in a, in b, out _, out _, out _, out _, out _, out var l5, out var l6, out var l7);
        var carry = l5 >> 63;
        result.W0 = ConstantTime.AddWithCarry(l6, 0, ref carry);
        result.W1 = ConstantTime.AddWithCarry(l7, 0, ref carry);
        result.W2 = carry;
        result.W3 = 0;
    }

    /// <summary>The 512-bit product, least significant word first.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyWide(
        in Scalar a, in Scalar b,
        out ulong l0, out ulong l1, out ulong l2, out ulong l3, out ulong l4, out ulong l5, out ulong l6, out ulong l7)
    {
        // The 512-bit product, column by column, in a three-word accumulator.
        ulong c0 = 0, c1 = 0, c2 = 0;
        MultiplyAdd(ref c0, ref c1, ref c2, a.W0, b.W0);
        l0 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W0, b.W1);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W1, b.W0);
        l1 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W0, b.W2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W1, b.W1);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W2, b.W0);
        l2 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W0, b.W3);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W1, b.W2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W2, b.W1);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W3, b.W0);
        l3 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W1, b.W3);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W2, b.W2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W3, b.W1);
        l4 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W2, b.W3);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W3, b.W2);
        l5 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, a.W3, b.W3);
        l6 = Extract(ref c0, ref c1, ref c2);
        l7 = c0;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reduce(
        out Scalar result, ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6, ulong l7)
    {
        // 512 to 385 bits: m = l[0..3] + l[4..7] · c.
        ulong c0 = l0, c1 = 0, c2 = 0;
        MultiplyAdd(ref c0, ref c1, ref c2, l4, Complement0);
        var m0 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, l1);
        MultiplyAdd(ref c0, ref c1, ref c2, l5, Complement0);
        MultiplyAdd(ref c0, ref c1, ref c2, l4, Complement1);
        var m1 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, l2);
        MultiplyAdd(ref c0, ref c1, ref c2, l6, Complement0);
        MultiplyAdd(ref c0, ref c1, ref c2, l5, Complement1);
        AddWord(ref c0, ref c1, ref c2, l4);
        var m2 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, l3);
        MultiplyAdd(ref c0, ref c1, ref c2, l7, Complement0);
        MultiplyAdd(ref c0, ref c1, ref c2, l6, Complement1);
        AddWord(ref c0, ref c1, ref c2, l5);
        var m3 = Extract(ref c0, ref c1, ref c2);
        MultiplyAdd(ref c0, ref c1, ref c2, l7, Complement1);
        AddWord(ref c0, ref c1, ref c2, l6);
        var m4 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, l7);
        var m5 = Extract(ref c0, ref c1, ref c2);
        var m6 = c0;

        // 385 to 258 bits: p = m[0..3] + m[4..6] · c; m6 is 0 or 1.
        (c0, c1, c2) = (m0, 0, 0);
        MultiplyAdd(ref c0, ref c1, ref c2, m4, Complement0);
        var p0 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, m1);
        MultiplyAdd(ref c0, ref c1, ref c2, m5, Complement0);
        MultiplyAdd(ref c0, ref c1, ref c2, m4, Complement1);
        var p1 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, m2);
        MultiplyAdd(ref c0, ref c1, ref c2, m6, Complement0);
        MultiplyAdd(ref c0, ref c1, ref c2, m5, Complement1);
        AddWord(ref c0, ref c1, ref c2, m4);
        var p2 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, m3);
        MultiplyAdd(ref c0, ref c1, ref c2, m6, Complement1);
        AddWord(ref c0, ref c1, ref c2, m5);
        var p3 = Extract(ref c0, ref c1, ref c2);
        var p4 = c0 + m6;

        // 258 to 256 bits and a carry: p[0..3] + p4 · c.
        (c0, c1, c2) = (p0, 0, 0);
        MultiplyAdd(ref c0, ref c1, ref c2, p4, Complement0);
        result.W0 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, p1);
        MultiplyAdd(ref c0, ref c1, ref c2, p4, Complement1);
        result.W1 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, p2);
        AddWord(ref c0, ref c1, ref c2, p4);
        result.W2 = Extract(ref c0, ref c1, ref c2);
        AddWord(ref c0, ref c1, ref c2, p3);
        result.W3 = Extract(ref c0, ref c1, ref c2);
        _ = ReduceOnce(ref result, c0);
    }

    /// <summary>
    /// value := carry · 2^256 + value - n where that is not negative; returns all ones then. The sum must be below 2n.
    /// </summary>
    /// <remarks>value ≥ n exactly when value + c carries out of bit 256; the sum without the carry is value - n.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong ReduceOnce(ref Scalar value, ulong carry)
    {
        var carryOut = 0UL;
        var w0 = ConstantTime.AddWithCarry(value.W0, Complement0, ref carryOut);
        var w1 = ConstantTime.AddWithCarry(value.W1, Complement1, ref carryOut);
        var w2 = ConstantTime.AddWithCarry(value.W2, 1, ref carryOut);
        var w3 = ConstantTime.AddWithCarry(value.W3, 0, ref carryOut);
        var mask = ConstantTime.MaskOfBit(carry | carryOut);
        value.W0 = ConstantTime.Select(mask, w0, value.W0);
        value.W1 = ConstantTime.Select(mask, w1, value.W1);
        value.W2 = ConstantTime.Select(mask, w2, value.W2);
        value.W3 = ConstantTime.Select(mask, w3, value.W3);
        return mask;
    }

    /// <summary>(c2, c1, c0) += left · right.</summary>
    /// <remarks>The upper word of a product is at most 2^64 - 2, so it takes a carry without overflow.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(ref ulong c0, ref ulong c1, ref ulong c2, ulong left, ulong right)
    {
        var low = left * right;
        var high = ConstantTime.MultiplyHigh(left, right);
        c0 += low;
        high += ConstantTime.Less(c0, low);
        c1 += high;
        c2 += ConstantTime.Less(c1, high);
    }

    /// <summary>(c2, c1, c0) += word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWord(ref ulong c0, ref ulong c1, ref ulong c2, ulong word)
    {
        c0 += word;
        var carry = ConstantTime.Less(c0, word);
        c1 += carry;
        c2 += ConstantTime.Less(c1, carry);
    }

    /// <summary>Takes the lowest word and shifts the accumulator down by one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Extract(ref ulong c0, ref ulong c1, ref ulong c2)
    {
        var word = c0;
        c0 = c1;
        c1 = c2;
        c2 = 0;
        return word;
    }
}
