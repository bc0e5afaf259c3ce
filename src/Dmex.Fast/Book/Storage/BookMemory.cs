using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>Zeroed native memory, all pages present, that is cleared before it is freed: signatures authorize cancels.</summary>
internal sealed unsafe class BookMemory : IDisposable
{
    private readonly nuint _length;

    /// <param name="length">Bytes.</param>
    public BookMemory(long length)
    {
        _length = (nuint)length;
        Base = (byte*)NativeMemory.AlignedAlloc(_length, (nuint)Environment.SystemPageSize);
        NativeMemory.Clear(Base, _length);
    }

    /// <summary>The first byte, at the beginning of a page; null after disposal.</summary>
    public byte* Base { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Base is not null)
        {
            NativeMemory.Clear(Base, _length);
            NativeMemory.AlignedFree(Base);
            Base = null;
        }
    }
}
