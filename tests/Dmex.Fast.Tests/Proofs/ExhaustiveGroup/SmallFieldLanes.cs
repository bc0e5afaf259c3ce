using Dmex.Fast.Signing.Curve;
using Dmex.Fast.Signing.Vectors;

namespace Dmex.Fast.Tests.Proofs.ExhaustiveGroup;

/// <summary>A small prime field and the number of its lanes.</summary>
internal interface ISmallField
{
    static abstract int Prime { get; }

    static abstract int Lanes { get; }
}

/// <summary>
/// A lane field over a small prime, one integer in [0, q) a lane: the lanes' point formulas, which are generic over the
/// field, can be tried on every pair of points of y² = x³ + 7 there.
/// </summary>
internal unsafe struct SmallFieldLanes<TField> : ILaneField<SmallFieldLanes<TField>>
    where TField : struct, ISmallField
{
    private const int MaxLanes = 8;

    private fixed int _lanes[MaxLanes];

    public static int Lanes => TField.Lanes;

    public int this[int lane]
    {
        readonly get => _lanes[lane];
        set => _lanes[lane] = Mod(value);
    }

    public static int Mod(long value) => (int)(((value % TField.Prime) + TField.Prime) % TField.Prime);

    public static void SetSmall(SmallFieldLanes<TField>* result, double value) => Map(result, _ => (long)value);

    public static void Multiply(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => (long)a->_lanes[lane] * b->_lanes[lane]);

    public static void MultiplyAdd(
        SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b, SmallFieldLanes<TField>* c) =>
        Map(result, lane => ((long)a->_lanes[lane] * b->_lanes[lane]) + c->_lanes[lane]);

    public static void MultiplySum(
        SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b, SmallFieldLanes<TField>* c,
        SmallFieldLanes<TField>* d) =>
        Map(result, lane => ((long)a->_lanes[lane] * b->_lanes[lane]) + ((long)c->_lanes[lane] * d->_lanes[lane]));

    public static void Add(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => (long)a->_lanes[lane] + b->_lanes[lane]);

    public static void Subtract(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => (long)a->_lanes[lane] - b->_lanes[lane]);

    public static void Negate(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a) => Map(result, lane => -(long)a->_lanes[lane]);

    public static void NegateSum(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => -(long)a->_lanes[lane] - b->_lanes[lane]);

    public static void Carry(SmallFieldLanes<TField>* value)
    {
        // Always reduced.
    }

    public static void MultiplySmall(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, double factor) =>
        Map(result, lane => (long)factor * a->_lanes[lane]);

    public static void JoinLow(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => lane < Lanes / 2 ? a->_lanes[lane] : b->_lanes[lane - (Lanes / 2)]);

    public static void JoinHigh(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b) =>
        Map(result, lane => lane < Lanes / 2 ? a->_lanes[lane + (Lanes / 2)] : b->_lanes[lane]);

    public static void SwapHalves(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a) =>
        Map(result, lane => a->_lanes[lane ^ (Lanes / 2)]);

    public static bool HasQuarters => Lanes == MaxLanes;

    public static void JoinQuarters(
        SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, SmallFieldLanes<TField>* b, SmallFieldLanes<TField>* c,
        SmallFieldLanes<TField>* d) =>
        Map(result, lane => (lane / 2) switch
        {
            0 => a->_lanes[lane],
            1 => b->_lanes[lane - 2],
            2 => c->_lanes[lane - 4],
            _ => d->_lanes[lane - 6],
        });

    /// <summary>The lanes of no use receive something else than the eight lanes of the signer leave there.</summary>
    public static void FirstQuarter(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, int quarter) =>
        Map(result, lane => lane < 2 ? a->_lanes[(2 * quarter) + lane] : 5 + lane);

    public static void SwapWithin(SmallFieldLanes<TField>* result, SmallFieldLanes<TField>* a, int distance) =>
        Map(result, lane => a->_lanes[lane ^ distance]);

    public readonly void FirstLane(out FieldElement element) => element = FieldElement.FromSmall((ulong)_lanes[0]);

    public static void GetLane(SmallFieldLanes<TField>* value, int lane, out FieldElement element) =>
        element = FieldElement.FromSmall((ulong)value->_lanes[lane]);

    public static void SetLane(SmallFieldLanes<TField>* value, int lane, in FieldElement element) =>
        value->_lanes[lane] = Mod((long)element.N0);

    /// <summary>Every lane is computed before any is written, since the result may be an operand.</summary>
    private static void Map(SmallFieldLanes<TField>* result, Func<int, long> lane)
    {
        var values = stackalloc int[MaxLanes];
        for (var i = 0; i < Lanes; i++)
        {
            values[i] = Mod(lane(i));
        }

        for (var i = 0; i < Lanes; i++)
        {
            result->_lanes[i] = values[i];
        }
    }
}
