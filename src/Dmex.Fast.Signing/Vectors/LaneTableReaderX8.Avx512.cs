using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads eight windows of a <see cref="LaneTable"/> at once with AVX-512.</summary>
internal readonly unsafe struct LaneTableReaderX8 : ILaneTableReader<FieldElementX8>
{
    private const ulong DigitMask = (1UL << 52) - 1;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(FieldElementX8* x, FieldElementX8* y, ulong* table, SignedDigits* digits, int first)
    {
        var window = Windows(digits, first);
        var negative = (window >>> (LaneTable.WindowBits - 1)) - Vector512<ulong>.One;
        var index = (window ^ negative) & Vector512.Create((ulong)LaneTable.WindowPoints - 1);

        var i0 = Avx512F.PermuteVar8x64(index, Vector512.Create(0UL));
        var i1 = Avx512F.PermuteVar8x64(index, Vector512.Create(1UL));
        var i2 = Avx512F.PermuteVar8x64(index, Vector512.Create(2UL));
        var i3 = Avx512F.PermuteVar8x64(index, Vector512.Create(3UL));
        var i4 = Avx512F.PermuteVar8x64(index, Vector512.Create(4UL));
        var i5 = Avx512F.PermuteVar8x64(index, Vector512.Create(5UL));
        var i6 = Avx512F.PermuteVar8x64(index, Vector512.Create(6UL));
        var i7 = Avx512F.PermuteVar8x64(index, Vector512.Create(7UL));

        var p0 = table + ((nint)(first) * LaneTable.WindowWords);
        var p1 = table + ((nint)(first + 1) * LaneTable.WindowWords);
        var p2 = table + ((nint)(first + 2) * LaneTable.WindowWords);
        var p3 = table + ((nint)(first + 3) * LaneTable.WindowWords);
        var p4 = table + ((nint)(first + 4) * LaneTable.WindowWords);
        var p5 = table + ((nint)(first + 5) * LaneTable.WindowWords);
        var p6 = table + ((nint)(first + 6) * LaneTable.WindowWords);
        var p7 = table + ((nint)(first + 7) * LaneTable.WindowWords);

        var zero = Vector512<ulong>.Zero;
        Vector512<ulong> r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero, r5 = zero, r6 = zero, r7 = zero, j = zero;
        for (nint offset = 0; offset < LaneTable.WindowWords; offset += LaneTable.PointWords)
        {
            r0 = KeepWhereEqual(i0, j, p0 + offset, r0);
            r1 = KeepWhereEqual(i1, j, p1 + offset, r1);
            r2 = KeepWhereEqual(i2, j, p2 + offset, r2);
            r3 = KeepWhereEqual(i3, j, p3 + offset, r3);
            r4 = KeepWhereEqual(i4, j, p4 + offset, r4);
            r5 = KeepWhereEqual(i5, j, p5 + offset, r5);
            r6 = KeepWhereEqual(i6, j, p6 + offset, r6);
            r7 = KeepWhereEqual(i7, j, p7 + offset, r7);
            j += Vector512<ulong>.One;
        }

        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        var sign = (negative ^ Vector512.Create(digits->FlipMask)) & Vector512.Create(1UL << 63);
        Digits(x, r0, r1, r2, r3);
        Digits(y, r4, r5, r6, r7);
        FlipSigns(y, sign);
    }

    /// <summary>Negates the lanes whose sign bit is set in <paramref name="sign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void FlipSigns(FieldElementX8* y, Vector512<ulong> sign)
    {
        y->D0 = (y->D0.AsUInt64() ^ sign).AsDouble();
        y->D1 = (y->D1.AsUInt64() ^ sign).AsDouble();
        y->D2 = (y->D2.AsUInt64() ^ sign).AsDouble();
        y->D3 = (y->D3.AsUInt64() ^ sign).AsDouble();
        y->D4 = (y->D4.AsUInt64() ^ sign).AsDouble();
    }

    /// <summary>Cuts biased words into digits and takes half a digit off each: centered, carried digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Digits(
        FieldElementX8* result, Vector512<ulong> word0, Vector512<ulong> word1, Vector512<ulong> word2, Vector512<ulong> word3)
    {
        var mask = Vector512.Create(DigitMask);
        var half = Vector512.Create(2251799813685248.0);
        result->D0 = ToDouble(word0 & mask) - half;
        result->D1 = ToDouble(((word0 >>> 52) | (word1 << 12)) & mask) - half;
        result->D2 = ToDouble(((word1 >>> 40) | (word2 << 24)) & mask) - half;
        result->D3 = ToDouble(((word2 >>> 28) | (word3 << 36)) & mask) - half;
        result->D4 = ToDouble(word3 >>> 16) - Vector512.Create(140737488355328.0);
    }

    /// <summary>Lane l: bits 4 (first + l) to 4 (first + l) + 3; eight windows are half a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> Windows(SignedDigits* digits, int first)
    {
        var half = digits->Bits[first / 16] >> (4 * (first & 8));
        var shifted = Avx512F.ShiftRightLogicalVariable(Vector512.Create(half), Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28));
        return shifted & Vector512.Create((1UL << LaneTable.WindowBits) - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> KeepWhereEqual(Vector512<ulong> index, Vector512<ulong> j, ulong* entry, Vector512<ulong> kept) =>
        Vector512.ConditionalSelect(Vector512.Equals(index, j), Vector512.Load(entry), kept);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> ToDouble(Vector512<ulong> value) => Avx512DQ.ConvertToVector512Double(value.AsInt64());

    /// <summary>Eight rows of eight words become eight columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose(
        ref Vector512<ulong> r0, ref Vector512<ulong> r1, ref Vector512<ulong> r2, ref Vector512<ulong> r3,
        ref Vector512<ulong> r4, ref Vector512<ulong> r5, ref Vector512<ulong> r6, ref Vector512<ulong> r7)
    {
        var a0 = Avx512F.UnpackLow(r0, r1);
        var a1 = Avx512F.UnpackHigh(r0, r1);
        var a2 = Avx512F.UnpackLow(r2, r3);
        var a3 = Avx512F.UnpackHigh(r2, r3);
        var a4 = Avx512F.UnpackLow(r4, r5);
        var a5 = Avx512F.UnpackHigh(r4, r5);
        var a6 = Avx512F.UnpackLow(r6, r7);
        var a7 = Avx512F.UnpackHigh(r6, r7);
        var b0 = Avx512F.Shuffle4x128(a0, a2, 0x88);
        var b1 = Avx512F.Shuffle4x128(a0, a2, 0xDD);
        var b2 = Avx512F.Shuffle4x128(a1, a3, 0x88);
        var b3 = Avx512F.Shuffle4x128(a1, a3, 0xDD);
        var b4 = Avx512F.Shuffle4x128(a4, a6, 0x88);
        var b5 = Avx512F.Shuffle4x128(a4, a6, 0xDD);
        var b6 = Avx512F.Shuffle4x128(a5, a7, 0x88);
        var b7 = Avx512F.Shuffle4x128(a5, a7, 0xDD);
        r0 = Avx512F.Shuffle4x128(b0, b4, 0x88);
        r4 = Avx512F.Shuffle4x128(b0, b4, 0xDD);
        r2 = Avx512F.Shuffle4x128(b1, b5, 0x88);
        r6 = Avx512F.Shuffle4x128(b1, b5, 0xDD);
        r1 = Avx512F.Shuffle4x128(b2, b6, 0x88);
        r5 = Avx512F.Shuffle4x128(b2, b6, 0xDD);
        r3 = Avx512F.Shuffle4x128(b3, b7, 0x88);
        r7 = Avx512F.Shuffle4x128(b3, b7, 0xDD);
    }
}
