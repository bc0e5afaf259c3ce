using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Lanes;

/// <summary>
/// The multiples of G that <see cref="LaneGeneratorMultiply{T, TTable}"/> adds up: point j of window i is
/// (2j + 1) · 2^(5i) · G; 52 windows of 16 points, 64 bytes a point, 53,248 bytes in all, built once a process.
/// </summary>
/// <remarks>
/// A coordinate v is kept as v + Bias mod p in four words, Bias = Σ 2^51 · 2^(52 i) + 2^47 · 2^208 (i = 0 to 3): cutting the
/// words into digits and taking half a digit off each gives centred digits without a carry.
/// </remarks>
internal static unsafe class LaneGeneratorTable
{
    public const int WindowBits = 5;
    public const int Windows = 52;
    public const int WindowPoints = 1 << (WindowBits - 1);
    public const int PointWords = 8;
    public const int WindowWords = WindowPoints * PointWords;

    /// <summary>The points, aligned to a cache line.</summary>
    public static readonly ulong* Words = Build();

    /// <summary>Writes a coordinate with the bias added.</summary>
    /// <param name="element">Normal.</param>
    /// <param name="words">Receives four words.</param>
    public static void WriteBiased(in FieldElement element, ulong* words)
    {
        var bias = new FieldElement { N0 = 1UL << 51, N1 = 1UL << 51, N2 = 1UL << 51, N3 = 1UL << 51, N4 = 1UL << 47 };
        FieldElement.Add(out var sum, in element, in bias);
        FieldElement.Normalize(ref sum);
        sum.ToWords(out words[0], out words[1], out words[2], out words[3]);
    }

    private static ulong* Build()
    {
        var points = new JacobianPoint[Windows * WindowPoints];
        GeneratorMultiples.Fill(points, Windows, WindowBits, out _);
        var affine = new AffinePoint[points.Length];
        GeneratorMultiples.ToAffine(points, affine);
        var words = (ulong*)NativeMemory.AlignedAlloc((nuint)(affine.Length * PointWords * sizeof(ulong)), 64);
        for (var i = 0; i < affine.Length; i++)
        {
            WriteBiased(in affine[i].X, words + (i * PointWords));
            WriteBiased(in affine[i].Y, words + (i * PointWords) + 4);
        }

        return words;
    }
}
