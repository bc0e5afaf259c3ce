using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// Several field elements modulo p side by side, one a lane, with the same operation done to all: what the point formulas
/// above need of a vector width. Generic code over it is compiled for each width, so the abstraction costs nothing.
/// </summary>
/// <remarks>
/// An element is five signed digits in doubles: value = Σ digit[i] · 2^(52 i). Carried means |digit| ≤ 2^51 + 2^42 for
/// digits 0 to 3 and ≤ 2^47 + 2^37 for digit 4. Every factor of a product must be carried; so that the products of digits
/// stay below 2^103. All operations run in constant time, and an output may be any input. They take pointers, since the memory is a
/// signer's workspace, and since parameters by reference would go through a forwarding method for each call by way of the interface.
/// </remarks>
internal unsafe interface ILaneField<TSelf>
    where TSelf : unmanaged, ILaneField<TSelf>
{
    /// <summary>How many elements there are.</summary>
    static abstract int Lanes { get; }

    /// <summary>A small integer in every lane.</summary>
    /// <param name="result">Carried.</param>
    /// <param name="value">Below 2^51.</param>
    static abstract void SetSmall(TSelf* result, double value);

    /// <summary>result = a · b, carried.</summary>
    static abstract void Multiply(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>result = a · b + c, carried; |digits of c| ≤ 2^53.</summary>
    static abstract void MultiplyAdd(TSelf* result, TSelf* a, TSelf* b, TSelf* c);

    /// <summary>result = a · b + c · d, carried.</summary>
    static abstract void MultiplySum(TSelf* result, TSelf* a, TSelf* b, TSelf* c, TSelf* d);

    /// <summary>result = a + b, not carried.</summary>
    static abstract void Add(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>result = a - b, not carried.</summary>
    static abstract void Subtract(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>result = -a; carried if a is.</summary>
    static abstract void Negate(TSelf* result, TSelf* a);

    /// <summary>result = -(a + b), not carried.</summary>
    static abstract void NegateSum(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>Carries, from |digits| ≤ 2^55.</summary>
    static abstract void Carry(TSelf* value);

    /// <summary>result = factor · a, carried; |digits of a| ≤ 2^53, factor a positive integer of at most 21.</summary>
    static abstract void MultiplySmall(TSelf* result, TSelf* a, double factor);

    /// <summary>The lower half of a's lanes, then the lower half of b's.</summary>
    static abstract void JoinLow(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>The upper half of a's lanes, then the upper half of b's.</summary>
    static abstract void JoinHigh(TSelf* result, TSelf* a, TSelf* b);

    /// <summary>Exchanges the two halves of the lanes.</summary>
    static abstract void SwapHalves(TSelf* result, TSelf* a);

    /// <summary>Whether the lanes have quarters of two lanes or more, for the two operations below.</summary>
    static abstract bool HasQuarters { get; }

    /// <summary>The first quarter of a, b, c and d, in this order.</summary>
    static abstract void JoinQuarters(TSelf* result, TSelf* a, TSelf* b, TSelf* c, TSelf* d);

    /// <summary>Moves a quarter (1, 2 or 3) to the first place; the other lanes are left with values of no use.</summary>
    static abstract void FirstQuarter(TSelf* result, TSelf* a, int quarter);

    /// <summary>Exchanges neighbors <paramref name="distance"/> (1 or 2, below half the lanes) apart within each half.</summary>
    static abstract void SwapWithin(TSelf* result, TSelf* a, int distance);

    /// <summary>Lane 0 of a carried element as a portable one, normal.</summary>
    void FirstLane(out FieldElement element);

    /// <summary>A lane of a carried element as a portable one, normal.</summary>
    /// <param name="value">The lanes.</param>
    /// <param name="lane">Public.</param>
    /// <param name="element">The element.</param>
    static abstract void GetLane(TSelf* value, int lane, out FieldElement element);

    /// <summary>Sets a lane to a normal element, not carried.</summary>
    static abstract void SetLane(TSelf* value, int lane, in FieldElement element);
}
