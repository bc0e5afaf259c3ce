using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The multiples of a public base point B for verification, where scalars are public and a window is read at the address that
/// its digit names: point j of window i is (2j + 1) · 2^(bits · i) · B, 64 bytes a point (a cache line). Large: 20 windows of 4,096
/// points, 5,242,880 bytes. Small, for processes that sign a few orders: 32 windows of 128 points, 262,144 bytes.
/// </summary>
/// <remarks>
/// Signing never reads these tables, so that a wrong word in the multiples of G that it reads cannot deceive its verification too.
/// For the lane kernels the coordinates are biased as in <see cref="LaneTable"/>. The two tables of a sum have 40 or 64 windows together,
/// a multiple of the number of lanes. 11 bits take 48, and measured 4 % more a verified signature.
/// </remarks>
internal sealed unsafe class VarTimeTable
{
    public const int LargeBits = 13;
    public const int SmallBits = 8;

    /// <summary>The windows of a large table; fewer than those of a small one.</summary>
    public const int LargeWindows = 20;

    /// <summary>The windows of a small table.</summary>
    public const int MaxWindows = 32;

    public const int PointWords = 8;
    private const int CacheLine = 64;

    /// <summary>Keeps the memory that <see cref="Words"/> points into.</summary>
    private readonly ulong[] _pinned;

    private VarTimeTable(in AffinePoint point, bool biased, int bits)
    {
        Bits = bits;
        Windows = bits == LargeBits ? LargeWindows : MaxWindows;
        WindowPoints = 1 << (bits - 1);
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

    /// <summary>The width of a window.</summary>
    public int Bits { get; }

    /// <summary>The number of windows.</summary>
    public int Windows { get; }

    /// <summary>The points of a window.</summary>
    public int WindowPoints { get; }

    /// <summary>The points; valid as long as the table is.</summary>
    public ulong* Words { get; }

    /// <summary>The table of G, built once per process, form and size.</summary>
    /// <param name="biased">For the lane kernels; else for the portable one.</param>
    /// <param name="bits"><see cref="LargeBits"/> or <see cref="SmallBits"/>.</param>
    public static VarTimeTable Generator(bool biased, int bits) => (biased, bits) switch
    {
        (true, LargeBits) => BiasedGenerator.Instance,
        (false, LargeBits) => PlainGenerator.Instance,
        (true, _) => SmallBiasedGenerator.Instance,
        (false, _) => SmallPlainGenerator.Instance,
    };

    /// <summary>Computes the table of a public key.</summary>
    /// <param name="publicKey">Q, normal.</param>
    /// <param name="biased">For the lane kernels; else for the portable one.</param>
    /// <param name="bits"><see cref="LargeBits"/> or <see cref="SmallBits"/>.</param>
    public static VarTimeTable OfKey(in AffinePoint publicKey, bool biased, int bits) => new(in publicKey, biased, bits);

    private static VarTimeTable OfGenerator(bool biased, int bits) => new(AffinePoint.Generator, biased, bits);

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
        public static readonly VarTimeTable Instance = OfGenerator(biased: true, LargeBits);
    }

    private static class PlainGenerator
    {
        public static readonly VarTimeTable Instance = OfGenerator(biased: false, LargeBits);
    }

    private static class SmallBiasedGenerator
    {
        public static readonly VarTimeTable Instance = OfGenerator(biased: true, SmallBits);
    }

    private static class SmallPlainGenerator
    {
        public static readonly VarTimeTable Instance = OfGenerator(biased: false, SmallBits);
    }
}
