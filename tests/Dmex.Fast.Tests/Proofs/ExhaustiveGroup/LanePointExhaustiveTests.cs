using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>
/// The lanes' point formulas on every pair of points of y² = x³ + 7 over small fields, where the number of points is odd,
/// as it is for secp256k1: that is all that the completeness of the formulas asks. The code is the signer's own, compiled
/// for a small field.
/// </summary>
public sealed unsafe class LanePointExhaustiveTests(ITestOutputHelper output)
{
    private const int ScalarCases = 150;

    [Fact]
    public void All_pairs_in_four_lanes()
    {
        Pairs<Prime13X4>(7);
        Pairs<Prime37X4>(39);
        Pairs<Prime43X4>(31);
    }

    [Fact]
    public void All_pairs_in_eight_lanes()
    {
        Pairs<Prime13X8>(7);
        Pairs<Prime31X8>(21);
        Pairs<Prime79X8>(67);
    }

    [Fact]
    public void Multiples_where_partial_sums_meet_are_right_in_four_lanes() => Multiples<Prime43X4>();

    [Fact]
    public void Multiples_where_partial_sums_meet_are_right_in_eight_lanes() => Multiples<Prime79X8>();

    private void Pairs<TField>(int count)
        where TField : struct, ISmallField
    {
        var random = Seed.Create(output);
        var curve = new SmallCurve(TField.Prime);
        Assert.Equal(count, curve.Points.Count);
        using var scratch = new Scratch<TField>();
        var s = scratch.Lanes;
        var pairs = curve.Points.SelectMany(p => curve.Points.Select(q => (P: p, Q: q))).ToArray();

        // One pair a lane; the last lanes repeat the last pair.
        foreach (var chunk in pairs.Where(pair => !pair.Q.IsInfinity).Chunk(TField.Lanes))
        {
            Set(s, chunk, random, affine: false);
            LanePoint<SmallFieldLanes<TField>>.AddAffine(s);
            AssertSums(curve, s, chunk);
        }

        foreach (var chunk in pairs.Where(pair => !pair.P.IsInfinity && !pair.Q.IsInfinity).Chunk(TField.Lanes))
        {
            Set(s, chunk, random, affine: true);
            LanePoint<SmallFieldLanes<TField>>.AddAffineToAffine(s);
            AssertSums(curve, s, chunk);
        }

        for (var distance = TField.Lanes / 2; distance > 0; distance /= 2)
        {
            foreach (var chunk in pairs.Chunk(distance))
            {
                SetGroups(s, chunk, random, distance);
                LanePoint<SmallFieldLanes<TField>>.Fold(s, distance);
                AssertSums(curve, s, chunk);
                if (SmallFieldLanes<TField>.HasQuarters && distance <= TField.Lanes / 4)
                {
                    SetGroups(s, chunk, random, distance);
                    LanePoint<SmallFieldLanes<TField>>.FoldQuarter(s, distance);
                    AssertSums(curve, s, chunk);
                }
            }
        }
    }

    /// <summary>The first of each pair in a lower lane, the second as many lanes up.</summary>
    private static void SetGroups<TField>(
        LaneScratch<SmallFieldLanes<TField>>* s, (SmallPoint P, SmallPoint Q)[] pairs, Random random, int distance)
        where TField : struct, ISmallField
    {
        for (var i = 0; i < distance; i++)
        {
            var (p, q) = pairs[Math.Min(i, pairs.Length - 1)];
            SetPoint(s, i, p, 1 + random.Next(TField.Prime - 1));
            SetPoint(s, i + distance, q, 1 + random.Next(TField.Prime - 1));
        }
    }

    /// <summary>
    /// Whole multiplications in a group so small that equal, opposite and infinite partial sums occur all the time. k stands
    /// for k if odd, else for k - n: what its digits add up to.
    /// </summary>
    private void Multiples<TField>()
        where TField : struct, ISmallField
    {
        var random = Seed.Create(output);
        var curve = new SmallCurve(TField.Prime);
        var order = curve.Points.Count;
        var generator = curve.Points[1];
        var multiples = Enumerable.Range(0, order).Select(k => curve.Multiply(generator, k)).ToArray();
        Assert.Equal(order, multiples.Distinct().Count());
        using var scratch = new Scratch<TField>();
        var s = scratch.Lanes;
        fixed (SmallPoint* table = multiples)
        {
            for (var i = 0; i < ScalarCases; i++)
            {
                var k1 = i < 2 * order ? i : Numbers.Key(random);
                SignedDigits.Recode(&s->Digits, Limbs.Scalar(k1));
                LaneMultiply<SmallFieldLanes<TField>, Reader<TField>>.Multiply(s, (ulong*)table, &s->Digits);
                AssertPoint(multiples[Index(Digits(k1), order)], s, 0);
            }
        }
    }

    private static BigInteger Digits(BigInteger k) => k.IsEven ? k - ReferenceCurve.N : k;

    private static int Index(BigInteger k, int order) => (int)ReferenceCurve.Mod(k, order);

    private static void Set<TField>(
        LaneScratch<SmallFieldLanes<TField>>* s, (SmallPoint P, SmallPoint Q)[] pairs, Random random, bool affine)
        where TField : struct, ISmallField
    {
        for (var lane = 0; lane < TField.Lanes; lane++)
        {
            var (p, q) = pairs[Math.Min(lane, pairs.Length - 1)];
            SetPoint(s, lane, p, affine ? 1 : 1 + random.Next(TField.Prime - 1));
            (s->X[lane], s->Y[lane]) = (q.X, q.Y);
        }
    }

    private static void SetPoint<TField>(LaneScratch<SmallFieldLanes<TField>>* s, int lane, SmallPoint p, int z)
        where TField : struct, ISmallField
    {
        s->Point.X[lane] = p.IsInfinity ? 0 : p.X * z;
        s->Point.Y[lane] = p.IsInfinity ? z : p.Y * z;
        s->Point.Z[lane] = p.IsInfinity ? 0 : z;
    }

    private static void AssertSums<TField>(SmallCurve curve, LaneScratch<SmallFieldLanes<TField>>* s, (SmallPoint P, SmallPoint Q)[] pairs)
        where TField : struct, ISmallField
    {
        for (var lane = 0; lane < pairs.Length; lane++)
        {
            AssertPoint(curve.Add(pairs[lane].P, pairs[lane].Q), s, lane);
        }
    }

    private static void AssertPoint<TField>(SmallPoint expected, LaneScratch<SmallFieldLanes<TField>>* s, int lane)
        where TField : struct, ISmallField
    {
        var (x, y, z) = (s->Point.X[lane], s->Point.Y[lane], s->Point.Z[lane]);
        Assert.Equal(expected.IsInfinity, z == 0);
        if (expected.IsInfinity)
        {
            Assert.True(x == 0 && y != 0);
            return;
        }

        Assert.Equal(SmallFieldLanes<TField>.Mod((long)expected.X * z), x);
        Assert.Equal(SmallFieldLanes<TField>.Mod((long)expected.Y * z), y);
    }

    private readonly struct Prime13X4 : ISmallField
    {
        public static int Prime => 13;

        public static int Lanes => 4;
    }

    private readonly struct Prime13X8 : ISmallField
    {
        public static int Prime => 13;

        public static int Lanes => 8;
    }

    private readonly struct Prime31X8 : ISmallField
    {
        public static int Prime => 31;

        public static int Lanes => 8;
    }

    private readonly struct Prime37X4 : ISmallField
    {
        public static int Prime => 37;

        public static int Lanes => 4;
    }

    private readonly struct Prime43X4 : ISmallField
    {
        public static int Prime => 43;

        public static int Lanes => 4;
    }

    private readonly struct Prime79X8 : ISmallField
    {
        public static int Prime => 79;

        public static int Lanes => 8;
    }

    /// <summary>The windows' points, taken from all multiples of the generator; no digit is a multiple of the prime order.</summary>
    private readonly struct Reader<TField> : ILaneTableReader<SmallFieldLanes<TField>>
        where TField : struct, ISmallField
    {
        private static readonly int Order = new SmallCurve(TField.Prime).Points.Count;

        public static void Read(SmallFieldLanes<TField>* x, SmallFieldLanes<TField>* y, ulong* table, SignedDigits* digits, int first)
        {
            for (var lane = 0; lane < TField.Lanes; lane++)
            {
                var window = first + lane;
                var digit = (2 * (int)((digits->Bits[window / 16] >> (4 * (window % 16))) & 15)) - 15;
                var signed = digits->FlipMask == 0 ? digit : -digit;
                var point = ((SmallPoint*)table)[Index(signed * BigInteger.ModPow(16, window, Order), Order)];
                Assert.False(point.IsInfinity);
                (*x)[lane] = point.X;
                (*y)[lane] = point.Y;
            }
        }
    }

    private sealed class Scratch<TField> : IDisposable
        where TField : struct, ISmallField
    {
        public LaneScratch<SmallFieldLanes<TField>>* Lanes { get; } =
            (LaneScratch<SmallFieldLanes<TField>>*)NativeMemory.AllocZeroed((nuint)sizeof(LaneScratch<SmallFieldLanes<TField>>));

        public void Dispose() => NativeMemory.Free(Lanes);
    }
}
