using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Beats;

/// <summary>
/// The <see cref="BeatWords"/> of an engine, mapped by it and by its standby. A file without a name (memfd) that is sealed against being
/// shortened: nobody can truncate it, so that neither process can be ended by an access to it (SIGBUS), which a mapped file on a disk or
/// a tmpfs cannot promise. It lives as long as one of them. Thread-safe as its words are.
/// </summary>
internal sealed unsafe partial class BeatMemory : SafeHandleMinusOneIsInvalid
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

    private readonly SafeFileHandle _file;

    private BeatMemory(SafeFileHandle file)
        : base(ownsHandle: true)
    {
        _file = file;
        var address = Map(0, BeatWords.Size, ReadWrite, Shared, file, 0);
        if (address == -1)
        {
            throw Failed("mapped");
        }

        SetHandle(address);
    }

    /// <summary>
    /// The shared words. Who uses the pointer keeps this object alive; an engine leaves it to the collector, because a pulse may run
    /// beside the client's disposal.
    /// </summary>
    public BeatWords* Words => (BeatWords*)handle;

    /// <summary>Whether no fence holds: there was none, or the engine has resumed from it.</summary>
    public bool HasResumed => Volatile.Read(ref Words->Fence) == Volatile.Read(ref Words->ResumedFence);

    /// <summary>The descriptor's number in this process.</summary>
    public int Descriptor => (int)_file.DangerousGetHandle();

    /// <summary>Makes an engine's.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static BeatMemory Create(Guid engine)
    {
        var descriptor = CreateFile("dmex-beats", CloseOnExec | AllowSealing);
        if (descriptor < 0)
        {
            throw Failed("made");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, new byte[BeatWords.Size], 0); // has its memory from here on
        if (Control(file, AddSeals, SealShrink | SealGrow | SealSeal) != 0)
        {
            throw Failed("sealed");
        }

        var memory = new BeatMemory(file);
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
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

        // Unsealed memory could be truncated under this process.
        if ((Control(file, GetSeals, 0) is var seals && (seals < 0 || (seals & SealShrink) == 0))
            || RandomAccess.GetLength(file) != BeatWords.Size)
        {
            file.Dispose();
            return null;
        }

        var memory = new BeatMemory(file);
        return memory.Words->Magic == BeatWords.MagicNumber && memory.Words->Engine == engine ? memory : null;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _file.Dispose();
        return Unmap(handle, BeatWords.Size) == 0;
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
