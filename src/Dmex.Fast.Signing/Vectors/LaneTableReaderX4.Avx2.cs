using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads four windows of a <see cref="LaneTable"/> at once with AVX2.</summary>
internal readonly unsafe struct LaneTableReaderX4 : ILaneTableReader<FieldElementX4>
{
    private const long DigitMask = (1L << 52) - 1;
    private const long BitsOfTwo52 = 0x4330000000000000;
    private const double Two52 = 4503599627370496.0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(FieldElementX4* x, FieldElementX4* y, ulong* table, SignedDigits* digits, int first)
    {
        // Lane l: bits 4 (first + l) to 4 (first + l) + 3; four windows are a quarter of a word.
        var quarter = digits->Bits[first / 16] >> (4 * (first & 12));
        var window = Avx2.ShiftRightLogicalVariable(Vector256.Create(quarter), Vector256.Create(0UL, 4, 8, 12)) & Vector256.Create(15UL);
        var negative = (window >>> (LaneTable.WindowBits - 1)) - Vector256<ulong>.One;
        var index = (window ^ negative) & Vector256.Create((ulong)LaneTable.WindowPoints - 1);
        var i0 = Avx2.Permute4x64(index, 0x00);
        var i1 = Avx2.Permute4x64(index, 0x55);
        var i2 = Avx2.Permute4x64(index, 0xAA);
        var i3 = Avx2.Permute4x64(index, 0xFF);

        var entry = table + ((nint)first * LaneTable.WindowWords);
        var zero = Vector256<ulong>.Zero;
        Vector256<ulong> x0 = zero, x1 = zero, x2 = zero, x3 = zero, y0 = zero, y1 = zero, y2 = zero, y3 = zero, j = zero;
        for (var offset = 0; offset < LaneTable.WindowWords; offset += LaneTable.PointWords)
        {
            KeepWhereEqual(ref x0, ref y0, i0, j, entry + offset);
            KeepWhereEqual(ref x1, ref y1, i1, j, entry + offset + LaneTable.WindowWords);
            KeepWhereEqual(ref x2, ref y2, i2, j, entry + offset + (2 * LaneTable.WindowWords));
            KeepWhereEqual(ref x3, ref y3, i3, j, entry + offset + (3 * LaneTable.WindowWords));
            j += Vector256<ulong>.One;
        }

        Transpose(ref x0, ref x1, ref x2, ref x3);
        Transpose(ref y0, ref y1, ref y2, ref y3);
        Digits(x, x0, x1, x2, x3);
        Digits(y, y0, y1, y2, y3);
        var sign = (negative ^ Vector256.Create(digits->FlipMask)) & Vector256.Create(1UL << 63);
        FlipSigns(y, sign);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static void KeepWhereEqual(
        ref Vector256<ulong> x, ref Vector256<ulong> y, Vector256<ulong> index, Vector256<ulong> j, ulong* entry)
    {
        var mask = Vector256.Equals(index, j);
        x |= mask & Vector256.Load(entry);
        y |= mask & Vector256.Load(entry + 4);
    }

    /// <summary>Negates the lanes whose sign bit is set in <paramref name="sign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void FlipSigns(FieldElementX4* y, Vector256<ulong> sign)
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
        FieldElementX4* result, Vector256<ulong> word0, Vector256<ulong> word1, Vector256<ulong> word2, Vector256<ulong> word3)
    {
        var mask = Vector256.Create((ulong)DigitMask);
        var offset = Vector256.Create(Two52 + (Two52 / 2));
        result->D0 = ToDouble(word0 & mask) - offset;
        result->D1 = ToDouble(((word0 >>> 52) | (word1 << 12)) & mask) - offset;
        result->D2 = ToDouble(((word1 >>> 40) | (word2 << 24)) & mask) - offset;
        result->D3 = ToDouble(((word2 >>> 28) | (word3 << 36)) & mask) - offset;
        result->D4 = ToDouble(word3 >>> 16) - Vector256.Create(Two52 + (Two52 / 32));
    }

    /// <summary>2^52 + value, for a value below 2^52.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> ToDouble(Vector256<ulong> value) => (value | Vector256.Create((ulong)BitsOfTwo52)).AsDouble();

    /// <summary>Four rows of four words become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose(ref Vector256<ulong> r0, ref Vector256<ulong> r1, ref Vector256<ulong> r2, ref Vector256<ulong> r3)
    {
        var a0 = Avx2.UnpackLow(r0, r1);
        var a1 = Avx2.UnpackHigh(r0, r1);
        var a2 = Avx2.UnpackLow(r2, r3);
        var a3 = Avx2.UnpackHigh(r2, r3);
        r0 = Avx2.Permute2x128(a0, a2, 0x20);
        r1 = Avx2.Permute2x128(a1, a3, 0x20);
        r2 = Avx2.Permute2x128(a0, a2, 0x31);
        r3 = Avx2.Permute2x128(a1, a3, 0x31);
    }
}
