using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Signing.Memory;

/// <summary>
/// Whole pages of native memory for secrets, which the garbage collector neither moves nor copies: locked and left out of
/// core dumps where the system allows it, zeroed before they are freed, by the finalizer at the latest.
/// </summary>
internal sealed unsafe partial class SecretMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int MadviseDontDump = 16;
    private const int MadviseDoDump = 17;

    private readonly nuint _size;

    /// <summary>Allocates zeroed pages.</summary>
    /// <param name="size">Bytes; rounded up to whole pages.</param>
    public SecretMemory(int size)
        : base(ownsHandle: true)
    {
        var page = (nuint)Environment.SystemPageSize;
        _size = ((nuint)size + page - 1) / page * page;
        var pages = NativeMemory.AlignedAlloc(_size, page);
        NativeMemory.Clear(pages, _size);
        SetHandle((nint)pages);
        Protection = Protect(pages, _size);
    }

    /// <summary>What the system granted.</summary>
    public KeyProtection Protection { get; }

    /// <summary>The first byte; valid until disposal.</summary>
    public void* Pointer => (void*)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var pages = (void*)handle;
        CryptographicOperations.ZeroMemory(new Span<byte>(pages, checked((int)_size)));
        Unprotect(pages, _size, Protection);
        NativeMemory.AlignedFree(pages);
        return true;
    }

    private static KeyProtection Protect(void* pages, nuint size)
    {
        // A refusal (a limit on locked memory, an old kernel) leaves the flag off: the key works, Protection tells.
        var protection = KeyProtection.None;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            protection |= Lock(pages, size) == 0 ? KeyProtection.Locked : KeyProtection.None;
        }

        if (OperatingSystem.IsLinux())
        {
            protection |= Advise(pages, size, MadviseDontDump) == 0 ? KeyProtection.ExcludedFromDumps : KeyProtection.None;
        }

        if (OperatingSystem.IsWindows())
        {
            protection |= VirtualLock(pages, size) != 0 ? KeyProtection.Locked : KeyProtection.None;
        }

        return protection;
    }

    private static void Unprotect(void* pages, nuint size, KeyProtection protection)
    {
        if (protection.HasFlag(KeyProtection.ExcludedFromDumps))
        {
            _ = Advise(pages, size, MadviseDoDump);
        }

        if (protection.HasFlag(KeyProtection.Locked))
        {
            _ = OperatingSystem.IsWindows() ? VirtualUnlock(pages, size) : Unlock(pages, size);
        }
    }

    [LibraryImport("libc", EntryPoint = "mlock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "munlock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlock(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualLock(void* address, nuint size);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualUnlock(void* address, nuint size);
}
