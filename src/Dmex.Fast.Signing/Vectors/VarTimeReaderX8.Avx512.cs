using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads eight rows of a <see cref="VarTimeTable"/> with AVX-512.</summary>
internal readonly unsafe struct VarTimeReaderX8 : IVarTimeReader<FieldElementX8>
{
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadVarTime(FieldElementX8* x, FieldElementX8* y, ulong** rows, ulong* signs)
    {
        var r0 = Vector512.Load(rows[0]);
        var r1 = Vector512.Load(rows[1]);
        var r2 = Vector512.Load(rows[2]);
        var r3 = Vector512.Load(rows[3]);
        var r4 = Vector512.Load(rows[4]);
        var r5 = Vector512.Load(rows[5]);
        var r6 = Vector512.Load(rows[6]);
        var r7 = Vector512.Load(rows[7]);
        LaneTableReaderX8.Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        LaneTableReaderX8.Digits(x, r0, r1, r2, r3);
        LaneTableReaderX8.Digits(y, r4, r5, r6, r7);
        LaneTableReaderX8.FlipSigns(y, Vector512.Load(signs));
    }
}
