using System.Runtime.InteropServices;

namespace Dmex.Fast.Book.Storage;

/// <summary>The memory of a book that ends with its process; a book's file is the other kind.</summary>
internal unsafe class BookMemory : IDisposable
{
    private readonly bool _ownsPages;

    /// <summary>Zeroed pages.</summary>
    public BookMemory(long length)
    {
        Length = length;
        Base = (byte*)NativeMemory.AlignedAlloc((nuint)length, (nuint)Environment.SystemPageSize);
        NativeMemory.Clear(Base, (nuint)length);
        _ownsPages = true;
    }

    /// <summary>For a kind that brings its own memory.</summary>
    protected BookMemory()
    {
    }

    /// <summary>The first byte; null after disposal.</summary>
    public byte* Base { get; protected set; }

    /// <summary>Bytes.</summary>
    public long Length { get; protected set; }

    /// <summary>Waits until all of it is on disk, when it has one.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Clears the frames, which authorise cancels, and frees the pages.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
        if (_ownsPages && Base is not null)
        {
            NativeMemory.Clear(Base, (nuint)Length);
            NativeMemory.AlignedFree(Base);
        }

        Base = null;
    }
}
