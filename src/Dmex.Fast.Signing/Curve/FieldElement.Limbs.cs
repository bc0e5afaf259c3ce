using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <content>
/// Multiplication, squaring and reduction.
/// <para>
/// Columns without carries. A product of limbs is split at bit 56, not 64: with x = a · 2^8, the upper word of x · b is
/// a·b div 2^56, and the lower word shifted down by 8 is a·b mod 2^56. The sums of at most five lower parts (below 2^59)
/// and of at most five upper parts then fit 64 bits without a carry. Write L[k] and H[k] for the two sums of column k =
/// i + j; since 2^56 = 2^52 · 2^4, the value of the product is Σ T[k] · 2^(52 k) with T[k] = L[k] + 16 · H[k-1].
/// </para>
/// <para>
/// Reduction. 2^260 ≡ 16 · Fold, so T[k + 5] goes to column k times 16 · Fold. That product is split at bit 52 by the same
/// trick with the factor shifted up by 12: the upper word is the part from 2^52 on and belongs to column k + 1.
/// </para>
/// <para>
/// Bounds, for magnitudes A and B of at most 15: limbs below 2^56, so x does not overflow; a part of H is at most
/// A·B·(1 + 2^-35)^2 · 2^48, H at most five times that, so 16 · H ≤ 80 · 225 · 2^48 · (1 + 2^-34) &lt; 2^62.2, and every
/// column sum that follows stays below 2^63. Out come limbs 0 to 3 below 2^52 + 2^11 and limb 4 below 2^48 + 2^11:
/// magnitude 1.
/// </para>
/// </content>
internal partial struct FieldElement
{
    private const ulong Fold260Shifted = (Fold << 4) << 12;
    private const ulong Fold256Shifted = Fold << 12;

    /// <summary>result = a · b; both of magnitude at most 15; magnitude 1.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out FieldElement result, in FieldElement a, in FieldElement b)
    {
        ulong b0 = b.N0, b1 = b.N1, b2 = b.N2, b3 = b.N3, b4 = b.N4;

        var x = a.N0 << 8;
        ulong h0 = High(x, b0), l0 = (x * b0) >> 8;
        ulong h1 = High(x, b1), l1 = (x * b1) >> 8;
        ulong h2 = High(x, b2), l2 = (x * b2) >> 8;
        ulong h3 = High(x, b3), l3 = (x * b3) >> 8;
        ulong h4 = High(x, b4), l4 = (x * b4) >> 8;

        x = a.N1 << 8;
        h1 += High(x, b0);
        l1 += (x * b0) >> 8;
        h2 += High(x, b1);
        l2 += (x * b1) >> 8;
        h3 += High(x, b2);
        l3 += (x * b2) >> 8;
        h4 += High(x, b3);
        l4 += (x * b3) >> 8;
        ulong h5 = High(x, b4), l5 = (x * b4) >> 8;

        x = a.N2 << 8;
        h2 += High(x, b0);
        l2 += (x * b0) >> 8;
        h3 += High(x, b1);
        l3 += (x * b1) >> 8;
        h4 += High(x, b2);
        l4 += (x * b2) >> 8;
        h5 += High(x, b3);
        l5 += (x * b3) >> 8;
        ulong h6 = High(x, b4), l6 = (x * b4) >> 8;

        x = a.N3 << 8;
        h3 += High(x, b0);
        l3 += (x * b0) >> 8;
        h4 += High(x, b1);
        l4 += (x * b1) >> 8;
        h5 += High(x, b2);
        l5 += (x * b2) >> 8;
        h6 += High(x, b3);
        l6 += (x * b3) >> 8;
        ulong h7 = High(x, b4), l7 = (x * b4) >> 8;

        x = a.N4 << 8;
        h4 += High(x, b0);
        l4 += (x * b0) >> 8;
        h5 += High(x, b1);
        l5 += (x * b1) >> 8;
        h6 += High(x, b2);
        l6 += (x * b2) >> 8;
        h7 += High(x, b3);
        l7 += (x * b3) >> 8;
        ulong h8 = High(x, b4), l8 = (x * b4) >> 8;

        Reduce(out result, l0, l1, l2, l3, l4, l5, l6, l7, l8, h0, h1, h2, h3, h4, h5, h6, h7, h8);
    }

    /// <summary>result = a²; a of magnitude at most 7, since its cross products are doubled before they are split; magnitude 1.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(out FieldElement result, in FieldElement a)
    {
        ulong a0 = a.N0, a1 = a.N1, a2 = a.N2, a3 = a.N3, a4 = a.N4;

        var x = a0 << 8;
        ulong h0 = High(x, a0), l0 = (x * a0) >> 8;
        x += x;
        ulong h1 = High(x, a1), l1 = (x * a1) >> 8;
        ulong h2 = High(x, a2), l2 = (x * a2) >> 8;
        ulong h3 = High(x, a3), l3 = (x * a3) >> 8;
        ulong h4 = High(x, a4), l4 = (x * a4) >> 8;

        x = a1 << 8;
        h2 += High(x, a1);
        l2 += (x * a1) >> 8;
        x += x;
        h3 += High(x, a2);
        l3 += (x * a2) >> 8;
        h4 += High(x, a3);
        l4 += (x * a3) >> 8;
        ulong h5 = High(x, a4), l5 = (x * a4) >> 8;

        x = a2 << 8;
        h4 += High(x, a2);
        l4 += (x * a2) >> 8;
        x += x;
        h5 += High(x, a3);
        l5 += (x * a3) >> 8;
        ulong h6 = High(x, a4), l6 = (x * a4) >> 8;

        x = a3 << 8;
        h6 += High(x, a3);
        l6 += (x * a3) >> 8;
        x += x;
        ulong h7 = High(x, a4), l7 = (x * a4) >> 8;

        x = a4 << 8;
        ulong h8 = High(x, a4), l8 = (x * a4) >> 8;

        Reduce(out result, l0, l1, l2, l3, l4, l5, l6, l7, l8, h0, h1, h2, h3, h4, h5, h6, h7, h8);
    }

    /// <summary>Carries once and folds what stands above 2^256: magnitude 1 from at most 15; the value may still be p or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NormalizeWeak(ref FieldElement a)
    {
        var n0 = a.N0 + ((a.N4 >> 48) * Fold);
        var n1 = a.N1 + (n0 >> 52);
        var n2 = a.N2 + (n1 >> 52);
        var n3 = a.N3 + (n2 >> 52);
        a.N0 = n0 & LowMask;
        a.N1 = n1 & LowMask;
        a.N2 = n2 & LowMask;
        a.N3 = n3 & LowMask;
        a.N4 = (a.N4 & TopMask) + (n3 >> 52);
    }

    /// <summary>Makes the element normal, from magnitude at most 31.</summary>
    /// <remarks>
    /// After the weak pass the value is below 2^256 + 2^213, that is below 2p. It is p or more exactly when adding Fold
    /// carries out of bit 256; then that sum, without the carry, is the value less p.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(ref FieldElement a)
    {
        NormalizeWeak(ref a);
        var n0 = a.N0 + Fold;
        var n1 = a.N1 + (n0 >> 52);
        var n2 = a.N2 + (n1 >> 52);
        var n3 = a.N3 + (n2 >> 52);
        var n4 = a.N4 + (n3 >> 52);
        var notBelowPrime = 0 - (n4 >> 48);
        a.N0 = ConstantTime.Select(notBelowPrime, n0 & LowMask, a.N0);
        a.N1 = ConstantTime.Select(notBelowPrime, n1 & LowMask, a.N1);
        a.N2 = ConstantTime.Select(notBelowPrime, n2 & LowMask, a.N2);
        a.N3 = ConstantTime.Select(notBelowPrime, n3 & LowMask, a.N3);
        a.N4 = ConstantTime.Select(notBelowPrime, n4 & TopMask, a.N4);
    }

    /// <summary>Folds columns 5 to 9 and carries once; see the head of this file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        out FieldElement result,
        ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6, ulong l7, ulong l8,
        ulong h0, ulong h1, ulong h2, ulong h3, ulong h4, ulong h5, ulong h6, ulong h7, ulong h8)
    {
        // T[9] = 16 · H[8]; what its fold leaves above column 4 stands at 2^260, kept in units of 2^256.
        h8 <<= 4;
        l4 += (h8 * Fold260Shifted) >> 12;
        var above256 = High(h8, Fold260Shifted) << 4;

        l8 += h7 << 4;
        l3 += (l8 * Fold260Shifted) >> 12;
        l4 += High(l8, Fold260Shifted) + (h3 << 4);

        l5 += h4 << 4;
        l0 += (l5 * Fold260Shifted) >> 12;
        l1 += High(l5, Fold260Shifted) + (h0 << 4);

        // Column 4 begins at 2^208: from its bit 48 on it stands above 2^256 too.
        above256 += l4 >> 48;
        l4 &= TopMask;

        l6 += h5 << 4;
        l1 += (l6 * Fold260Shifted) >> 12;
        l2 += High(l6, Fold260Shifted) + (h1 << 4);

        l7 += h6 << 4;
        l2 += (l7 * Fold260Shifted) >> 12;
        l3 += High(l7, Fold260Shifted) + (h2 << 4);

        l0 += (above256 * Fold256Shifted) >> 12;
        l1 += High(above256, Fold256Shifted);

        result.N0 = l0 & LowMask;
        result.N1 = (l1 & LowMask) + (l0 >> 52);
        result.N2 = (l2 & LowMask) + (l1 >> 52);
        result.N3 = (l3 & LowMask) + (l2 >> 52);
        result.N4 = l4 + (l3 >> 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong left, ulong right) => ConstantTime.MultiplyHigh(left, right);
}
