using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;
using Xunit;

namespace Dmex.Fast.Tests.Proofs.RangeProof;

/// <summary>How many lanes a <see cref="ContractLanes{TWidth}"/> claims to have.</summary>
internal interface ILaneWidth
{
    static abstract int Lanes { get; }
}

internal readonly struct FourLanes : ILaneWidth
{
    public static int Lanes => 4;
}

internal readonly struct EightLanes : ILaneWidth
{
    public static int Lanes => 8;
}

/// <summary>
/// A lane field of bounds: each digit is known to be at most so large, in every lane. Each operation claims what
/// <see cref="ILaneField{TSelf}"/> asks of its operands and promises what that promises, so that the formulas themselves,
/// which are generic over the field, are run on it: not a copy of them.
/// </summary>
internal unsafe struct ContractLanes<TWidth> : ILaneField<ContractLanes<TWidth>>
    where TWidth : struct, ILaneWidth
{
    private const int Digits = 5;
    private const long SumBound = 1L << 53;
    private const long CarryBound = 1L << 55;

    private fixed long _bounds[Digits];

    public static int Lanes => TWidth.Lanes;

    public static ContractLanes<TWidth> Carried()
    {
        ContractLanes<TWidth> value = default;
        for (var i = 0; i < Digits; i++)
        {
            value._bounds[i] = (long)LaneFieldModel.CarriedBound(i);
        }

        return value;
    }

    public static void ClaimCarried(ContractLanes<TWidth>* value, string what) =>
        Claim(value, i => (long)LaneFieldModel.CarriedBound(i), what);

    public static void SetSmall(ContractLanes<TWidth>* result, double value)
    {
        Assert.InRange(value, 0, Math.ScaleB(1, 51));
        *result = default;
        result->_bounds[0] = (long)value;
    }

    public static void Multiply(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b)
    {
        ClaimCarried(a, "factor");
        ClaimCarried(b, "factor");
        *result = Carried();
    }

    public static void MultiplyAdd(
        ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b, ContractLanes<TWidth>* c)
    {
        Claim(c, static _ => SumBound, "added element");
        Multiply(result, a, b);
    }

    public static void MultiplySum(
        ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b, ContractLanes<TWidth>* c,
        ContractLanes<TWidth>* d)
    {
        ClaimCarried(c, "factor");
        ClaimCarried(d, "factor");
        Multiply(result, a, b);
    }

    public static void Add(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b)
    {
        for (var i = 0; i < Digits; i++)
        {
            result->_bounds[i] = a->_bounds[i] + b->_bounds[i];
        }

        Claim(result, static _ => SumBound, "sum, exact in doubles");
    }

    public static void Subtract(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b) => Add(result, a, b);

    public static void Negate(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a) => *result = *a;

    public static void NegateSum(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b) => Add(result, a, b);

    public static void Carry(ContractLanes<TWidth>* value)
    {
        Claim(value, static _ => CarryBound, "carried element");
        *value = Carried();
    }

    public static void MultiplySmall(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, double factor)
    {
        Assert.InRange(factor, 1, 21);
        Claim(a, static _ => SumBound, "multiplied element");
        *result = Carried();
    }

    public static void JoinLow(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b)
    {
        for (var i = 0; i < Digits; i++)
        {
            result->_bounds[i] = Math.Max(a->_bounds[i], b->_bounds[i]);
        }
    }

    public static void JoinHigh(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b) => JoinLow(result, a, b);

    public static void SwapHalves(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a) => *result = *a;

    public static bool HasQuarters => Lanes == 8;

    public static void JoinQuarters(
        ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, ContractLanes<TWidth>* b, ContractLanes<TWidth>* c,
        ContractLanes<TWidth>* d)
    {
        Assert.True(HasQuarters);
        for (var i = 0; i < Digits; i++)
        {
            result->_bounds[i] = Math.Max(Math.Max(a->_bounds[i], b->_bounds[i]), Math.Max(c->_bounds[i], d->_bounds[i]));
        }
    }

    public static void FirstQuarter(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, int quarter)
    {
        Assert.True(HasQuarters);
        Assert.InRange(quarter, 1, 3);
        *result = *a;
    }

    public static void SwapWithin(ContractLanes<TWidth>* result, ContractLanes<TWidth>* a, int distance)
    {
        Assert.InRange(distance, 1, Math.Min(2, (Lanes / 2) - 1));
        *result = *a;
    }

    public void FirstLane(out FieldElement element)
    {
        fixed (ContractLanes<TWidth>* self = &this)
        {
            GetLane(self, 0, out element);
        }
    }

    public static void GetLane(ContractLanes<TWidth>* value, int lane, out FieldElement element)
    {
        ClaimCarried(value, "element taken out");
        element = FieldElement.One;
    }

    public static void SetLane(ContractLanes<TWidth>* value, int lane, in FieldElement element)
    {
        for (var i = 0; i < Digits; i++)
        {
            value->_bounds[i] = 1L << (i < 4 ? 52 : 48);
        }
    }

    private static void Claim(ContractLanes<TWidth>* value, Func<int, long> bound, string what)
    {
        for (var i = 0; i < Digits; i++)
        {
            Assert.True(value->_bounds[i] <= bound(i), $"{what}: digit {i} may be {value->_bounds[i]}");
        }
    }
}

/// <summary>Any table entry: carried digits.</summary>
internal readonly unsafe struct ContractReader<TWidth> : ILaneTableReader<ContractLanes<TWidth>>, IBatchTableReader<ContractLanes<TWidth>>
    where TWidth : struct, ILaneWidth
{
    public static int Windows => 4;

    public static int TotalBits => 256;

    public static void Read(ContractLanes<TWidth>* x, ContractLanes<TWidth>* y, ulong* table, SignedDigits* digits, int first) =>
        (*x, *y) = (ContractLanes<TWidth>.Carried(), ContractLanes<TWidth>.Carried());

    public static void Read(ContractLanes<TWidth>* x, ContractLanes<TWidth>* y, ulong* table, BatchDigits* digits, int window) =>
        (*x, *y) = (ContractLanes<TWidth>.Carried(), ContractLanes<TWidth>.Carried());
}
