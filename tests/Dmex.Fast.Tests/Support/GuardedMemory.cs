using System.Runtime.InteropServices;
using Xunit;

namespace Dmex.Fast.Tests.Support;

/// <summary>
/// Bytes that end where an inaccessible page begins: reading or writing one byte too far ends the process. Linux only;
/// elsewhere it is plain memory.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int None = 0; // PROT_NONE
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS

    private readonly int _size;
    private readonly byte* _pages;
    private readonly bool _guarded = OperatingSystem.IsLinux();

    /// <summary>Room for spans of up to the given number of bytes.</summary>
    public GuardedMemory(int capacity)
    {
        var page = Environment.SystemPageSize;
        _size = (capacity + page - 1) / page * page;
        if (!_guarded)
        {
            _pages = (byte*)NativeMemory.AllocZeroed((nuint)_size);
            return;
        }

        var pages = Map(0, (nuint)(_size + page), ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, pages);
        _pages = (byte*)pages;
        Assert.Equal(0, Protect((nint)(_pages + _size), (nuint)page, None));
    }

    /// <summary>The last <paramref name="length"/> bytes before the guard, zeroed.</summary>
    public Span<byte> Bytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _size);
        var span = new Span<byte>(_pages + _size - length, length);
        span.Clear();
        return span;
    }

    /// <summary>The last <paramref name="length"/> characters before the guard, zeroed.</summary>
    public Span<char> Characters(int length) => MemoryMarshal.Cast<byte, char>(Bytes(length * sizeof(char)));

    public ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> source)
    {
        var copy = Bytes(source.Length);
        source.CopyTo(copy);
        return copy;
    }

    public ReadOnlySpan<char> Copy(ReadOnlySpan<char> source)
    {
        var copy = Characters(source.Length);
        source.CopyTo(copy);
        return copy;
    }

    public void Dispose()
    {
        if (_guarded)
        {
            _ = Unmap((nint)_pages, (nuint)(_size + Environment.SystemPageSize));
        }
        else
        {
            NativeMemory.Free(_pages);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
