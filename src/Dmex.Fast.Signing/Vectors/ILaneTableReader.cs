namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads a <see cref="LaneTable"/> for as many windows at once as there are lanes.</summary>
internal unsafe interface ILaneTableReader<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>
    /// Lane l receives the signed point of window first + l. Every point of a window is loaded, and a mask keeps one, so
    /// that neither addresses nor time depend on the digits.
    /// </summary>
    /// <param name="x">Carried.</param>
    /// <param name="y">Carried.</param>
    /// <param name="table"><see cref="LaneTable.Words"/>.</param>
    /// <param name="digits">The recoded scalar. Secret.</param>
    /// <param name="first">The first window, a multiple of the number of lanes.</param>
    static abstract void Read(T* x, T* y, ulong* table, SignedDigits* digits, int first);
}
