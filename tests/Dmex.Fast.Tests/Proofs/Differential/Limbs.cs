using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Reference;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>Between the library's representations and BigInteger, digit by digit: none of the library's conversions is used.</summary>
internal static class Limbs
{
    private const int FieldLimbBits = 52;

    /// <summary>The integer that the limbs stand for, not reduced.</summary>
    public static BigInteger Raw(in FieldElement a) =>
        a.N0 + ((BigInteger)a.N1 << FieldLimbBits) + ((BigInteger)a.N2 << (2 * FieldLimbBits))
        + ((BigInteger)a.N3 << (3 * FieldLimbBits)) + ((BigInteger)a.N4 << (4 * FieldLimbBits));

    public static BigInteger Value(in FieldElement a) => Raw(in a) % ReferenceCurve.P;

    public static BigInteger Value(in Scalar a) =>
        a.W0 + ((BigInteger)a.W1 << 64) + ((BigInteger)a.W2 << 128) + ((BigInteger)a.W3 << 192);

    /// <summary>Normal limbs of a value below 2^256 (not reduced).</summary>
    public static FieldElement Field(BigInteger value) => new()
    {
        N0 = Digit(value, 0, FieldLimbBits),
        N1 = Digit(value, 1, FieldLimbBits),
        N2 = Digit(value, 2, FieldLimbBits),
        N3 = Digit(value, 3, FieldLimbBits),
        N4 = Digit(value, 4, FieldLimbBits),
    };

    /// <summary>A value below n.</summary>
    public static Scalar Scalar(BigInteger value) => new()
    {
        W0 = Digit(value, 0, 64),
        W1 = Digit(value, 1, 64),
        W2 = Digit(value, 2, 64),
        W3 = Digit(value, 3, 64),
    };

    /// <summary>Random limbs up to the bound of a magnitude, often at the bound itself.</summary>
    public static FieldElement OfMagnitude(Random random, ulong magnitude) => new()
    {
        N0 = Limb(random, magnitude * LowBound),
        N1 = Limb(random, magnitude * LowBound),
        N2 = Limb(random, magnitude * LowBound),
        N3 = Limb(random, magnitude * LowBound),
        N4 = Limb(random, magnitude * TopBound),
    };

    /// <summary>Every limb at the bound of a magnitude.</summary>
    public static FieldElement Largest(ulong magnitude) => new()
    {
        N0 = magnitude * LowBound,
        N1 = magnitude * LowBound,
        N2 = magnitude * LowBound,
        N3 = magnitude * LowBound,
        N4 = magnitude * TopBound,
    };

    public static bool IsOfMagnitude(in FieldElement a, ulong magnitude) =>
        a.N0 <= magnitude * LowBound && a.N1 <= magnitude * LowBound && a.N2 <= magnitude * LowBound && a.N3 <= magnitude * LowBound
        && a.N4 <= magnitude * TopBound;

    public static bool IsNormal(in FieldElement a) =>
        (a.N0 | a.N1 | a.N2 | a.N3) >> FieldLimbBits == 0 && a.N4 >> 48 == 0 && Raw(in a) < ReferenceCurve.P;

    private const ulong LowBound = (1UL << 52) + (1UL << 16);
    private const ulong TopBound = (1UL << 48) + (1UL << 16);

    private static ulong Digit(BigInteger value, int index, int bits) =>
        (ulong)((value >> (index * bits)) & ((BigInteger.One << bits) - 1));

    private static ulong Limb(Random random, ulong bound) => random.Next(4) switch
    {
        0 => bound,
        1 => 0,
        _ => (ulong)random.NextInt64((long)bound + 1),
    };
}
