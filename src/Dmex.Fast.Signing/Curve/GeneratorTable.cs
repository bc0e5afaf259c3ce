using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// The multiples of G that <see cref="GeneratorMultiply"/> adds up: 42 windows of 32 points and one of 8, 64 bytes a point
/// (x and y as four words each), 86,528 bytes in all, built once a process in about a millisecond.
/// </summary>
/// <remarks>
/// Point j of window i is (2j + 1) · 2^(6i) · G; in the last window, <see cref="GeneratorMultiply.StartPower"/> is taken
/// off again: (2j + 1) · 2^252 · G - 2^254 · G.
/// </remarks>
internal static unsafe class GeneratorTable
{
    public const int WindowBits = 6;
    public const int Windows = 43;
    public const int WindowPoints = 1 << (WindowBits - 1);
    public const int LastWindowPoints = 8;
    private const int PointWords = 8;
    private const int Points = ((Windows - 1) * WindowPoints) + LastWindowPoints;

    private static readonly ulong* Words = Build();

    /// <summary>2^254 · G, normal.</summary>
    public static readonly AffinePoint Start = GeneratorMultiples.PowerOfTwo(GeneratorMultiply.StartPower);

    /// <summary>
    /// Reads point <paramref name="index"/> of a window: every point of the window is loaded, and a mask keeps one, so that
    /// neither the addresses nor the time depend on the index.
    /// </summary>
    /// <param name="point">Magnitude 1.</param>
    /// <param name="window">Public.</param>
    /// <param name="index">Secret; below the number of points of the window.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(out AffinePoint point, int window, ulong index)
    {
        var count = window == Windows - 1 ? LastWindowPoints : WindowPoints;
        var entry = Words + ((nint)window * WindowPoints * PointWords);
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

    private static ulong* Build()
    {
        var points = new JacobianPoint[Points];
        GeneratorMultiples.Fill(points, Windows - 1, WindowBits, out var lastWindow);
        var last = points.AsSpan((Windows - 1) * WindowPoints);
        GeneratorMultiples.FillWindow(last, in lastWindow);
        JacobianPoint.FromAffine(out var minusStart, GeneratorMultiples.PowerOfTwo(GeneratorMultiply.StartPower));
        FieldElement.Negate(out minusStart.Y, in minusStart.Y, 1);
        foreach (ref var point in last)
        {
            JacobianPoint.AddVarTime(ref point, in minusStart);
        }

        var affine = new AffinePoint[Points];
        GeneratorMultiples.ToAffine(points, affine);
        var words = (ulong*)NativeMemory.AlignedAlloc((nuint)(Points * PointWords * sizeof(ulong)), 64);
        for (var i = 0; i < Points; i++)
        {
            var entry = words + (i * PointWords);
            affine[i].X.ToWords(out entry[0], out entry[1], out entry[2], out entry[3]);
            affine[i].Y.ToWords(out entry[4], out entry[5], out entry[6], out entry[7]);
        }

        return words;
    }
}
