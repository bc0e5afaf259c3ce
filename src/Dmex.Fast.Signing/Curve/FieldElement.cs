using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// An integer modulo p = 2^256 - 2^32 - 977, as five unsigned limbs: value = Σ limb[i] · 2^(52 i).
/// </summary>
/// <remarks>
/// <para>
/// Magnitude. An element has magnitude m when limbs 0 to 3 are at most m · (2^52 + 2^16) and limb 4 is at most
/// m · (2^48 + 2^16). Each operation states what it takes and gives; magnitudes are not tracked at run time.
/// Normal means: magnitude 1, limbs below 2^52 (limb 4 below 2^48), value below p: the only form with one
/// representation a value.
/// </para>
/// <para>
/// Every operation runs in constant time unless its name says otherwise, and its output may be any of its inputs.
/// </para>
/// </remarks>
internal partial struct FieldElement
{
    /// <summary>p - 2^256, negated: 2^256 ≡ Fold (mod p).</summary>
    private const ulong Fold = 0x1000003D1;
    private const ulong LowMask = (1UL << 52) - 1;
    private const ulong TopMask = (1UL << 48) - 1;

    /// <summary>Limb 0 of p; limbs 1 to 3 are <see cref="LowMask"/> and limb 4 is <see cref="TopMask"/>.</summary>
    private const ulong PrimeLimb0 = 0xFFFFEFFFFFC2F;

    internal ulong N0;
    internal ulong N1;
    internal ulong N2;
    internal ulong N3;
    internal ulong N4;

    /// <summary>1, normal.</summary>
    public static FieldElement One => new() { N0 = 1 };

    /// <summary>A small constant, normal.</summary>
    /// <param name="value">Below 2^52.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FieldElement FromSmall(ulong value) => new() { N0 = value };

    /// <summary>
    /// From four 64-bit words, least significant first; magnitude 1. The value may be p or more: it stands for value mod p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromWords(out FieldElement result, ulong word0, ulong word1, ulong word2, ulong word3)
    {
        result.N0 = word0 & LowMask;
        result.N1 = ((word0 >> 52) | (word1 << 12)) & LowMask;
        result.N2 = ((word1 >> 40) | (word2 << 24)) & LowMask;
        result.N3 = ((word2 >> 28) | (word3 << 36)) & LowMask;
        result.N4 = word3 >> 16;
    }

    /// <summary>To four 64-bit words, least significant first; the element must be normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void ToWords(out ulong word0, out ulong word1, out ulong word2, out ulong word3)
    {
        word0 = N0 | (N1 << 52);
        word1 = (N1 >> 12) | (N2 << 40);
        word2 = (N2 >> 24) | (N3 << 28);
        word3 = (N3 >> 36) | (N4 << 16);
    }

    /// <summary>From 32 bytes, big-endian; magnitude 1. The value may be p or more: it stands for value mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromBytes(out FieldElement result, ReadOnlySpan<byte> bytes) =>
        FromWords(
            out result,
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>To 32 bytes, big-endian; the element must be normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void ToBytes(Span<byte> destination)
    {
        ToWords(out var word0, out var word1, out var word2, out var word3);
        BinaryPrimitives.WriteUInt64BigEndian(destination, word3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], word2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], word1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], word0);
    }

    /// <summary>result = a + b; the magnitudes add up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(out FieldElement result, in FieldElement a, in FieldElement b)
    {
        result.N0 = a.N0 + b.N0;
        result.N1 = a.N1 + b.N1;
        result.N2 = a.N2 + b.N2;
        result.N3 = a.N3 + b.N3;
        result.N4 = a.N4 + b.N4;
    }

    /// <summary>result = factor · a; the magnitude is multiplied by the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplySmall(out FieldElement result, in FieldElement a, ulong factor)
    {
        result.N0 = a.N0 * factor;
        result.N1 = a.N1 * factor;
        result.N2 = a.N2 * factor;
        result.N3 = a.N3 * factor;
        result.N4 = a.N4 * factor;
    }

    /// <summary>result = -a, for a of at most the given magnitude m (at most 30); magnitude m + 1.</summary>
    /// <remarks>
    /// (m + 1) · p has limbs of (m + 1) · (2^52 - 2^33) or more, (m + 1) · (2^48 - 1) in limb 4, which are not below
    /// m · (2^52 + 2^16) and m · (2^48 + 2^16): no limb goes below zero.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(out FieldElement result, in FieldElement a, ulong magnitude)
    {
        result.N0 = ((magnitude + 1) * PrimeLimb0) - a.N0;
        result.N1 = ((magnitude + 1) * LowMask) - a.N1;
        result.N2 = ((magnitude + 1) * LowMask) - a.N2;
        result.N3 = ((magnitude + 1) * LowMask) - a.N3;
        result.N4 = ((magnitude + 1) * TopMask) - a.N4;
    }

    /// <summary>result = a - b, for b of at most the given magnitude m (at most 30); the magnitude of a, plus m + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(out FieldElement result, in FieldElement a, in FieldElement b, ulong magnitude)
    {
        result.N0 = a.N0 + ((magnitude + 1) * PrimeLimb0) - b.N0;
        result.N1 = a.N1 + ((magnitude + 1) * LowMask) - b.N1;
        result.N2 = a.N2 + ((magnitude + 1) * LowMask) - b.N2;
        result.N3 = a.N3 + ((magnitude + 1) * LowMask) - b.N3;
        result.N4 = a.N4 + ((magnitude + 1) * TopMask) - b.N4;
    }

    /// <summary>target = source under a mask of ones; unchanged under zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ConditionalMove(ref FieldElement target, in FieldElement source, ulong mask)
    {
        target.N0 = ConstantTime.Select(mask, source.N0, target.N0);
        target.N1 = ConstantTime.Select(mask, source.N1, target.N1);
        target.N2 = ConstantTime.Select(mask, source.N2, target.N2);
        target.N3 = ConstantTime.Select(mask, source.N3, target.N3);
        target.N4 = ConstantTime.Select(mask, source.N4, target.N4);
    }

    /// <summary>All ones when a normal element is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong IsZeroMask() => ConstantTime.IsZeroMask(N0 | N1 | N2 | N3 | N4);

    /// <summary>Whether an element of magnitude at most 15 is 0. Variable time: public values only.</summary>
    /// <remarks>
    /// A zero is k · p = k · 2^256 - k · Fold with k below 64, so its limb 0 is -k · Fold modulo 2^52: nearly all other elements
    /// are told by that limb.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroVarTime(in FieldElement a)
    {
        if (((a.N0 + (Fold << 6)) & LowMask) > Fold << 6)
        {
            return false;
        }

        var normal = a;
        Normalize(ref normal);
        return normal.IsZeroMask() != 0;
    }

    /// <summary>The lowest bit of a normal element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ParityBit() => N0 & 1;

    /// <summary>Whether two elements of magnitude at most 15 are the same value. Variable time only in its result.</summary>
    public static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Subtract(out var difference, in a, in b, 15);
        Normalize(ref difference);
        return difference.IsZeroMask() != 0;
    }
}
