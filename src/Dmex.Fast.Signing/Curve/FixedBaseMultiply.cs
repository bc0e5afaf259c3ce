using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>k · B for secret k and a fixed public B of order n, in constant time: 37 additions of table points, no doublings.</summary>
/// <remarks>
/// <para>
/// Digits. Let k' be k or n - k, whichever is odd. With L = 259 and b = (k' - 1) / 2 + 2^(L-1), k' = Σ (2 b_i - 1) 2^i over
/// the L bits of b: every bit is a sign. Seven bits w of b make the digit 2w - 127, odd and in ±1..±127: positive with table
/// index w - 64 when w's top bit is set, else negative with index 63 - w, which is w XOR 63. The last window holds bits
/// 252 to 258 of b, of which 258 is set and 255 to 257 are clear, since (k' - 1) / 2 is below 2^255: its digit is 1, 3, …, 15.
/// </para>
/// <para>
/// No exceptional case. The accumulator starts at C · B with C = 2^254, windows are added from the lowest, and the last
/// window's points have C · B taken off. As integers, before window i the accumulator is A = C + S with |S| &lt; 2^(7i), and
/// t = d · 2^(7i), |t| &lt; 2^(7i+7), is added. The incomplete addition fails only for A ≡ 0, t ≡ 0 or A ≡ ±t (mod n).
/// For i ≤ 35, A and A ± t lie in 2^254 ± 2^252, so they are neither 0 nor a multiple of n, and |t| &lt; 2^252 is odd times a
/// power of two, not 0. For i = 36, t = d · 2^252 - 2^254 is not 0 since d is odd, and |t| &lt; n; A lies in 2^254 ± 2^252;
/// A + t = k' is in [1, n - 1]; and A - t = S + (8 - d) · 2^252 with 8 - d odd and |S| &lt; 2^252 is not 0, and below n in size.
/// </para>
/// </remarks>
internal static unsafe class FixedBaseMultiply
{
    /// <summary>The accumulator starts at 2^StartPower · B.</summary>
    public const int StartPower = 254;

    private const int BitWords = 5;

    /// <summary>result = k · B.</summary>
    /// <param name="result">Not infinity. Its Z depends on k: as secret as k.</param>
    /// <param name="table">The multiples of B.</param>
    /// <param name="k">In [1, n - 1]; the caller has excluded 0.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out JacobianPoint result, FixedBaseTable table, in Scalar k)
    {
        var evenMask = ~ConstantTime.MaskOfBit(k.W0);
        var odd = k;
        Scalar.ConditionalNegate(ref odd, evenMask);
        var bits = stackalloc ulong[BitWords + 1];
        bits[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        bits[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        bits[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        bits[3] = odd.W3 >> 1;
        bits[4] = 1UL << (258 - 256);
        bits[5] = 0;

        JacobianPoint.FromAffine(out result, in table.Start);
        for (var window = 0; window < FixedBaseTable.Windows; window++)
        {
            ReadSigned(out var point, table, window, Window(bits, window * FixedBaseTable.WindowBits));
            JacobianPoint.AddAffine(ref result, in point);
        }

        FieldElement.Negate(out var negated, in result.Y, 4);
        FieldElement.NormalizeWeak(ref negated);
        FieldElement.ConditionalMove(ref result.Y, in negated, evenMask);
        ConstantTime.Wipe(ref odd);
        new Span<ulong>(bits, BitWords).Clear();
    }

    /// <summary>The table point of a window's bits, with its sign; magnitude at most 2.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadSigned(out AffinePoint point, FixedBaseTable table, int window, ulong w)
    {
        var negative = (w >> (FixedBaseTable.WindowBits - 1)) - 1;
        var index = (w ^ negative) & (FixedBaseTable.WindowPoints - 1);
        table.Read(out point, window, index);
        FieldElement.Negate(out var negated, in point.Y, 1);
        FieldElement.ConditionalMove(ref point.Y, in negated, negative);
    }

    /// <summary>A window's bits from a public position on; the two words that may hold them are always read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Window(ulong* bits, int position)
    {
        var word = position >> 6;
        var shift = position & 63;
        return ((bits[word] >> shift) | ((bits[word + 1] << 1) << (63 - shift))) & ((1UL << FixedBaseTable.WindowBits) - 1);
    }
}
