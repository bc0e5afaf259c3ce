using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The multiples of a public base point B that <see cref="LaneMultiply{T, TReader}"/> adds up: point j of window i is
/// (2j + 1) · 2^(4i) · B; 64 windows of 8 points, 64 bytes a point, 32,768 bytes in all. Wider windows save an addition or
/// two, but their tables take longer to scan and to bring back into the caches.
/// </summary>
/// <remarks>
/// A coordinate v is kept as v + Bias mod p in four words, Bias = Σ 2^51 · 2^(52 i) + 2^47 · 2^208 (i = 0 to 3): cutting the
/// words into digits and taking half a digit off each gives centered digits without a carry.
/// </remarks>
internal sealed unsafe class LaneTable
{
    public const int WindowBits = 4;
    public const int Windows = 64;
    public const int WindowPoints = 1 << (WindowBits - 1);
    public const int PointWords = 8;
    public const int WindowWords = WindowPoints * PointWords;

    private const int CacheLine = 64;

    /// <summary>Keeps the memory that <see cref="Words"/> points into.</summary>
    private readonly ulong[] _pinned;

    /// <summary>The points, aligned to a cache line; valid as long as the table is.</summary>
    public readonly ulong* Words;

    /// <summary>Computes the table in a tenth of a millisecond; variable time.</summary>
    /// <param name="point">B, normal.</param>
    public LaneTable(in AffinePoint point)
    {
        var affine = new AffinePoint[Windows * WindowPoints];
        FixedBaseMultiples.Fill(affine, in point, WindowBits, out _);
        _pinned = GC.AllocateUninitializedArray<ulong>((affine.Length * PointWords) + (CacheLine / sizeof(ulong)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pinned));
        Words = (ulong*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        for (var i = 0; i < affine.Length; i++)
        {
            WriteBiased(in affine[i].X, Words + (i * PointWords));
            WriteBiased(in affine[i].Y, Words + (i * PointWords) + 4);
        }
    }

    /// <summary>The table of G, built once a process.</summary>
    public static LaneTable Generator { get; } = new(AffinePoint.Generator);

    /// <summary>
    /// Asks for the whole table to be brought into the first cache; a caller that does so before it makes the nonce finds it
    /// there afterwards. All of it, so that the addresses tell nothing; one line of two, because processors fetch them in
    /// pairs, and asking costs a warm signature half as much.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Prefetch()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var end = Words + (Windows * WindowWords);
        for (var line = Words; line < end; line += 2 * CacheLine / sizeof(ulong))
        {
            Sse.Prefetch0(line);
        }
    }

    /// <summary>Writes a coordinate with the bias added.</summary>
    /// <param name="element">Normal.</param>
    /// <param name="words">Receives four words.</param>
    internal static void WriteBiased(in FieldElement element, ulong* words)
    {
        var bias = new FieldElement { N0 = 1UL << 51, N1 = 1UL << 51, N2 = 1UL << 51, N3 = 1UL << 51, N4 = 1UL << 47 };
        FieldElement.Add(out var sum, in element, in bias);
        FieldElement.Normalize(ref sum);
        sum.ToWords(out words[0], out words[1], out words[2], out words[3]);
    }
}
