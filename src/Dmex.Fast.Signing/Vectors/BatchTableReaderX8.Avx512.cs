using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads the columns of a <see cref="BatchTable"/> with AVX-512: permutations pick sixteen candidates at a time.</summary>
internal readonly unsafe struct BatchTableReaderX8 : IBatchTableReader<FieldElementX8>
{
    private const int Points = 128;
    private const int Bits = 8;

    public static int Windows => 32;

    public static int TotalBits => 256;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(FieldElementX8* x, FieldElementX8* y, ulong* table, BatchDigits* digits, int window)
    {
        var words = Vector512.Load(digits->Words + (window / 8 * FieldElementX8.Lanes));
        var digit = (words >>> (Bits * (window % 8))) & Vector512.Create((1UL << Bits) - 1);
        var negative = (digit >>> (Bits - 1)) - Vector512<ulong>.One;
        var index = (digit ^ negative) & Vector512.Create((ulong)Points - 1);
        var group = index >>> 4;

        var zero = Vector512<ulong>.Zero;
        Vector512<ulong> w0 = zero, w1 = zero, w2 = zero, w3 = zero, w4 = zero, w5 = zero, w6 = zero, w7 = zero, g = zero;
        var column = table + ((nint)window * LaneTable.PointWords * Points);
        for (var i = 0; i < Points / 16; i++, column += 16)
        {
            var mask = Vector512.Equals(group, g);
            w0 = Pick(mask, index, column, w0);
            w1 = Pick(mask, index, column + Points, w1);
            w2 = Pick(mask, index, column + (2 * Points), w2);
            w3 = Pick(mask, index, column + (3 * Points), w3);
            w4 = Pick(mask, index, column + (4 * Points), w4);
            w5 = Pick(mask, index, column + (5 * Points), w5);
            w6 = Pick(mask, index, column + (6 * Points), w6);
            w7 = Pick(mask, index, column + (7 * Points), w7);
            g += Vector512<ulong>.One;
        }

        LaneTableReaderX8.Digits(x, w0, w1, w2, w3);
        LaneTableReaderX8.Digits(y, w4, w5, w6, w7);
        var sign = (negative ^ Vector512.Load(digits->FlipMask)) & Vector512.Create(1UL << 63);
        LaneTableReaderX8.FlipSigns(y, sign);
    }

    /// <summary>The lower four bits of the index pick among the sixteen words of a group; the mask keeps the right group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<ulong> Pick(Vector512<ulong> mask, Vector512<ulong> index, ulong* words, Vector512<ulong> kept) =>
        Vector512.ConditionalSelect(mask, Avx512F.PermuteVar8x64x2(Vector512.Load(words), index, Vector512.Load(words + 8)), kept);
}
