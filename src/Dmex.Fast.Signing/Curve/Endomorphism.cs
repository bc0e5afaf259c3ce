namespace Dmex.Fast.Signing.Curve;

/// <summary>
/// The endomorphism of secp256k1: λ · (x, y) = (β x, y) with λ³ = 1 mod n and β³ = 1 mod p, which halves the length of a
/// scalar (Gallant, Lambert, Vanstone, 2001; the constants and the bound of 128 bits are those of libsecp256k1's
/// scalar_impl.h). Variable time: public values only.
/// </summary>
internal static class Endomorphism
{
    private static readonly Scalar Lambda = Words(0xDF02967C1B23BD72, 0x122E22EA20816678, 0xA5261C028812645A, 0x5363AD4CC05C30E0);
    private static readonly Scalar G1 = Words(0xE893209A45DBB031, 0x3DAA8A1471E8CA7F, 0xE86C90E49284EB15, 0x3086D221A7D46BCD);
    private static readonly Scalar G2 = Words(0x1571B4AE8AC47F71, 0x221208AC9DF506C6, 0x6F547FA90ABFE4C4, 0xE4437ED6010E8828);
    private static readonly Scalar MinusB1 = Words(0x6F547FA90ABFE4C3, 0xE4437ED6010E8828, 0, 0);
    private static readonly Scalar MinusB2 = Words(0xD765CDA83DB1562C, 0x8A280AC50774346D, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF);
    private static readonly FieldElement Beta = MakeBeta();

    /// <summary>k = k1 + k2 · λ mod n, both below 2^128 in size; each comes as its size and whether it is negative.</summary>
    public static void SplitVarTime(out Scalar k1, out bool negative1, out Scalar k2, out bool negative2, in Scalar k)
    {
        Scalar.MultiplyShift384(out var c1, in k, in G1);
        Scalar.MultiplyShift384(out var c2, in k, in G2);
        Scalar.Multiply(out c1, in c1, in MinusB1);
        Scalar.Multiply(out c2, in c2, in MinusB2);
        Scalar.Add(out k2, in c1, in c2);
        Scalar.Multiply(out k1, in k2, in Lambda);
        Scalar.ConditionalNegate(ref k1, ulong.MaxValue);
        Scalar.Add(out k1, in k1, in k);
        negative1 = ToSize(ref k1);
        negative2 = ToSize(ref k2);
    }

    /// <summary>λ · point, for a point of magnitude at most 15; magnitude 1 in x.</summary>
    public static void Apply(out AffinePoint result, in AffinePoint point)
    {
        FieldElement.Multiply(out result.X, in point.X, in Beta);
        result.Y = point.Y;
    }

    private static bool ToSize(ref Scalar value)
    {
        var high = value.IsHighMask();
        Scalar.ConditionalNegate(ref value, high);
        return high != 0;
    }

    private static Scalar Words(ulong word0, ulong word1, ulong word2, ulong word3) =>
        new() { W0 = word0, W1 = word1, W2 = word2, W3 = word3 };

    private static FieldElement MakeBeta()
    {
        FieldElement.FromWords(out var beta, 0xC1396C28719501EE, 0x9CF0497512F58995, 0x6E64479EAC3434E9, 0x7AE96A2B657C0710);
        return beta;
    }
}
