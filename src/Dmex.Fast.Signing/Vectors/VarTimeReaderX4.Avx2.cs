using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads four rows of a <see cref="VarTimeTable"/> with AVX2.</summary>
internal readonly unsafe struct VarTimeReaderX4 : IVarTimeReader<FieldElementX4>
{
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadVarTime(FieldElementX4* x, FieldElementX4* y, ulong** rows, ulong* signs)
    {
        var x0 = Vector256.Load(rows[0]);
        var x1 = Vector256.Load(rows[1]);
        var x2 = Vector256.Load(rows[2]);
        var x3 = Vector256.Load(rows[3]);
        LaneTableReaderX4.Transpose(ref x0, ref x1, ref x2, ref x3);
        LaneTableReaderX4.Digits(x, x0, x1, x2, x3);
        var y0 = Vector256.Load(rows[0] + 4);
        var y1 = Vector256.Load(rows[1] + 4);
        var y2 = Vector256.Load(rows[2] + 4);
        var y3 = Vector256.Load(rows[3] + 4);
        LaneTableReaderX4.Transpose(ref y0, ref y1, ref y2, ref y3);
        LaneTableReaderX4.Digits(y, y0, y1, y2, y3);
        LaneTableReaderX4.FlipSigns(y, Vector256.Load(signs));
    }
}
