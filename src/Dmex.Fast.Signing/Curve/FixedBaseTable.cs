using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// The multiples of a public base point B that <see cref="FixedBaseMultiply"/> adds up: 36 windows of 64 points and one of 8,
/// 64 bytes a point (x and y as four words each), 147,968 bytes in all.
/// </summary>
/// <remarks>
/// Point j of window i is (2j + 1) · 2^(7i) · B; in the last window the start, 2^254 · B, is taken off again:
/// (2j + 1) · 2^252 · B - 2^254 · B.
/// </remarks>
internal sealed unsafe class FixedBaseTable
{
    public const int WindowBits = 7;
    public const int Windows = 37;
    public const int WindowPoints = 1 << (WindowBits - 1);
    public const int LastWindowPoints = 1 << (LastWindowBits - 1);
    private const int LastWindowBits = 4;
    private const int PointWords = 8;
    private const int Points = ((Windows - 1) * WindowPoints) + LastWindowPoints;

    private const int CacheLine = 64;

    /// <summary>Keeps the memory that <see cref="_words"/> points into.</summary>
    private readonly ulong[] _pinned;

    private readonly ulong* _words;

    /// <summary>The points, for tests that spoil them.</summary>
    internal ulong* Words => _words;

    /// <summary>2^254 · B, normal.</summary>
    public readonly AffinePoint Start;

    /// <summary>Computes the table in less than a millisecond; variable time.</summary>
    /// <param name="point">B, normal.</param>
    public FixedBaseTable(in AffinePoint point)
    {
        var affine = new AffinePoint[Points];
        var lastWindow = affine.AsSpan((Windows - 1) * WindowPoints);
        FixedBaseMultiples.Fill(affine.AsSpan(0, (Windows - 1) * WindowPoints), in point, WindowBits, out var next);
        FixedBaseMultiples.Fill(lastWindow, in next, LastWindowBits, out _);
        Start = FixedBaseMultiples.TimesPowerOfTwo(in point, FixedBaseMultiply.StartPower);
        var minusStart = Start;
        FieldElement.Negate(out minusStart.Y, in minusStart.Y, 1);
        foreach (ref var last in lastWindow)
        {
            JacobianPoint.FromAffine(out var sum, in last);
            JacobianPoint.AddAffineVarTime(ref sum, in minusStart);
            JacobianPoint.ToAffine(out last, in sum);
        }

        _pinned = GC.AllocateUninitializedArray<ulong>((Points * PointWords) + (CacheLine / sizeof(ulong)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pinned));
        _words = (ulong*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        for (var i = 0; i < Points; i++)
        {
            var entry = _words + (i * PointWords);
            affine[i].X.ToWords(out entry[0], out entry[1], out entry[2], out entry[3]);
            affine[i].Y.ToWords(out entry[4], out entry[5], out entry[6], out entry[7]);
        }
    }

    /// <summary>The table of G, built once a process.</summary>
    public static FixedBaseTable Generator { get; } = new(AffinePoint.Generator);

    /// <summary>
    /// Reads point <paramref name="index"/> of a window: every point of the window is loaded, and a mask keeps one, so that
    /// neither the addresses nor the time depend on the index.
    /// </summary>
    /// <param name="point">Magnitude 1.</param>
    /// <param name="window">Public.</param>
    /// <param name="index">Secret; below the number of points of the window.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(out AffinePoint point, int window, ulong index)
    {
        var count = window == Windows - 1 ? LastWindowPoints : WindowPoints;
        var entry = _words + ((nint)window * WindowPoints * PointWords);
        var x = Vector256<ulong>.Zero;
        var y = Vector256<ulong>.Zero;
        for (var i = 0; i < count; i++, entry += PointWords)
        {
            var mask = Vector256.Create(ConstantTime.IsZeroMask((ulong)i ^ index));
            x |= Vector256.Load(entry) & mask;
            y |= Vector256.Load(entry + 4) & mask;
        }

        FieldElement.FromWords(out point.X, x.GetElement(0), x.GetElement(1), x.GetElement(2), x.GetElement(3));
        FieldElement.FromWords(out point.Y, y.GetElement(0), y.GetElement(1), y.GetElement(2), y.GetElement(3));
    }
}
