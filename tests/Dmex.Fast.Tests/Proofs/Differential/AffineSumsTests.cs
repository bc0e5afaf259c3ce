using System.Numerics;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.Differential;

/// <summary>
/// Multiples of G by additions that share inversions, against the complete formulas, which are tried on whole small groups. Among the
/// scalars are those for which the last two partial sums are equal or opposite; the argument in
/// <see cref="BatchMultiply{T, TReader}.MultiplyGroups"/> says that no others meet.
/// </summary>
public sealed unsafe class AffineSumsTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_kind_of_scalar_gives_the_point_of_the_complete_formulas_in_eight_lanes()
    {
        Assert.SkipUnless(FieldElementX8.IsSupported, "This processor has no AVX-512.");
        Multiples<FieldElementX8, BatchTableReaderX8>(BatchTable.GeneratorColumns.Words, bits: 8);
    }

    [Fact]
    public void Every_kind_of_scalar_gives_the_point_of_the_complete_formulas_in_four_lanes()
    {
        Assert.SkipUnless(FieldElementX4.IsSupported, "This processor has no AVX2.");
        Multiples<FieldElementX4, BatchTableReaderX4>(BatchTable.GeneratorRows.Words, bits: 5);
    }

    [Fact]
    public void Points_of_one_x_are_told_in_eight_lanes()
    {
        Assert.SkipUnless(FieldElementX8.IsSupported, "This processor has no AVX-512.");
        SameX<FieldElementX8, BatchTableReaderX8>(BatchTable.GeneratorColumns.Words);
    }

    [Fact]
    public void Points_of_one_x_are_told_in_four_lanes()
    {
        Assert.SkipUnless(FieldElementX4.IsSupported, "This processor has no AVX2.");
        SameX<FieldElementX4, BatchTableReaderX4>(BatchTable.GeneratorRows.Words);
    }

    private void Multiples<T, TReader>(ulong* table, int bits)
        where T : unmanaged, ILaneField<T>
        where TReader : IBatchTableReader<T>
    {
        var random = Seed.Create(output);
        using var memory = new Memory<T>();
        var meeting = MeetingScalars(bits, TReader.Windows).ToArray();
        output.WriteLine($"{meeting.Length} scalars for which the last two sums meet");
        Assert.NotEmpty(meeting);
        for (var round = 0; round < 20; round++)
        {
            var groups = 1 + random.Next(Memory<T>.Groups);
            BigInteger[] edges =
                [.. meeting, 0, 1, 2, 3, ReferenceCurve.N - 1, ReferenceCurve.N - 2, ReferenceCurve.N / 2, (ReferenceCurve.N / 2) + 1];
            var scalars = edges.Concat(Enumerable.Range(0, 128).Select(_ => Numbers.Key(random))).Take(groups * T.Lanes).ToArray();
            for (var i = 0; i < groups * T.Lanes; i++)
            {
                BatchDigits.Recode(memory.Digits + (i / T.Lanes), T.Lanes, i % T.Lanes, Limbs.Scalar(scalars[i]), TReader.TotalBits);
            }

            BatchMultiply<T, TReader>.MultiplyGroups(memory.Sums, memory.Lanes, table, memory.Digits, groups);
            for (var i = 0; i < groups * T.Lanes; i++)
            {
                T.GetLane((T*)&memory.Sums->X + (i / T.Lanes), i % T.Lanes, out var left);
                T.GetLane((T*)&memory.Sums->X + groups + (i / T.Lanes), i % T.Lanes, out var right);
                Assert.Equal(i < meeting.Length || scalars[i].IsZero, FieldElement.AreEqual(in left, in right));
            }

            for (var group = 0; group < groups; group++)
            {
                AffineSums<T>.AddLast(memory.Sums, memory.Lanes, group, groups);
                var shared = memory.Lanes->Point;
                BatchMultiply<T, TReader>.Multiply(memory.Lanes, table, memory.Digits + group);
                AssertSame(&shared, &memory.Lanes->Point);
            }
        }
    }

    private void SameX<T, TReader>(ulong* table)
        where T : unmanaged, ILaneField<T>
        where TReader : IBatchTableReader<T>
    {
        var random = Seed.Create(output);
        using var memory = new Memory<T>();
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            BatchDigits.Recode(memory.Digits, T.Lanes, lane, Limbs.Scalar(Numbers.Key(random)), TReader.TotalBits);
        }

        foreach (var same in (bool[])[true, false])
        {
            for (var i = 0; i < 4; i++)
            {
                TReader.Read((T*)&memory.Sums->X + i, (T*)&memory.Sums->Y + i, table, memory.Digits, i);
                TReader.Read((T*)&memory.Sums->TermX + i, (T*)&memory.Sums->TermY + i, table, memory.Digits, same && i == 2 ? i : i + 4);
            }

            Assert.Equal(same ? ulong.MaxValue : 0, AffineSums<T>.AddTerms(memory.Sums, memory.Lanes, 4));
        }
    }

    /// <summary>
    /// Scalars whose signed digits give sums s and t of the even and of the odd windows with s = ±t modulo n: s + t = k' and
    /// s - t = m n for an odd m, whose digits are those of k' with the odd windows' signs flipped.
    /// </summary>
    private static IEnumerable<BigInteger> MeetingScalars(int bits, int windows)
    {
        var half = BigInteger.One << ((bits * windows) - 1);
        for (var m = -15; m <= 15; m += 2)
        {
            var difference = m * ReferenceCurve.N;
            if (BigInteger.Abs(difference) >= 2 * half)
            {
                continue;
            }

            var b = ((difference - 1) / 2) + half;
            var k = BigInteger.Zero;
            for (var window = 0; window < windows; window++)
            {
                var digit = (2 * (int)((b >> (bits * window)) & ((1 << bits) - 1))) - ((1 << bits) - 1);
                k += (BigInteger)(window % 2 == 0 ? digit : -digit) << (bits * window);
            }

            if (k.Sign > 0 && k < ReferenceCurve.N)
            {
                yield return k;
            }
        }
    }

    private static void AssertSame<T>(LanePoint<T>* left, LanePoint<T>* right)
        where T : unmanaged, ILaneField<T>
    {
        T x, otherX, y, otherY;
        T.Multiply(&x, &left->X, &right->Z);
        T.Multiply(&otherX, &right->X, &left->Z);
        T.Multiply(&y, &left->Y, &right->Z);
        T.Multiply(&otherY, &right->Y, &left->Z);
        for (var lane = 0; lane < T.Lanes; lane++)
        {
            Assert.Equal(Lane(&left->Z, lane).IsZero, Lane(&right->Z, lane).IsZero);
            Assert.Equal(Lane(&x, lane), Lane(&otherX, lane));
            Assert.Equal(Lane(&y, lane), Lane(&otherY, lane));
        }
    }

    private static BigInteger Lane<T>(T* value, int lane)
        where T : unmanaged, ILaneField<T>
    {
        T.GetLane(value, lane, out var element);
        return Limbs.Value(in element);
    }

    private sealed class Memory<T> : IDisposable
        where T : unmanaged, ILaneField<T>
    {
        private readonly void* _memory = NativeMemory.AlignedAlloc(
            (nuint)(sizeof(SumScratch) + sizeof(LaneScratch<T>) + (32 * sizeof(BatchDigits)) + 128), 64);

        public static int Groups => SumScratch.MaxGroups * FieldElementX8.LaneCount / T.Lanes;

        public SumScratch* Sums => (SumScratch*)_memory;

        public LaneScratch<T>* Lanes => (LaneScratch<T>*)(Sums + 1);

        public BatchDigits* Digits => (BatchDigits*)(((nint)(Lanes + 1) + 63) & ~63);

        public void Dispose() => NativeMemory.AlignedFree(_memory);
    }
}
