namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads a row of a biased <see cref="VarTimeTable"/> into each lane, at the addresses given: public values only.</summary>
internal unsafe interface IVarTimeReader<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>Lane l receives the point at <c>rows[l]</c>, negated where <c>signs[l]</c> is 2^63.</summary>
    /// <param name="x">Carried.</param>
    /// <param name="y">Carried.</param>
    /// <param name="rows">An address for each lane.</param>
    /// <param name="signs">A sign for each lane.</param>
    static abstract void ReadVarTime(T* x, T* y, ulong** rows, ulong* signs);
}
