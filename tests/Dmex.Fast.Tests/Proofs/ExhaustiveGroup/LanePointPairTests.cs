using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Ecdsa;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Differential;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>
/// The lanes' point formulas with the real fields: all pairs among 0, ±G, …, ±8G in other representations, one pair a lane,
/// so that equal, opposite and infinite points stand side by side.
/// </summary>
/// <remarks>The curves with small subgroups do not serve here: the formulas contain 3b = 21.</remarks>
public sealed unsafe class LanePointPairTests(ITestOutputHelper output)
{
    private const int Largest = 8;
    private static readonly BigInteger P = ReferenceCurve.P;

    private static readonly ReferencePoint[] Points =
        [.. Enumerable.Range(-Largest, (2 * Largest) + 1)
            .Select(k => ReferenceCurve.Multiply(ReferenceCurve.G, k < 0 ? ReferenceCurve.N + k : k))];

    [Fact]
    public void All_pairs_in_four_lanes()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx2), "This processor, as configured, has no AVX2.");
        Pairs<FieldElementX4>();
    }

    [Fact]
    public void All_pairs_in_eight_lanes()
    {
        Assert.SkipUnless(SigningKernels.IsSupported(SigningKernel.Avx512), "This processor, as configured, has no AVX-512.");
        Pairs<FieldElementX8>();
    }

    private void Pairs<T>()
        where T : unmanaged, ILaneField<T>
    {
        var random = Seed.Create(output);
        var s = (LaneScratch<T>*)NativeMemory.AlignedAlloc((nuint)sizeof(LaneScratch<T>), 64);
        new Span<byte>(s, sizeof(LaneScratch<T>)).Clear();
        var pairs = Points.SelectMany(p => Points.Select(q => (P: p, Q: q))).ToArray();
        foreach (var chunk in pairs.Where(pair => !pair.Q.IsInfinity).Chunk(T.Lanes))
        {
            Set(s, chunk, random, affine: false);
            LanePoint<T>.AddAffine(s);
            AssertSums(s, chunk);
        }

        foreach (var chunk in pairs.Where(pair => !pair.P.IsInfinity && !pair.Q.IsInfinity).Chunk(T.Lanes))
        {
            Set(s, chunk, random, affine: true);
            LanePoint<T>.AddAffineToAffine(s);
            AssertSums(s, chunk);
        }

        for (var distance = T.Lanes / 2; distance > 0; distance /= 2)
        {
            foreach (var chunk in pairs.Chunk(distance))
            {
                SetGroups(s, chunk, random, distance);
                LanePoint<T>.Fold(s, distance);
                AssertSums(s, chunk);
                if (T.HasQuarters && distance <= T.Lanes / 4)
                {
                    SetGroups(s, chunk, random, distance);
                    LanePoint<T>.FoldQuarter(s, distance);
                    AssertSums(s, chunk);
                }
            }
        }

        NativeMemory.AlignedFree(s);
    }

    /// <summary>The first of each pair in a lower lane, the second as many lanes up.</summary>
    private static void SetGroups<T>(LaneScratch<T>* s, (ReferencePoint P, ReferencePoint Q)[] pairs, Random random, int distance)
        where T : unmanaged, ILaneField<T>
    {
        for (var i = 0; i < distance; i++)
        {
            var (p, q) = pairs[Math.Min(i, pairs.Length - 1)];
            SetPoint(s, i, p, Z(random));
            SetPoint(s, i + distance, q, Z(random));
        }

        CarryPoint(s);
    }

    private static void Set<T>(LaneScratch<T>* s, (ReferencePoint P, ReferencePoint Q)[] pairs, Random random, bool affine)
        where T : unmanaged, ILaneField<T>
    {
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            var (p, q) = pairs[Math.Min(lane, pairs.Length - 1)];
            SetPoint(s, lane, p, affine ? 1 : Z(random));
            T.SetLane(&s->X, lane, Limbs.Field(q.X));
            T.SetLane(&s->Y, lane, Limbs.Field(q.Y));
        }

        CarryPoint(s);
        T.Carry(&s->X);
        T.Carry(&s->Y);
    }

    /// <summary>Random, or 1 or p - 1.</summary>
    private static BigInteger Z(Random random) =>
        random.Next(4) switch { 0 => 1, 1 => P - 1, _ => 1 + (Numbers.Bits256(random) % (P - 1)) };

    private static void SetPoint<T>(LaneScratch<T>* s, int lane, ReferencePoint p, BigInteger z)
        where T : unmanaged, ILaneField<T>
    {
        T.SetLane(&s->Point.X, lane, Limbs.Field(p.IsInfinity ? 0 : p.X * z % P));
        T.SetLane(&s->Point.Y, lane, Limbs.Field(p.IsInfinity ? z : p.Y * z % P));
        T.SetLane(&s->Point.Z, lane, Limbs.Field(p.IsInfinity ? 0 : z));
    }

    private static void CarryPoint<T>(LaneScratch<T>* s)
        where T : unmanaged, ILaneField<T>
    {
        T.Carry(&s->Point.X);
        T.Carry(&s->Point.Y);
        T.Carry(&s->Point.Z);
    }

    private static void AssertSums<T>(LaneScratch<T>* s, (ReferencePoint P, ReferencePoint Q)[] pairs)
        where T : unmanaged, ILaneField<T>
    {
        for (var lane = 0; lane < pairs.Length; lane++)
        {
            var expected = ReferenceCurve.Add(pairs[lane].P, pairs[lane].Q);
            T.GetLane(&s->Point.X, lane, out var x);
            T.GetLane(&s->Point.Y, lane, out var y);
            T.GetLane(&s->Point.Z, lane, out var z);
            Assert.Equal(expected.IsInfinity, z.IsZeroMask() != 0);
            if (expected.IsInfinity)
            {
                Assert.True(x.IsZeroMask() != 0 && y.IsZeroMask() == 0);
                continue;
            }

            Assert.Equal(expected.X * Limbs.Value(in z) % P, Limbs.Value(in x));
            Assert.Equal(expected.Y * Limbs.Value(in z) % P, Limbs.Value(in y));
        }
    }
}
