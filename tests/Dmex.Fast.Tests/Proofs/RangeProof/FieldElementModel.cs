using System.Numerics;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary><see cref="FieldElement"/> on intervals: the same operations in the same order, limb by limb.</summary>
internal sealed class FieldElementModel
{
    private const int Limbs = 5;
    private const ulong Fold = 0x1000003D1;
    private const ulong Fold260Shifted = (Fold << 4) << 12;
    private const ulong Fold256Shifted = Fold << 12;
    private static readonly BigInteger LowBound = Interval.Power(52) + Interval.Power(16);
    private static readonly BigInteger TopBound = Interval.Power(48) + Interval.Power(16);
    private static readonly BigInteger[] PrimeLimbs =
        [Interval.Power(52) - Fold, Interval.Power(52) - 1, Interval.Power(52) - 1, Interval.Power(52) - 1, Interval.Power(48) - 1];

    private readonly Word[] _n;

    public FieldElementModel(params Word[] limbs)
    {
        Assert.Equal(Limbs, limbs.Length);
        _n = limbs;
    }

    public Word this[int limb] => _n[limb];

    /// <summary>The integer that the limbs stand for.</summary>
    public Interval Value => _n.Select((limb, i) => limb.Range << (52 * i)).Aggregate((a, b) => a + b);

    /// <summary>Every element of a magnitude.</summary>
    public static FieldElementModel OfMagnitude(int magnitude) => new(
        Word.UpTo(magnitude * LowBound), Word.UpTo(magnitude * LowBound), Word.UpTo(magnitude * LowBound), Word.UpTo(magnitude * LowBound),
        Word.UpTo(magnitude * TopBound));

    public static FieldElementModel Of(in FieldElement a) => new(a.N0, a.N1, a.N2, a.N3, a.N4);

    /// <summary>This, which is claimed to have at most that magnitude.</summary>
    public FieldElementModel Claim(int magnitude, string what)
    {
        for (var i = 0; i < Limbs; i++)
        {
            _ = _n[i].Range.Claim(0, magnitude * (i < 4 ? LowBound : TopBound), $"{what}, limb {i}, magnitude {magnitude}");
        }

        return this;
    }

    public static FieldElementModel operator +(FieldElementModel a, FieldElementModel b) => Map(i => a._n[i] + b._n[i]);

    public FieldElementModel Times(ulong factor) => Map(i => _n[i] * factor);

    public FieldElementModel Negate(int magnitude) => Map(i => Multiple(magnitude + 1, i) - _n[i]);

    public FieldElementModel Subtract(FieldElementModel b, int magnitude) => Map(i => _n[i] + Multiple(magnitude + 1, i) - b._n[i]);

    public static FieldElementModel Multiply(FieldElementModel a, FieldElementModel b)
    {
        var (high, low) = (new Word[9], new Word[9]);
        for (var i = 0; i < Limbs; i++)
        {
            var x = a._n[i] << 8;
            for (var j = 0; j < Limbs; j++)
            {
                AddProduct(high, low, i + j, x, b._n[j]);
            }
        }

        return Reduce(low, high);
    }

    public FieldElementModel Square()
    {
        var (high, low) = (new Word[9], new Word[9]);
        for (var i = 0; i < Limbs; i++)
        {
            var x = _n[i] << 8;
            AddProduct(high, low, 2 * i, x, _n[i]);
            for (var j = i + 1; j < Limbs; j++)
            {
                AddProduct(high, low, i + j, x + x, _n[j]);
            }
        }

        return Reduce(low, high);
    }

    public FieldElementModel NormalizeWeak()
    {
        var n0 = _n[0] + ((_n[4] >> 48) * Fold);
        var n1 = _n[1] + (n0 >> 52);
        var n2 = _n[2] + (n1 >> 52);
        var n3 = _n[3] + (n2 >> 52);
        return new(n0.LowBits(52), n1.LowBits(52), n2.LowBits(52), n3.LowBits(52), _n[4].LowBits(48) + (n3 >> 52));
    }

    public FieldElementModel Normalize()
    {
        var a = NormalizeWeak();

        // What makes the rest right: below 2p, and then what is p or more is told by one bit.
        var value = a.Value.Claim(0, (2 * ReferenceCurve.P) - 1, "value after the weak pass");
        _ = value.Claim(0, Interval.Power(256) + Interval.Power(213), "value after the weak pass, as stated");
        var n0 = a._n[0] + Fold;
        var n1 = a._n[1] + (n0 >> 52);
        var n2 = a._n[2] + (n1 >> 52);
        var n3 = a._n[3] + (n2 >> 52);
        var n4 = a._n[4] + (n3 >> 52);
        var notBelowPrime = (n4 >> 48).Range.Claim(0, 1, "the bit that tells p or more");
        var reduced = new FieldElementModel(n0.LowBits(52), n1.LowBits(52), n2.LowBits(52), n3.LowBits(52), n4.LowBits(48));
        if (notBelowPrime.IsPoint)
        {
            return notBelowPrime.Low.IsOne ? reduced : a;
        }

        // A value below p has its limb 4 below 2^48, limbs 0 to 3 being 0 or more.
        return new(
            a._n[0].Or(reduced._n[0]), a._n[1].Or(reduced._n[1]), a._n[2].Or(reduced._n[2]), a._n[3].Or(reduced._n[3]),
            Word.UpTo(Interval.Power(48) - 1));
    }

    /// <summary>The element that a model run on single values gives.</summary>
    public FieldElement ToElement() => new() { N0 = Limb(0), N1 = Limb(1), N2 = Limb(2), N3 = Limb(3), N4 = Limb(4) };

    private static FieldElementModel Reduce(Word[] l, Word[] h)
    {
        var below63 = Interval.Power(63) - 1;
        var stated = (80 * 225) * (Interval.Power(48) + Interval.Power(14));
        Assert.All(h, (column, k) => (column << 4).Range.Claim(0, stated, $"16 · H[{k}], as stated"));
        h[8] <<= 4;
        l[4] += Word.LowProduct(h[8], Fold260Shifted) >> 12;
        var above256 = Word.High(h[8], Fold260Shifted) << 4;

        l[8] += h[7] << 4;
        l[3] += Word.LowProduct(l[8], Fold260Shifted) >> 12;
        l[4] += Word.High(l[8], Fold260Shifted) + (h[3] << 4);

        l[5] += h[4] << 4;
        l[0] += Word.LowProduct(l[5], Fold260Shifted) >> 12;
        l[1] += Word.High(l[5], Fold260Shifted) + (h[0] << 4);

        above256 += l[4] >> 48;
        _ = l[4].Range.Claim(0, below63, "column 4");
        l[4] = l[4].LowBits(48);

        l[6] += h[5] << 4;
        l[1] += Word.LowProduct(l[6], Fold260Shifted) >> 12;
        l[2] += Word.High(l[6], Fold260Shifted) + (h[1] << 4);

        l[7] += h[6] << 4;
        l[2] += Word.LowProduct(l[7], Fold260Shifted) >> 12;
        l[3] += Word.High(l[7], Fold260Shifted) + (h[2] << 4);

        l[0] += Word.LowProduct(above256, Fold256Shifted) >> 12;
        l[1] += Word.High(above256, Fold256Shifted);

        Assert.All(l, (column, k) => column.Range.Claim(0, below63, $"column {k}"));
        var result = new FieldElementModel(
            l[0].LowBits(52), l[1].LowBits(52) + (l[0] >> 52), l[2].LowBits(52) + (l[1] >> 52), l[3].LowBits(52) + (l[2] >> 52),
            l[4] + (l[3] >> 52));
        for (var i = 0; i < Limbs; i++)
        {
            _ = result._n[i].Range.Claim(0, Interval.Power(i < 4 ? 52 : 48) + Interval.Power(11) - 1, $"limb {i} of a product, as stated");
        }

        return result.Claim(1, "product");
    }

    private static void AddProduct(Word[] high, Word[] low, int column, Word x, Word b)
    {
        high[column] += Word.High(x, b);
        low[column] += Word.LowProduct(x, b) >> 8;
    }

    private static Word Multiple(int factor, int limb) => new(factor * PrimeLimbs[limb]);

    private static FieldElementModel Map(Func<int, Word> limb) => new(limb(0), limb(1), limb(2), limb(3), limb(4));

    private ulong Limb(int i)
    {
        Assert.True(_n[i].Range.IsPoint);
        return (ulong)_n[i].Range.Low;
    }
}
