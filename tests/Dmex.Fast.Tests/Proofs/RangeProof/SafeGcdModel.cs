using System.Numerics;
using Dmex.Fast.Tests.Proofs.Differential;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary><see cref="SafeGcd"/> on intervals: limbs of 62 bits, accumulators of 128.</summary>
internal sealed class SafeGcdModel(BigInteger modulus)
{
    public const int Limbs = 5;
    public const int Steps = 59;
    public const int Start = 8;
    private const int Rounds = 10;
    private static readonly BigInteger LimbMask = Interval.Power(62) - 1;

    private readonly Interval[] _modulus = Split(modulus);
    private readonly BigInteger _inverse = Invert62(modulus);

    /// <summary>Limbs of every value in a range: 0 to 3 in [0, 2^62), 4 with the sign.</summary>
    public static Interval[] Any(Interval value)
    {
        var limb = Interval.UpTo(LimbMask);
        return value.IsPoint ? Split(value.Low) : [limb, limb, limb, limb, value >> (62 * (Limbs - 1))];
    }

    public static BigInteger Value(Interval[] limbs) => limbs.Select((limb, i) => limb.Low << (62 * i)).Aggregate((a, b) => a + b);

    /// <summary>The inverse of a number by the model, which claims all bounds on the way.</summary>
    public BigInteger Invert(BigInteger value)
    {
        var (f, g, d, e) = (Split(modulus), Split(value), Split(0), Split(1));
        var zeta = -1L;
        for (var round = 0; round < Rounds; round++)
        {
            var t = DivSteps.Run(ref zeta, Value(f), Value(g), Steps, Start);
            (d, e) = UpdateDE(d, e, t);
            (f, g) = UpdateFG(f, g, t);
        }

        Assert.True(g.All(limb => limb.Low.IsZero));
        return Value(Normalize(d, f[4]));
    }

    public static (Interval[] F, Interval[] G) UpdateFG(Interval[] f, Interval[] g, DivSteps.Matrix t)
    {
        var (newF, newG) = (new Interval[Limbs], new Interval[Limbs]);
        Interval accumulatorF = BigInteger.Zero, accumulatorG = BigInteger.Zero;
        for (var i = 0; i < Limbs; i++)
        {
            accumulatorF = Accumulate(accumulatorF, t.First(f[i], g[i]));
            accumulatorG = Accumulate(accumulatorG, t.Second(f[i], g[i]));
            if (i > 0)
            {
                newF[i - 1] = accumulatorF.LowBits(62);
                newG[i - 1] = accumulatorG.LowBits(62);
            }

            accumulatorF >>= 62;
            accumulatorG >>= 62;
        }

        newF[4] = accumulatorF.ClaimSigned(64, "f, limb 4");
        newG[4] = accumulatorG.ClaimSigned(64, "g, limb 4");
        return (newF, newG);
    }

    public (Interval[] D, Interval[] E) UpdateDE(Interval[] d, Interval[] e, DivSteps.Matrix t)
    {
        var (newD, newE) = (new Interval[Limbs], new Interval[Limbs]);
        Interval accumulatorD = t.First(d[0], e[0]), accumulatorE = t.Second(d[0], e[0]);
        Interval dNegative = IfNegative(d[4]), eNegative = IfNegative(e[4]);
        var md = Multiple(t.First(dNegative, eNegative), accumulatorD);
        var me = Multiple(t.Second(dNegative, eNegative), accumulatorE);
        accumulatorD = Accumulate(accumulatorD, md * _modulus[0]) >> 62;
        accumulatorE = Accumulate(accumulatorE, me * _modulus[0]) >> 62;
        for (var i = 1; i < Limbs; i++)
        {
            accumulatorD = Accumulate(Accumulate(accumulatorD, t.First(d[i], e[i])), md * _modulus[i]);
            accumulatorE = Accumulate(Accumulate(accumulatorE, t.Second(d[i], e[i])), me * _modulus[i]);
            newD[i - 1] = accumulatorD.LowBits(62);
            newE[i - 1] = accumulatorE.LowBits(62);
            accumulatorD >>= 62;
            accumulatorE >>= 62;
        }

        newD[4] = accumulatorD.ClaimSigned(64, "d, limb 4");
        newE[4] = accumulatorE.ClaimSigned(64, "e, limb 4");
        return (newD, newE);
    }

    /// <summary>The limbs that come out, none of them out of its 64 bits on the way.</summary>
    public Interval[] Normalize(Interval[] a, Interval sign)
    {
        var limbs = AddIfNegative(a);
        var negated = limbs.Select(limb => Interval.Point(0) - limb).ToArray();
        limbs = sign.High.Sign < 0 ? negated : sign.Low.Sign >= 0 ? limbs : [.. limbs.Zip(negated, (x, y) => x.Or(y))];
        return Carry(AddIfNegative(Carry(limbs)));
    }

    private Interval[] AddIfNegative(Interval[] a)
    {
        var negative = a[4].High.Sign < 0;
        var mayBeNegative = a[4].Low.Sign < 0;
        return [.. a.Zip(_modulus, (limb, m) => (negative ? limb + m : mayBeNegative ? limb.Or(limb + m) : limb).ClaimSigned(64, "limb"))];
    }

    private static Interval[] Carry(Interval[] a)
    {
        var limbs = a.ToArray();
        for (var i = 0; i < Limbs - 1; i++)
        {
            limbs[i + 1] = (limbs[i + 1] + (limbs[i] >> 62)).ClaimSigned(64, "limb with a carry");
            limbs[i] = limbs[i].LowBits(62);
        }

        return limbs;
    }

    /// <summary>md or me: what brings negative values up, less what clears the low 62 bits.</summary>
    private Interval Multiple(Interval added, Interval low)
    {
        var cleared = low.IsPoint && added.IsPoint
            ? Interval.Point(((_inverse * low.Low) + added.Low) & LimbMask)
            : Interval.UpTo(LimbMask);
        return (added - cleared).ClaimSigned(64, "the multiple of the modulus");
    }

    /// <summary>The mask of the sign as a factor: 1, 0 or unknown.</summary>
    private static Interval IfNegative(Interval limb) => new(limb.High.Sign < 0 ? 1 : 0, limb.Low.Sign < 0 ? 1 : 0);

    private static Interval Accumulate(Interval accumulator, Interval added) => (accumulator + added).ClaimSigned(128, "accumulator");

    private static Interval[] Split(BigInteger value) =>
        [.. Enumerable.Range(0, Limbs).Select(i => Interval.Point(i < 4 ? (value >> (62 * i)) & LimbMask : value >> (62 * i)))];

    private static BigInteger Invert62(BigInteger value)
    {
        // Newton's iteration doubles the bits that are right, from 3.
        var inverse = value;
        for (var i = 0; i < 5; i++)
        {
            inverse = (inverse * (2 - (value * inverse))) & LimbMask;
        }

        return inverse;
    }
}
