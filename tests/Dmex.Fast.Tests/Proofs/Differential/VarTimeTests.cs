using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>The variable-time arithmetic of verification against BigInteger.</summary>
public sealed unsafe class VarTimeTests(ITestOutputHelper output)
{
    private static readonly int[] Sizes = [VarTimeTable.LargeBits, VarTimeTable.SmallBits];

    [Fact]
    public void Inverses_agree_and_0_stays_0()
    {
        var random = Seed.Create(output);
        var values = Numbers.Edges.Concat(Enumerable.Range(0, 300).Select(i => (BigInteger)i))
            .Concat(Enumerable.Range(0, 256).Select(bit => BigInteger.One << bit))
            .Concat(Enumerable.Range(0, 5_000).Select(_ => Numbers.Bits256(random)));
        foreach (var value in values.Select(value => value % ReferenceCurve.N))
        {
            Scalar.InvertVarTime(out var inverse, Limbs.Scalar(value));
            Assert.Equal(ReferenceCurve.Inverse(value, ReferenceCurve.N), Limbs.Value(in inverse));
        }
    }

    [Fact]
    public void Zero_is_told_in_every_form_of_every_magnitude()
    {
        var random = Seed.Create(output);
        for (ulong magnitude = 1; magnitude <= 15; magnitude++)
        {
            for (var i = 0; i < 500; i++)
            {
                var a = Limbs.OfMagnitude(random, magnitude);
                Assert.Equal(Limbs.Value(in a).IsZero, FieldElement.IsZeroVarTime(in a));
                FieldElement.Subtract(out var zero, in a, in a, magnitude);
                Assert.True(magnitude > 7 || FieldElement.IsZeroVarTime(in zero));
                FieldElement.Negate(out var multiple, default, magnitude - 1);
                Assert.True(FieldElement.IsZeroVarTime(in multiple));
                multiple.N0 += 1;
                Assert.False(FieldElement.IsZeroVarTime(in multiple));
            }
        }
    }

    [Fact]
    public void Every_window_of_the_tables_holds_the_right_points()
    {
        var random = Seed.Create(output);
        var q = ReferenceCurve.Multiply(ReferenceCurve.G, Numbers.Key(random));
        var affine = new AffinePoint { X = Limbs.Field(q.X), Y = Limbs.Field(q.Y) };
        foreach (var (biased, bits) in Sizes.SelectMany(bits => new[] { (false, bits), (true, bits) }))
        {
            Check(VarTimeTable.Generator(biased, bits), ReferenceCurve.G, biased, random);
            Check(VarTimeTable.OfKey(in affine, biased, bits), q, biased, random);
        }
    }

    [Fact]
    public void Sums_of_two_multiples_agree_with_AVX2()
    {
        Assert.SkipUnless(FieldElementX4.IsSupported, "This processor, as configured, has no AVX2.");
        Sums<FieldElementX4, LaneTableReaderX4, VarTimeReaderX4>();
    }

    [Fact]
    public void Sums_of_two_multiples_agree_with_AVX_512()
    {
        Assert.SkipUnless(FieldElementX8.IsSupported, "This processor, as configured, has no AVX-512.");
        Sums<FieldElementX8, LaneTableReaderX8, VarTimeReaderX8>();
    }

    private void Sums<T, TReader, TVarTimeReader>()
        where T : unmanaged, ILaneField<T>
        where TReader : ILaneTableReader<T>
        where TVarTimeReader : IVarTimeReader<T>
    {
        var random = Seed.Create(output);
        var rows = stackalloc ulong*[VarTimeRows.MaxCount];
        var signs = stackalloc ulong[VarTimeRows.MaxCount];
        var scratch = (LaneScratch<T>*)NativeMemory.AlignedAlloc((nuint)sizeof(LaneScratch<T>), 64);
        try
        {
            for (var i = 0; i < 40; i++)
            {
                // A key of 1, so that the tables hold the same points; opposite multiples, whose sum is infinity; zeros.
                var d = i < 10 ? BigInteger.One : Numbers.Key(random);
                var q = ReferenceCurve.Multiply(ReferenceCurve.G, d);
                var bits = Sizes[i / 5 % 2];
                var table = VarTimeTable.OfKey(new AffinePoint { X = Limbs.Field(q.X), Y = Limbs.Field(q.Y) }, biased: true, bits);
                BigInteger u1 = i % 5 == 0 ? 0 : Numbers.Key(random), u2 = i % 5 == 1 ? 0 : Numbers.Key(random);
                u1 = i % 5 == 2 ? ReferenceCurve.Mod(-u2 * d, ReferenceCurve.N) : u1;
                VarTimeRows.Recode(rows, signs, 1, VarTimeTable.Generator(biased: true, bits), Limbs.Scalar(u1));
                VarTimeRows.Recode(rows + table.Windows, signs + table.Windows, 1, table, Limbs.Scalar(u2));
                VarTimeSum<T, TVarTimeReader>.AddUp(scratch, rows, signs, 2 * table.Windows);
                LaneMultiply<T, TReader>.Fold(scratch);
                GC.KeepAlive(table);
                scratch->Point.X.FirstLane(out var x);
                scratch->Point.Y.FirstLane(out var y);
                scratch->Point.Z.FirstLane(out var z);
                var inverse = ReferenceCurve.Inverse(Limbs.Value(in z), ReferenceCurve.P);
                var expected = ReferenceCurve.Mod(u1 + (u2 * d), ReferenceCurve.N);
                Assert.Equal(expected.IsZero, inverse.IsZero);
                if (!expected.IsZero)
                {
                    var point = ReferenceCurve.Multiply(ReferenceCurve.G, expected);
                    Assert.Equal(point.X, Limbs.Value(in x) * inverse % ReferenceCurve.P);
                    Assert.Equal(point.Y, Limbs.Value(in y) * inverse % ReferenceCurve.P);
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(scratch);
        }
    }

    private static void Check(VarTimeTable table, ReferencePoint b, bool biased, Random random)
    {
        const int Digits = 52;
        var bias = biased
            ? Enumerable.Range(0, 4)
            .Aggregate(BigInteger.One << (47 + (4 * Digits)), (sum, i) => sum + (BigInteger.One << (51 + (i * Digits)))) : 0;
        var count = table.WindowPoints;
        for (var window = 0; window < table.Windows; window++)
        {
            foreach (var j in (int[])[0, 1, random.Next(count), count - 1])
            {
                var words = new ReadOnlySpan<ulong>(table.Words + ((((long)window * count) + j) * 8), 8);
                var multiple = ((2 * j) + 1) * (BigInteger.One << (table.Bits * window)) % ReferenceCurve.N;
                var expected = ReferenceCurve.Multiply(b, multiple);
                Assert.Equal(expected.X, ReferenceCurve.Mod(Value(words[..4]) - bias, ReferenceCurve.P));
                Assert.Equal(expected.Y, ReferenceCurve.Mod(Value(words[4..]) - bias, ReferenceCurve.P));
            }
        }
    }

    private static BigInteger Value(ReadOnlySpan<ulong> words)
    {
        var value = BigInteger.Zero;
        for (var i = words.Length - 1; i >= 0; i--)
        {
            value = (value << 64) | words[i];
        }

        return value;
    }
}
