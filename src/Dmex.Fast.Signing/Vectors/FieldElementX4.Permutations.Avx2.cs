using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <content>Moves between lanes, and in and out of them.</content>
internal unsafe partial struct FieldElementX4
{
    public static bool HasQuarters => false;

    public static void JoinQuarters(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b, FieldElementX4* c, FieldElementX4* d) =>
        throw new NotSupportedException("Four lanes have no quarters of two.");

    public static void FirstQuarter(FieldElementX4* result, FieldElementX4* a, int quarter) =>
        throw new NotSupportedException("Four lanes have no quarters of two.");

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void JoinLow(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        result->D0 = Avx.Permute2x128(a->D0, b->D0, 0x20);
        result->D1 = Avx.Permute2x128(a->D1, b->D1, 0x20);
        result->D2 = Avx.Permute2x128(a->D2, b->D2, 0x20);
        result->D3 = Avx.Permute2x128(a->D3, b->D3, 0x20);
        result->D4 = Avx.Permute2x128(a->D4, b->D4, 0x20);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void JoinHigh(FieldElementX4* result, FieldElementX4* a, FieldElementX4* b)
    {
        result->D0 = Avx.Permute2x128(a->D0, b->D0, 0x31);
        result->D1 = Avx.Permute2x128(a->D1, b->D1, 0x31);
        result->D2 = Avx.Permute2x128(a->D2, b->D2, 0x31);
        result->D3 = Avx.Permute2x128(a->D3, b->D3, 0x31);
        result->D4 = Avx.Permute2x128(a->D4, b->D4, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SwapHalves(FieldElementX4* result, FieldElementX4* a)
    {
        result->D0 = Avx.Permute2x128(a->D0, a->D0, 0x01);
        result->D1 = Avx.Permute2x128(a->D1, a->D1, 0x01);
        result->D2 = Avx.Permute2x128(a->D2, a->D2, 0x01);
        result->D3 = Avx.Permute2x128(a->D3, a->D3, 0x01);
        result->D4 = Avx.Permute2x128(a->D4, a->D4, 0x01);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SwapWithin(FieldElementX4* result, FieldElementX4* a, int distance)
    {
        // Half of four lanes is two, within which only neighbors can be exchanged: distance is 1.
        result->D0 = Avx.Permute(a->D0, 0x5);
        result->D1 = Avx.Permute(a->D1, 0x5);
        result->D2 = Avx.Permute(a->D2, 0x5);
        result->D3 = Avx.Permute(a->D3, 0x5);
        result->D4 = Avx.Permute(a->D4, 0x5);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FirstLane(out FieldElement element)
    {
        fixed (FieldElementX4* self = &this)
        {
            GetLane(self, 0, out element);
        }
    }

    /// <remarks>2p is added in limbs, which are larger than any carried digit, so that none is negative: magnitude 3.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GetLane(FieldElementX4* value, int lane, out FieldElement element)
    {
        var digits = (double*)value + lane;
        element.N0 = (ulong)((long)digits[0] + (2 * (DigitMask - Fold + 1)));
        element.N1 = (ulong)((long)digits[1 * 4] + (2 * DigitMask));
        element.N2 = (ulong)((long)digits[2 * 4] + (2 * DigitMask));
        element.N3 = (ulong)((long)digits[3 * 4] + (2 * DigitMask));
        element.N4 = (ulong)((long)digits[4 * 4] + (2 * TopMask));
        FieldElement.Normalize(ref element);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SetLane(FieldElementX4* value, int lane, in FieldElement element)
    {
        // Limbs are below 2^63, and without AVX-512 the conversion from unsigned integers has a branch on the top bit.
        var digits = (double*)value + lane;
        digits[0] = (long)element.N0;
        digits[1 * 4] = (long)element.N1;
        digits[2 * 4] = (long)element.N2;
        digits[3 * 4] = (long)element.N3;
        digits[4 * 4] = (long)element.N4;
    }
}
