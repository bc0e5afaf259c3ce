namespace Dmex.Fast.Signing.Lanes;

/// <summary>Reads <see cref="LaneGeneratorTable"/> for as many windows at once as there are lanes.</summary>
internal unsafe interface ILaneTable<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>
    /// Lane l receives the signed point of window first + l. Every point of a window is loaded, and a mask keeps one, so
    /// that neither addresses nor time depend on the bits.
    /// </summary>
    /// <param name="x">Carried.</param>
    /// <param name="y">Carried.</param>
    /// <param name="bits">The recoded scalar: six words, the sixth 0. Secret.</param>
    /// <param name="first">The first window. Lanes beyond the last window repeat the last one.</param>
    static abstract void Read(out T x, out T y, ulong* bits, int first);
}
