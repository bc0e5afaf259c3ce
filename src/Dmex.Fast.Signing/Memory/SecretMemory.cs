using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Signing.Memory;

/// <summary>
/// Whole pages of native memory for secrets, which the garbage collector neither moves nor copies, between two pages that cannot be
/// touched; locked, left out of core dumps and not inherited by child processes where the system allows it. Zeroed before they are
/// given back, which disposal does, or the finalizer of an object that was forgotten. At the end of the process no finalizer runs: the
/// pages go back to the system as they are, and it zeroes them before anybody else gets them.
/// </summary>
internal sealed unsafe partial class SecretMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int MadviseDontFork = 10;
    private const int MadviseDontDump = 16;
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymousLinux = 0x22;
    private const int MapPrivateAnonymousMacOS = 0x1002;
    private const uint Reserve = 0x2000;
    private const uint Commit = 0x1000;
    private const uint Release = 0x8000;
    private const uint PageNoAccess = 0x01;
    private const uint PageReadWrite = 0x04;

    private readonly nuint _size;
    private readonly nuint _page = (nuint)Environment.SystemPageSize;

    /// <summary>Allocates zeroed pages.</summary>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    /// <exception cref="InvalidOperationException">The system has no more memory, or no more mappings, for this process.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public SecretMemory(int size)
        : base(ownsHandle: true)
    {
        _size = ((nuint)size + _page - 1) & ~(_page - 1);
        SetHandle((nint)Allocate());
        Protection |= Protect((void*)handle, _size);
    }

    /// <summary>What the system granted.</summary>
    public KeyProtection Protection { get; private set; }

    /// <summary>The first byte; valid until disposal.</summary>
    public void* Pointer => (void*)handle;

    private static bool IsMapped => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var pages = (byte*)handle;
        CryptographicOperations.ZeroMemory(new Span<byte>(pages, checked((int)_size)));
        if (IsMapped)
        {
            return Unmap(pages - _page, _size + (2 * _page)) == 0;
        }

        if (OperatingSystem.IsWindows())
        {
            _ = Protection.HasFlag(KeyProtection.Locked) ? VirtualUnlock(pages, _size) : 0;
            return VirtualFree(pages - _page, 0, Release) != 0;
        }

        NativeMemory.AlignedFree(pages);
        return true;
    }

    /// <summary>The pages, with an inaccessible one on each side where the system has such.</summary>
    private byte* Allocate()
    {
        var total = _size + (2 * _page);
        if (IsMapped)
        {
            var flags = OperatingSystem.IsLinux() ? MapPrivateAnonymousLinux : MapPrivateAnonymousMacOS;
            var region = Map(null, total, ProtectNone, flags, -1, 0);
            if ((nint)region == -1 || ProtectPages(region + _page, _size, ProtectReadWrite) != 0)
            {
                throw NoMemory(total);
            }

            Protection = KeyProtection.GuardPages;
            return region + _page;
        }

        if (OperatingSystem.IsWindows())
        {
            var region = VirtualAlloc(null, total, Reserve, PageNoAccess);
            if (region is null || VirtualAlloc(region + _page, _size, Commit, PageReadWrite) is null)
            {
                throw NoMemory(total);
            }

            Protection = KeyProtection.GuardPages;
            return region + _page;
        }

        var pages = NativeMemory.AlignedAlloc(_size, _page);
        NativeMemory.Clear(pages, _size);
        return (byte*)pages;
    }

    private static InvalidOperationException NoMemory(nuint size) => new($"The system gave no {size} bytes for a key or a signer.");

    private static KeyProtection Protect(void* pages, nuint size)
    {
        // A refusal (a limit on locked memory, an old kernel) leaves the flag off: the key works, Protection tells.
        var protection = KeyProtection.None;
        if (IsMapped)
        {
            protection |= Lock(pages, size) == 0 ? KeyProtection.Locked : KeyProtection.None;
        }

        if (OperatingSystem.IsLinux())
        {
            protection |= Advise(pages, size, MadviseDontDump) == 0 ? KeyProtection.ExcludedFromDumps : KeyProtection.None;
            protection |= Advise(pages, size, MadviseDontFork) == 0 ? KeyProtection.ExcludedFromForks : KeyProtection.None;
        }

        if (OperatingSystem.IsWindows())
        {
            protection |= VirtualLock(pages, size) != 0 ? KeyProtection.Locked : KeyProtection.None;
        }

        return protection;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProtectPages(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "mlock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualFree(void* address, nuint size, uint type);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualLock(void* address, nuint size);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualUnlock(void* address, nuint size);
}
