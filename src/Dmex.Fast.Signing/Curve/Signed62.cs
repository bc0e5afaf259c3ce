using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// An integer of up to 256 bits and a sign, as five limbs: value = Σ limb[i] · 2^(62 i). Limbs 0 to 3 are in [0, 2^62);
/// limb 4 carries the sign.
/// </summary>
internal unsafe struct Signed62
{
    public const int Count = 5;
    public const ulong LimbMask = ulong.MaxValue >> 2;

    public fixed long Limb[Count];

    /// <summary>From four 64-bit words, least significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void FromWords(out Signed62 result, ulong word0, ulong word1, ulong word2, ulong word3)
    {
        Unsafe.SkipInit(out result);
        result.Limb[0] = (long)(word0 & LimbMask);
        result.Limb[1] = (long)(((word0 >> 62) | (word1 << 2)) & LimbMask);
        result.Limb[2] = (long)(((word1 >> 60) | (word2 << 4)) & LimbMask);
        result.Limb[3] = (long)(((word2 >> 58) | (word3 << 6)) & LimbMask);
        result.Limb[4] = (long)(word3 >> 56);
    }

    /// <summary>To four 64-bit words; the value must be in [0, 2^256).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public readonly void ToWords(out ulong word0, out ulong word1, out ulong word2, out ulong word3)
    {
        ulong limb0 = (ulong)Limb[0], limb1 = (ulong)Limb[1], limb2 = (ulong)Limb[2], limb3 = (ulong)Limb[3], limb4 = (ulong)Limb[4];
        word0 = limb0 | (limb1 << 62);
        word1 = (limb1 >> 2) | (limb2 << 60);
        word2 = (limb2 >> 4) | (limb3 << 58);
        word3 = (limb3 >> 6) | (limb4 << 56);
    }
}
