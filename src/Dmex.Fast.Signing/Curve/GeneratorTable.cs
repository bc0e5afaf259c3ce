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
    public static readonly AffinePoint Start = PowerOfTwo(GeneratorMultiply.StartPower);

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

        JacobianPoint.FromAffine(out var windowBase, AffinePoint.Generator);
        for (var window = 0; window < Windows; window++)
        {
            var count = window == Windows - 1 ? LastWindowPoints : WindowPoints;
            var twice = windowBase;
            JacobianPoint.Double(ref twice);
            var multiple = windowBase;
            for (var j = 0; j < count; j++)
            {
                points[(window * WindowPoints) + j] = multiple;
                JacobianPoint.AddVarTime(ref multiple, in twice);
            }

            for (var bit = 0; bit < WindowBits && window < Windows - 1; bit++)
            {
                JacobianPoint.Double(ref windowBase);
            }
        }

        JacobianPoint.FromAffine(out var minusStart, PowerOfTwo(GeneratorMultiply.StartPower));
        FieldElement.Negate(out minusStart.Y, in minusStart.Y, 1);
        for (var j = 0; j < LastWindowPoints; j++)
        {
            JacobianPoint.AddVarTime(ref points[((Windows - 1) * WindowPoints) + j], in minusStart);
        }

        return Pack(points);
    }

    /// <summary>Converts to affine with one inversion (Montgomery's trick) and lays the points out, aligned to a cache line.</summary>
    private static ulong* Pack(JacobianPoint[] points)
    {
        var products = new FieldElement[points.Length + 1];
        products[0] = FieldElement.One;
        for (var i = 0; i < points.Length; i++)
        {
            FieldElement.Multiply(out products[i + 1], in products[i], in points[i].Z);
        }

        FieldElement.Normalize(ref products[^1]);
        FieldElement.Invert(out var inverse, in products[^1]);
        var words = (ulong*)NativeMemory.AlignedAlloc((nuint)(points.Length * PointWords * sizeof(ulong)), 64);
        for (var i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(out var zInverse, in inverse, in products[i]);
            FieldElement.Multiply(out inverse, in inverse, in points[i].Z);
            FieldElement.Square(out var zz, in zInverse);
            FieldElement.Multiply(out var x, in points[i].X, in zz);
            FieldElement.Multiply(out zz, in zz, in zInverse);
            FieldElement.Multiply(out var y, in points[i].Y, in zz);
            FieldElement.Normalize(ref x);
            FieldElement.Normalize(ref y);
            var entry = words + (i * PointWords);
            x.ToWords(out entry[0], out entry[1], out entry[2], out entry[3]);
            y.ToWords(out entry[4], out entry[5], out entry[6], out entry[7]);
        }

        return words;
    }

    private static AffinePoint PowerOfTwo(int power)
    {
        JacobianPoint.FromAffine(out var point, AffinePoint.Generator);
        for (var i = 0; i < power; i++)
        {
            JacobianPoint.Double(ref point);
        }

        JacobianPoint.ToAffine(out var affine, in point);
        return affine;
    }
}
