using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Beats;

/// <summary>
/// The <see cref="BeatWords"/> of an engine, mapped by it and by its standby. A file without a name (memfd) that is sealed against being
/// shortened: nobody can truncate it, so that neither process can be ended by an access to it (SIGBUS), which a mapped file on a disk or
/// a tmpfs cannot promise. It lives as long as one of them. Thread-safe as its words are.
/// </summary>
internal sealed unsafe partial class BeatMemory
{
    // fcntl and memfd_create of Linux, the same on every processor.
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int SealSeal = 1;
    private const int SealShrink = 2;
    private const int SealGrow = 4;
    private const int ReadWrite = 3;
    private const int Shared = 1;

    private readonly SafeFileHandle _handle;

    private BeatMemory(SafeFileHandle handle)
    {
        _handle = handle;
        var address = Map(0, BeatWords.Size, ReadWrite, Shared, handle, 0);
        if (address == -1)
        {
            throw Failed("mapped");
        }

        Words = (BeatWords*)address;
    }

    /// <summary>Unmapped when nobody refers to it any more, not before: a pulse may run beside the client's disposal.</summary>
    ~BeatMemory()
    {
        if (Words is not null)
        {
            _ = Unmap((nint)Words, BeatWords.Size);
        }
    }

    /// <summary>The shared words. Who uses the pointer keeps this object alive.</summary>
    public BeatWords* Words { get; }

    /// <summary>The descriptor's number in this process.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Makes an engine's.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static BeatMemory Create(Guid engine)
    {
        var descriptor = CreateFile("dmex-beats", CloseOnExec | AllowSealing);
        if (descriptor < 0)
        {
            throw Failed("made");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, new byte[BeatWords.Size], 0); // has its memory from here on
        if (Control(handle, AddSeals, SealShrink | SealGrow | SealSeal) != 0)
        {
            throw Failed("sealed");
        }

        var memory = new BeatMemory(handle);
        memory.Words->Engine = engine;
        memory.Words->Version = BeatWords.CurrentVersion;
        Volatile.Write(ref memory.Words->Magic, BeatWords.MagicNumber);
        return memory;
    }

    /// <summary>Maps another process's; null when what is there is not it.</summary>
    /// <exception cref="IOException">It is not there, or may not be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static BeatMemory? Attach(int processId, int descriptor, Guid engine)
    {
        var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}");
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

        // Unsealed memory could be truncated under this process.
        if ((Control(handle, GetSeals, 0) is var seals && (seals < 0 || (seals & SealShrink) == 0))
            || RandomAccess.GetLength(handle) != BeatWords.Size)
        {
            handle.Dispose();
            return null;
        }

        var memory = new BeatMemory(handle);
        return memory.Words->Magic == BeatWords.MagicNumber && memory.Words->Engine == engine ? memory : null;
    }

    private static IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"The memory for the beats was not {what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
