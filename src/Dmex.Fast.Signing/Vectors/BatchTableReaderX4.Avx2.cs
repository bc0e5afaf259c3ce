using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads the rows of a <see cref="BatchTable"/> with AVX2: each word of each point is broadcast, and a mask keeps one.</summary>
internal readonly unsafe struct BatchTableReaderX4 : IBatchTableReader<FieldElementX4>
{
    private const int Points = 16;
    private const int Bits = 5;

    public static int Windows => 52;

    public static int TotalBits => 260;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(FieldElementX4* x, FieldElementX4* y, ulong* table, BatchDigits* digits, int window)
    {
        var position = window * Bits;
        var words = digits->Words + (position / 64 * FieldElementX4.Lanes);
        var low = Vector256.Load(words) >>> (position % 64);
        var high = Vector256.Load(words + FieldElementX4.Lanes) << 1 << (63 - (position % 64));
        var digit = (low | high) & Vector256.Create((1UL << Bits) - 1);
        var negative = (digit >>> (Bits - 1)) - Vector256<ulong>.One;
        var index = (digit ^ negative) & Vector256.Create((ulong)Points - 1);

        var zero = Vector256<ulong>.Zero;
        Vector256<ulong> w0 = zero, w1 = zero, w2 = zero, w3 = zero, w4 = zero, w5 = zero, w6 = zero, w7 = zero, j = zero;
        var row = table + ((nint)window * Points * LaneTable.PointWords);
        for (var i = 0; i < Points; i++, row += LaneTable.PointWords)
        {
            var mask = Vector256.Equals(index, j);
            w0 |= mask & Vector256.Create(row[0]);
            w1 |= mask & Vector256.Create(row[1]);
            w2 |= mask & Vector256.Create(row[2]);
            w3 |= mask & Vector256.Create(row[3]);
            w4 |= mask & Vector256.Create(row[4]);
            w5 |= mask & Vector256.Create(row[5]);
            w6 |= mask & Vector256.Create(row[6]);
            w7 |= mask & Vector256.Create(row[7]);
            j += Vector256<ulong>.One;
        }

        LaneTableReaderX4.Digits(x, w0, w1, w2, w3);
        LaneTableReaderX4.Digits(y, w4, w5, w6, w7);
        var sign = (negative ^ Vector256.Load(digits->FlipMask)) & Vector256.Create(1UL << 63);
        LaneTableReaderX4.FlipSigns(y, sign);
    }
}
