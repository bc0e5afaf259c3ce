namespace Dmex.Fast.Signing.Vectors;

/// <summary>
/// The memory in which <see cref="LanePoint{T}"/> computes. It stands in a signer's workspace, aligned to 64 bytes, since
/// the stack aligns vectors to 32 at best and a formula takes half as long again when each access may straddle two cache
/// lines; and it is wiped there.
/// </summary>
internal unsafe struct LaneScratch<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>The accumulator, and the result.</summary>
    public LanePoint<T> Point;

    /// <summary>The affine point to add.</summary>
    public T X;

    /// <inheritdoc cref="X"/>
    public T Y;

    // The temporaries of the formulas, by their names in the paper; Minus holds a negated one, Left, Right and the pairs
    // serve the fold.
    public T T0;
    public T T1;
    public T T2;
    public T T3;
    public T T4;
    public T Y3;
    public T Minus;
    public T Left;
    public T Right;
    public T Pair0;
    public T Pair1;
    public T Pair2;

    /// <summary>The recoded scalar.</summary>
    public SignedDigits Digits;
}
