using System.Runtime.InteropServices;
using Dmex.Fast.Signing.Vectors;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>
/// The lanes' point formulas give every operation what its contract asks (all factors carried, all addends within 2^53, all
/// sums exact), and leave carried coordinates: the formulas are run on a field of bounds. What the contract promises is
/// shown of both fields in <see cref="LaneFieldRangeTests"/>.
/// </summary>
public sealed unsafe class LanePointRangeTests
{
    [Fact]
    public void The_formulas_keep_the_contract_in_four_lanes() => Formulas<FourLanes>();

    [Fact]
    public void The_formulas_keep_the_contract_in_eight_lanes() => Formulas<EightLanes>();

    [Fact]
    public void The_field_of_bounds_sees_a_factor_that_is_not_carried()
    {
        var carried = ContractLanes<FourLanes>.Carried();
        ContractLanes<FourLanes> sum;
        ContractLanes<FourLanes>.Add(&sum, &carried, &carried);
        var address = (nint)(&sum);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
        {
            var value = (ContractLanes<FourLanes>*)address;
            ContractLanes<FourLanes>.Multiply(value, value, value);
        });
    }

    private static void Formulas<TWidth>()
        where TWidth : struct, ILaneWidth
    {
        var s = (LaneScratch<ContractLanes<TWidth>>*)NativeMemory.AllocZeroed((nuint)sizeof(LaneScratch<ContractLanes<TWidth>>));
        try
        {
            LanePoint<ContractLanes<TWidth>>.AddAffineToAffine(Filled(s));
            ClaimCarried(s);
            LanePoint<ContractLanes<TWidth>>.AddAffine(Filled(s));
            ClaimCarried(s);
            for (var distance = TWidth.Lanes / 2; distance > 0; distance /= 2)
            {
                LanePoint<ContractLanes<TWidth>>.Fold(Filled(s), distance);
                ClaimCarried(s);
            }

            for (var distance = TWidth.Lanes / 4; distance > 0 && ContractLanes<TWidth>.HasQuarters; distance /= 2)
            {
                LanePoint<ContractLanes<TWidth>>.FoldQuarter(Filled(s), distance);
                ClaimCarried(s);
            }

            // The whole multiplications, so that what one formula leaves is what the next one takes.
            LaneMultiply<ContractLanes<TWidth>, ContractReader<TWidth>>.Multiply(s, null, &s->Digits);
            ClaimCarried(s);
            BatchDigits batch;
            BatchMultiply<ContractLanes<TWidth>, ContractReader<TWidth>>.Multiply(s, null, &batch);
            ClaimCarried(s);
        }
        finally
        {
            NativeMemory.Free(s);
        }

        SharedInversions<TWidth>();
    }

    private static void SharedInversions<TWidth>()
        where TWidth : struct, ILaneWidth
    {
        const int Groups = 3;
        var s = (LaneScratch<ContractLanes<TWidth>>*)NativeMemory.AllocZeroed((nuint)sizeof(LaneScratch<ContractLanes<TWidth>>));
        var sums = (SumScratch*)NativeMemory.AllocZeroed((nuint)sizeof(SumScratch));
        var digits = (BatchDigits*)NativeMemory.AllocZeroed(Groups * (nuint)sizeof(BatchDigits));
        try
        {
            BatchMultiply<ContractLanes<TWidth>, ContractReader<TWidth>>.MultiplyGroups(sums, s, null, digits, Groups);
            for (var group = 0; group < Groups; group++)
            {
                AffineSums<ContractLanes<TWidth>>.AddLast(sums, s, group, Groups);
                ClaimCarried(s);
            }
        }
        finally
        {
            NativeMemory.Free(s);
            NativeMemory.Free(sums);
            NativeMemory.Free(digits);
        }
    }

    /// <summary>Any point and any affine point; the temporaries hold nothing usable.</summary>
    private static LaneScratch<ContractLanes<TWidth>>* Filled<TWidth>(LaneScratch<ContractLanes<TWidth>>* s)
        where TWidth : struct, ILaneWidth
    {
        new Span<byte>(s, sizeof(LaneScratch<ContractLanes<TWidth>>)).Fill(0x7F);
        var carried = ContractLanes<TWidth>.Carried();
        (s->Point.X, s->Point.Y, s->Point.Z, s->X, s->Y) = (carried, carried, carried, carried, carried);
        return s;
    }

    private static void ClaimCarried<TWidth>(LaneScratch<ContractLanes<TWidth>>* s)
        where TWidth : struct, ILaneWidth
    {
        ContractLanes<TWidth>.ClaimCarried(&s->Point.X, "X");
        ContractLanes<TWidth>.ClaimCarried(&s->Point.Y, "Y");
        ContractLanes<TWidth>.ClaimCarried(&s->Point.Z, "Z");
    }
}
