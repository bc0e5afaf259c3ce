using System.Runtime.CompilerServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// A scalar k in [0, n - 1] as signed odd digits of four bits: k' is k or n - k, whichever is odd (n for k = 0), and with
/// b = (k' - 1) / 2 + 2^255, k' = Σ (2 b_i - 1) 2^i over 256 bits, so that four bits w of b make the digit 2w - 15: positive
/// with table index w - 8 when w's top bit is set, else negative with index w XOR 7. Where k' is n - k, every sign is flipped.
/// </summary>
internal unsafe struct SignedDigits
{
    /// <summary>b, least significant word first.</summary>
    public fixed ulong Bits[4];

    /// <summary>All ones where every sign is flipped.</summary>
    public ulong FlipMask;

    /// <summary>Recodes a scalar, in constant time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Recode(SignedDigits* digits, in Scalar k)
    {
        var evenMask = ~ConstantTime.MaskOfBit(k.W0);
        var odd = k;
        Scalar.ConditionalSubtractFromOrder(ref odd, evenMask);
        digits->Bits[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        digits->Bits[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        digits->Bits[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        digits->Bits[3] = (odd.W3 >> 1) | (1UL << 63);
        digits->FlipMask = evenMask;
        ConstantTime.Wipe(ref odd);
    }
}
