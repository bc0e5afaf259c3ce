namespace Dmex.Fast.Signing.Vectors;

/// <summary>Reads one window of a <see cref="BatchTable"/>, each lane by its own digit.</summary>
internal unsafe interface IBatchTableReader<T>
    where T : unmanaged, ILaneField<T>
{
    /// <summary>The windows of a scalar.</summary>
    static abstract int Windows { get; }

    /// <summary>The bits of all windows together, for <see cref="BatchDigits.Recode"/>.</summary>
    static abstract int TotalBits { get; }

    /// <summary>
    /// Lane l receives the signed point that the window's digit of lane l names. The whole window is loaded, so that
    /// neither addresses nor time depend on the digits.
    /// </summary>
    /// <param name="x">Carried.</param>
    /// <param name="y">Carried.</param>
    /// <param name="table"><see cref="BatchTable.Words"/>.</param>
    /// <param name="digits">The recoded scalars. Secret.</param>
    /// <param name="window">The window; public.</param>
    static abstract void Read(T* x, T* y, ulong* table, BatchDigits* digits, int window);
}
