using System.Runtime.CompilerServices;

namespace Dmex.Fast.Signing.Curve;

/// <content>Inverse and square root.</content>
internal partial struct FieldElement
{
    /// <summary>p^-1 mod 2^62.</summary>
    private const ulong PrimeInverse62 = 0x27C7F6E22DDACACF;

    private static readonly Signed62 PrimeSigned62 = MakePrime();

    /// <summary>result = a^-1, and 0 for 0; a must be normal, and so is the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(out FieldElement result, in FieldElement a)
    {
        a.ToWords(out var word0, out var word1, out var word2, out var word3);
        Signed62.FromWords(out var value, word0, word1, word2, word3);
        SafeGcd.Invert(ref value, in PrimeSigned62, PrimeInverse62);
        value.ToWords(out word0, out word1, out word2, out word3);
        FromWords(out result, word0, word1, word2, word3);
        ConstantTime.Wipe(ref value);
    }

    /// <summary>root = a^((p + 1) / 4), normal; returns whether its square is a. a has magnitude at most 7.</summary>
    /// <remarks>
    /// p ≡ 3 (mod 4), so this is a root when there is one. (p + 1) / 4 in binary is 223 ones, a zero, 22 ones, four zeros,
    /// two ones, two zeros; ones(i) below is a^(2^i - 1), and ones(i + j) = ones(i)^(2^j) · ones(j).
    /// </remarks>
    public static bool TrySquareRoot(out FieldElement root, in FieldElement a)
    {
        var ones1 = a;
        NormalizeWeak(ref ones1);
        JoinOnes(out var ones2, in ones1, 1, in ones1);
        JoinOnes(out var ones3, in ones2, 1, in ones1);
        JoinOnes(out var ones6, in ones3, 3, in ones3);
        JoinOnes(out var ones9, in ones6, 3, in ones3);
        JoinOnes(out var ones11, in ones9, 2, in ones2);
        JoinOnes(out var ones22, in ones11, 11, in ones11);
        JoinOnes(out var ones44, in ones22, 22, in ones22);
        JoinOnes(out var ones88, in ones44, 44, in ones44);
        JoinOnes(out var ones176, in ones88, 88, in ones88);
        JoinOnes(out var ones220, in ones176, 44, in ones44);
        JoinOnes(out var ones223, in ones220, 3, in ones3);
        JoinOnes(out var power, in ones223, 23, in ones22);
        JoinOnes(out power, in power, 6, in ones2);
        Square(out power, in power);
        Square(out root, in power);
        Normalize(ref root);
        Square(out var square, in root);
        return AreEqual(in square, in ones1);
    }

    /// <summary>result = left^(2^squarings) · right.</summary>
    private static void JoinOnes(out FieldElement result, in FieldElement left, int squarings, in FieldElement right)
    {
        var tail = right;
        var power = left;
        for (var i = 0; i < squarings; i++)
        {
            Square(out power, in power);
        }

        Multiply(out result, in power, in tail);
    }

    private static Signed62 MakePrime()
    {
        Signed62.FromWords(out var prime, ulong.MaxValue - Fold + 1, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
        return prime;
    }
}
