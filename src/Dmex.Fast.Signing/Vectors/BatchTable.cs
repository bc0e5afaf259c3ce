using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The multiples of a public base point B for <see cref="BatchMultiply{T, TReader}"/>, where all lanes read the same window:
/// point j of window i is (2j + 1) · 2^(bits · i) · B, its coordinates biased as in <see cref="LaneTable"/>.
/// </summary>
/// <remarks>
/// Columns: 32 windows of 128 points, 262,144 bytes; word w of the points of a window stands together, so that permutations
/// pick words out of registers. Rows: 52 windows of 16 points, 53,248 bytes; the words of a point stand together, to be
/// broadcast one by one.
/// </remarks>
internal sealed unsafe class BatchTable
{
    private const int CacheLine = 64;
    private readonly ulong[] _pinned;

    private BatchTable(in AffinePoint point, int windows, int bits, bool columns)
    {
        var count = 1 << (bits - 1);
        var affine = new AffinePoint[windows * count];
        FixedBaseMultiples.Fill(affine, in point, bits, out _);
        _pinned = GC.AllocateUninitializedArray<ulong>((affine.Length * LaneTable.PointWords) + (CacheLine / sizeof(ulong)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pinned));
        Words = (ulong*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        var row = stackalloc ulong[LaneTable.PointWords];
        for (var i = 0; i < affine.Length; i++)
        {
            LaneTable.WriteBiased(in affine[i].X, row);
            LaneTable.WriteBiased(in affine[i].Y, row + 4);
            for (var word = 0; word < LaneTable.PointWords; word++)
            {
                var index = columns
                    ? (((i / count * LaneTable.PointWords) + word) * count) + (i % count)
                    : (i * LaneTable.PointWords) + word;
                Words[index] = row[word];
            }
        }
    }

    /// <summary>The words, aligned to a cache line; valid as long as the table is.</summary>
    public ulong* Words { get; }

    /// <summary>The column table of G, built once a process in two to three milliseconds.</summary>
    public static BatchTable GeneratorColumns => ColumnsOfGenerator.Instance;

    /// <summary>The row table of G, built once a process in about half a millisecond.</summary>
    public static BatchTable GeneratorRows => RowsOfGenerator.Instance;

    /// <summary>Eight-bit windows in columns.</summary>
    public static BatchTable Columns(in AffinePoint point) => new(in point, 32, 8, columns: true);

    /// <summary>Five-bit windows in rows.</summary>
    public static BatchTable Rows(in AffinePoint point) => new(in point, 52, 5, columns: false);

    private static class ColumnsOfGenerator
    {
        public static readonly BatchTable Instance = Columns(AffinePoint.Generator);
    }

    private static class RowsOfGenerator
    {
        public static readonly BatchTable Instance = Rows(AffinePoint.Generator);
    }
}
