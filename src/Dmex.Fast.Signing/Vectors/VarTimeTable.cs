using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The multiples of a public base point B for verification, where scalars are public and a window is read at the address that
/// its digit names: point j of window i is (2j + 1) · 2^(13 i) · B; 20 windows of 4,096 points, 64 bytes a point (a cache line),
/// 5,242,880 bytes in all, built in about ten milliseconds.
/// </summary>
/// <remarks>
/// Signing never reads these tables, so that a wrong word in the multiples of G that it reads cannot deceive its verification too.
/// For the lane kernels the coordinates are biased as in <see cref="LaneTable"/>. The two tables of a sum have 40 windows together, a
/// multiple of the number of lanes. 11 bits take 48, and measured 4 % more a verified signature.
/// </remarks>
internal sealed unsafe class VarTimeTable
{
    public const int Bits = 13;
    public const int Windows = 20;
    public const int WindowPoints = 1 << (Bits - 1);
    public const int PointWords = 8;
    private const int CacheLine = 64;

    /// <summary>Keeps the memory that <see cref="Words"/> points into.</summary>
    private readonly ulong[] _pinned;

    private VarTimeTable(in AffinePoint point, bool biased)
    {
        _pinned = GC.AllocateUninitializedArray<ulong>((Windows * WindowPoints * PointWords) + (CacheLine / sizeof(ulong)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pinned));
        Words = (ulong*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        var points = new AffinePoint[WindowPoints];
        var first = point;
        for (var window = 0; window < Windows; window++)
        {
            FixedBaseMultiples.Fill(points, in first, Bits, out first);
            Write(points, Words + ((nint)window * WindowPoints * PointWords), biased);
        }
    }

    /// <summary>The points; valid as long as the table is.</summary>
    public ulong* Words { get; }

    /// <summary>The table of G, built once per process and form.</summary>
    /// <param name="biased">For the lane kernels; else for the portable one.</param>
    public static VarTimeTable Generator(bool biased) => biased ? BiasedGenerator.Instance : PlainGenerator.Instance;

    /// <summary>Computes the table of a public key.</summary>
    /// <param name="publicKey">Q, normal.</param>
    /// <param name="biased">For the lane kernels; else for the portable one.</param>
    public static VarTimeTable OfKey(in AffinePoint publicKey, bool biased) => new(in publicKey, biased);

    private static VarTimeTable OfGenerator(bool biased) => new(AffinePoint.Generator, biased);

    private static void Write(AffinePoint[] points, ulong* words, bool biased)
    {
        foreach (ref var point in points.AsSpan())
        {
            if (biased)
            {
                LaneTable.WriteBiased(in point.X, words);
                LaneTable.WriteBiased(in point.Y, words + 4);
            }
            else
            {
                point.X.ToWords(out words[0], out words[1], out words[2], out words[3]);
                point.Y.ToWords(out words[4], out words[5], out words[6], out words[7]);
            }

            words += PointWords;
        }
    }

    private static class BiasedGenerator
    {
        public static readonly VarTimeTable Instance = OfGenerator(biased: true);
    }

    private static class PlainGenerator
    {
        public static readonly VarTimeTable Instance = OfGenerator(biased: false);
    }
}
