using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <content>Moves between lanes, and in and out of them.</content>
internal unsafe partial struct FieldElementX8
{
    public static bool HasQuarters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void JoinLow(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        result->D0 = Avx512F.Shuffle4x128(a->D0, b->D0, 0x44);
        result->D1 = Avx512F.Shuffle4x128(a->D1, b->D1, 0x44);
        result->D2 = Avx512F.Shuffle4x128(a->D2, b->D2, 0x44);
        result->D3 = Avx512F.Shuffle4x128(a->D3, b->D3, 0x44);
        result->D4 = Avx512F.Shuffle4x128(a->D4, b->D4, 0x44);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void JoinHigh(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b)
    {
        result->D0 = Avx512F.Shuffle4x128(a->D0, b->D0, 0xEE);
        result->D1 = Avx512F.Shuffle4x128(a->D1, b->D1, 0xEE);
        result->D2 = Avx512F.Shuffle4x128(a->D2, b->D2, 0xEE);
        result->D3 = Avx512F.Shuffle4x128(a->D3, b->D3, 0xEE);
        result->D4 = Avx512F.Shuffle4x128(a->D4, b->D4, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SwapHalves(FieldElementX8* result, FieldElementX8* a)
    {
        result->D0 = Avx512F.Shuffle4x128(a->D0, a->D0, 0x4E);
        result->D1 = Avx512F.Shuffle4x128(a->D1, a->D1, 0x4E);
        result->D2 = Avx512F.Shuffle4x128(a->D2, a->D2, 0x4E);
        result->D3 = Avx512F.Shuffle4x128(a->D3, a->D3, 0x4E);
        result->D4 = Avx512F.Shuffle4x128(a->D4, a->D4, 0x4E);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void JoinQuarters(FieldElementX8* result, FieldElementX8* a, FieldElementX8* b, FieldElementX8* c, FieldElementX8* d)
    {
        result->D0 = JoinQuarters(a->D0, b->D0, c->D0, d->D0);
        result->D1 = JoinQuarters(a->D1, b->D1, c->D1, d->D1);
        result->D2 = JoinQuarters(a->D2, b->D2, c->D2, d->D2);
        result->D3 = JoinQuarters(a->D3, b->D3, c->D3, d->D3);
        result->D4 = JoinQuarters(a->D4, b->D4, c->D4, d->D4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void FirstQuarter(FieldElementX8* result, FieldElementX8* a, int quarter)
    {
        // The immediate must be a literal at the call, or the intrinsic becomes a call.
        switch (quarter)
        {
            case 1:
                result->D0 = Avx512F.Shuffle4x128(a->D0, a->D0, 0x55);
                result->D1 = Avx512F.Shuffle4x128(a->D1, a->D1, 0x55);
                result->D2 = Avx512F.Shuffle4x128(a->D2, a->D2, 0x55);
                result->D3 = Avx512F.Shuffle4x128(a->D3, a->D3, 0x55);
                result->D4 = Avx512F.Shuffle4x128(a->D4, a->D4, 0x55);
                break;
            case 2:
                result->D0 = Avx512F.Shuffle4x128(a->D0, a->D0, 0xAA);
                result->D1 = Avx512F.Shuffle4x128(a->D1, a->D1, 0xAA);
                result->D2 = Avx512F.Shuffle4x128(a->D2, a->D2, 0xAA);
                result->D3 = Avx512F.Shuffle4x128(a->D3, a->D3, 0xAA);
                result->D4 = Avx512F.Shuffle4x128(a->D4, a->D4, 0xAA);
                break;
            default:
                result->D0 = Avx512F.Shuffle4x128(a->D0, a->D0, 0xFF);
                result->D1 = Avx512F.Shuffle4x128(a->D1, a->D1, 0xFF);
                result->D2 = Avx512F.Shuffle4x128(a->D2, a->D2, 0xFF);
                result->D3 = Avx512F.Shuffle4x128(a->D3, a->D3, 0xFF);
                result->D4 = Avx512F.Shuffle4x128(a->D4, a->D4, 0xFF);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void SwapWithin(FieldElementX8* result, FieldElementX8* a, int distance)
    {
        // The immediate must be a literal at the call, or the intrinsic becomes a call.
        if (distance == 2)
        {
            result->D0 = Avx512F.Permute4x64(a->D0, 0x4E);
            result->D1 = Avx512F.Permute4x64(a->D1, 0x4E);
            result->D2 = Avx512F.Permute4x64(a->D2, 0x4E);
            result->D3 = Avx512F.Permute4x64(a->D3, 0x4E);
            result->D4 = Avx512F.Permute4x64(a->D4, 0x4E);
        }
        else
        {
            result->D0 = Avx512F.Permute4x64(a->D0, 0xB1);
            result->D1 = Avx512F.Permute4x64(a->D1, 0xB1);
            result->D2 = Avx512F.Permute4x64(a->D2, 0xB1);
            result->D3 = Avx512F.Permute4x64(a->D3, 0xB1);
            result->D4 = Avx512F.Permute4x64(a->D4, 0xB1);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FirstLane(out FieldElement element)
    {
        fixed (FieldElementX8* self = &this)
        {
            GetLane(self, 0, out element);
        }
    }

    /// <remarks>2p is added in limbs, which are larger than any carried digit, so that none is negative: magnitude 3.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GetLane(FieldElementX8* value, int lane, out FieldElement element)
    {
        var digits = (double*)value + lane;
        element.N0 = (ulong)((long)digits[0] + (2 * (DigitMask - Fold + 1)));
        element.N1 = (ulong)((long)digits[1 * 8] + (2 * DigitMask));
        element.N2 = (ulong)((long)digits[2 * 8] + (2 * DigitMask));
        element.N3 = (ulong)((long)digits[3 * 8] + (2 * DigitMask));
        element.N4 = (ulong)((long)digits[4 * 8] + (2 * TopMask));
        FieldElement.Normalize(ref element);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SetLane(FieldElementX8* value, int lane, in FieldElement element)
    {
        var digits = (double*)value + lane;
        digits[0] = element.N0;
        digits[1 * 8] = element.N1;
        digits[2 * 8] = element.N2;
        digits[3 * 8] = element.N3;
        digits[4 * 8] = element.N4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> JoinQuarters(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d) =>
        Avx512F.Shuffle4x128(Avx512F.Shuffle4x128(a, b, 0x00), Avx512F.Shuffle4x128(c, d, 0x00), 0x88);
}
