using Dmex.Fast.Signing.Curve;

namespace Dmex.Fast.Signing.Lanes;

/// <summary>
/// Several field elements modulo p side by side, one a lane, with the same operation done to all: what the point formulas
/// above need of a vector width. Generic code over it is compiled anew for each width, so the abstraction costs nothing.
/// </summary>
/// <remarks>
/// An element is five signed digits in doubles: value = Σ digit[i] · 2^(52 i). Carried means |digit| ≤ 2^51 + 2^37 for
/// digits 0 to 3 and ≤ 2^47 + 2^37 for digit 4. Every factor of a product must be carried; so that the products of digits
/// stay below 2^103. All operations run in constant time, and an output may be any input.
/// </remarks>
internal interface ILaneField<TSelf>
    where TSelf : unmanaged, ILaneField<TSelf>
{
    /// <summary>How many elements there are.</summary>
    static abstract int Lanes { get; }

    /// <summary>1 in every lane.</summary>
    static abstract TSelf One { get; }

    /// <summary>result = a · b, carried.</summary>
    static abstract void Multiply(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>result = a · b + c, carried; |digits of c| ≤ 2^53.</summary>
    static abstract void MultiplyAdd(out TSelf result, in TSelf a, in TSelf b, in TSelf c);

    /// <summary>result = a · b + c · d, carried.</summary>
    static abstract void MultiplySum(out TSelf result, in TSelf a, in TSelf b, in TSelf c, in TSelf d);

    /// <summary>result = a + b, not carried.</summary>
    static abstract void Add(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>result = a - b, not carried.</summary>
    static abstract void Subtract(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>result = -a; carried if a is.</summary>
    static abstract void Negate(out TSelf result, in TSelf a);

    /// <summary>result = -(a + b), not carried.</summary>
    static abstract void NegateSum(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>Carries, from |digits| ≤ 2^55.</summary>
    static abstract void Carry(ref TSelf value);

    /// <summary>result = factor · a, carried; |digits of a| ≤ 2^53, factor a positive integer of at most 21.</summary>
    static abstract void MultiplySmall(out TSelf result, in TSelf a, double factor);

    /// <summary>The lower half of a's lanes, then the lower half of b's.</summary>
    static abstract void JoinLow(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>The upper half of a's lanes, then the upper half of b's.</summary>
    static abstract void JoinHigh(out TSelf result, in TSelf a, in TSelf b);

    /// <summary>Exchanges the two halves of the lanes.</summary>
    static abstract void SwapHalves(out TSelf result, in TSelf a);

    /// <summary>Exchanges neighbours <paramref name="distance"/> (1 or 2, below half the lanes) apart within each half.</summary>
    static abstract void SwapWithin(out TSelf result, in TSelf a, int distance);

    /// <summary>Lane 0 of a carried element as a portable one, normal.</summary>
    void FirstLane(out FieldElement element);
}
