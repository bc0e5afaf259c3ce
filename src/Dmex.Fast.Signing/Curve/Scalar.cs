using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// An integer modulo the group order n, as four 64-bit words, least significant first, always below n.
/// </summary>
/// <remarks>Every operation runs in constant time, and its output may be any of its inputs.</remarks>
internal partial struct Scalar
{
    internal ulong W0;
    internal ulong W1;
    internal ulong W2;
    internal ulong W3;

    // n, and 2^256 - n, of which the third word is 1.
    private const ulong Order0 = 0xBFD25E8CD0364141;
    private const ulong Order1 = 0xBAAEDCE6AF48A03B;
    private const ulong Order2 = 0xFFFFFFFFFFFFFFFE;
    private const ulong Order3 = 0xFFFFFFFFFFFFFFFF;
    private const ulong Complement0 = 0x402DA1732FC9BEBF;
    private const ulong Complement1 = 0x4551231950B75FC4;

    // (n - 1) / 2
    private const ulong Half0 = 0xDFE92F46681B20A0;
    private const ulong Half1 = 0x5D576E7357A4501D;
    private const ulong Half2 = 0xFFFFFFFFFFFFFFFF;
    private const ulong Half3 = 0x7FFFFFFFFFFFFFFF;

    /// <summary>From four words; returns all ones when they were n or more and were reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong FromWords(out Scalar result, ulong word0, ulong word1, ulong word2, ulong word3)
    {
        result.W0 = word0;
        result.W1 = word1;
        result.W2 = word2;
        result.W3 = word3;
        return ReduceOnce(ref result, 0);
    }

    /// <summary>From 32 bytes, big-endian; returns all ones when they were n or more and were reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong FromBytes(out Scalar result, ReadOnlySpan<byte> bytes) =>
        FromWords(
            out result,
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>To 32 bytes, big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void ToBytes(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, W3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], W0);
    }

    /// <summary>All ones for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly ulong IsZeroMask() => ConstantTime.IsZeroMask(W0 | W1 | W2 | W3);

    /// <summary>All ones when the value is above (n - 1) / 2: an s that must be negated to be low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly ulong IsHighMask()
    {
        var borrow = 0UL;
        _ = ConstantTime.SubtractWithBorrow(Half0, W0, ref borrow);
        _ = ConstantTime.SubtractWithBorrow(Half1, W1, ref borrow);
        _ = ConstantTime.SubtractWithBorrow(Half2, W2, ref borrow);
        _ = ConstantTime.SubtractWithBorrow(Half3, W3, ref borrow);
        return ConstantTime.MaskOfBit(borrow);
    }

    /// <summary>result = a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(out Scalar result, in Scalar a, in Scalar b)
    {
        var carry = 0UL;
        result.W0 = ConstantTime.AddWithCarry(a.W0, b.W0, ref carry);
        result.W1 = ConstantTime.AddWithCarry(a.W1, b.W1, ref carry);
        result.W2 = ConstantTime.AddWithCarry(a.W2, b.W2, ref carry);
        result.W3 = ConstantTime.AddWithCarry(a.W3, b.W3, ref carry);
        _ = ReduceOnce(ref result, carry);
    }

    /// <summary>value := -value under a mask of ones; unchanged under zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConditionalNegate(ref Scalar value, ulong mask)
    {
        // n itself must not appear: 0 stays 0.
        ConditionalSubtractFromOrder(ref value, mask & ~value.IsZeroMask());
    }

    /// <summary>value := n - value under a mask of ones, which for 0 is n itself; unchanged under zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConditionalSubtractFromOrder(ref Scalar value, ulong mask)
    {
        var borrow = 0UL;
        var w0 = ConstantTime.SubtractWithBorrow(Order0, value.W0, ref borrow);
        var w1 = ConstantTime.SubtractWithBorrow(Order1, value.W1, ref borrow);
        var w2 = ConstantTime.SubtractWithBorrow(Order2, value.W2, ref borrow);
        var w3 = ConstantTime.SubtractWithBorrow(Order3, value.W3, ref borrow);
        value.W0 = ConstantTime.Select(mask, w0, value.W0);
        value.W1 = ConstantTime.Select(mask, w1, value.W1);
        value.W2 = ConstantTime.Select(mask, w2, value.W2);
        value.W3 = ConstantTime.Select(mask, w3, value.W3);
    }

    /// <summary>Whether two scalars are the same. Variable time only in its result.</summary>
    public static bool AreEqual(in Scalar a, in Scalar b) =>
        ((a.W0 ^ b.W0) | (a.W1 ^ b.W1) | (a.W2 ^ b.W2) | (a.W3 ^ b.W3)) == 0;
}
