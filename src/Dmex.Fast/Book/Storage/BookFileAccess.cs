using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Book.Storage;

/// <summary>Opening a book's file and allocating its space, on each operating system.</summary>
internal static partial class BookFileAccess
{
    // A page at a time: the kernel keeps what is written by one call in one piece, and a small write to a large piece takes three times as
    // long on ext4.
    private const int ZeroBlock = 4096;

    // errno: no such file, interrupted, no space, over quota, a lock that is held.
    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WouldBlock = 11;

    private const int LinuxCloseOnExec = 0x80000;
    private const int MacCloseOnExec = 0x1000000;

    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsSharing = unchecked((int)0x80070020);

    /// <summary>Opens a file to read and write it, which no other process may do meanwhile; a new one is for its owner alone.</summary>
    /// <exception cref="BookFileException">It cannot be opened; the message says why.</exception>
    public static FileStream OpenExclusive(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,

            // Elsewhere the lock is advisory, and a reader that does not ask for it is let in.
            Share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None,
            BufferSize = 0,

            // Without reading ahead, which makes large pieces, too.
            Options = FileOptions.RandomAccess,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Describe(path, e);
        }
    }

    /// <summary>Opens a file to read it even when it is locked.</summary>
    /// <exception cref="BookFileException">It cannot be opened; the message says why.</exception>
    public static SafeFileHandle OpenUnlocked(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }

            // The base library asks for a lock whenever it opens a file.
            var descriptor = Open(path, OperatingSystem.IsLinux() ? LinuxCloseOnExec : OperatingSystem.IsMacOS() ? MacCloseOnExec : 0);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            var error = Marshal.GetLastPInvokeError();
            var message = Marshal.GetPInvokeErrorMessage(error);
            throw error == NoEntry ? new FileNotFoundException(message, path) : new IOException(message, error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Describe(path, e);
        }
    }

    /// <summary>Refuses a file that others than its owner may read or write.</summary>
    /// <exception cref="BookFileException">They may.</exception>
    public static void CheckMode(SafeFileHandle handle, string path)
    {
        if (OpenToOthers(handle) is { } mode)
        {
            throw new BookFileException(
                BookFileError.OpenToOthers,
                $"{path} has mode {Convert.ToString((int)mode, 8)}: its signatures authorize cancels; only its owner may read it (chmod "
                + "600).");
        }
    }

    /// <summary>A file's mode when others than its owner may read or write it; else null.</summary>
    public static UnixFileMode? OpenToOthers(SafeFileHandle handle)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return !OperatingSystem.IsWindows() && File.GetUnixFileMode(handle) is var mode && (mode & ~Owner) != UnixFileMode.None
            ? mode
            : null;
    }

    /// <summary>Writes zeros, so that the space is allocated: setting the length allocates nothing.</summary>
    public static void WriteZeros(SafeFileHandle handle, long at, long count)
    {
        var zeros = new byte[(int)Math.Min(ZeroBlock, count)];
        while (count > 0)
        {
            var block = (int)Math.Min(zeros.Length, count);
            RandomAccess.Write(handle, zeros.AsSpan(0, block), at);
            at += block;
            count -= block;
        }
    }

    /// <summary>Allocates what a copied file may lack: a copy of zeros is often a hole.</summary>
    /// <exception cref="IOException">The disk has no room.</exception>
    public static void Allocate(SafeFileHandle handle, long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Another error means that the file system cannot say: it is as good as before.
        var error = PosixAllocate(handle, 0, length);
        if (error is NoSpace or OverQuota)
        {
            throw new IOException("No space left on device", error);
        }
    }

    /// <summary>
    /// Waits until what was written to allocated space is on the disk. On Linux without the file's times: writing them needs the file
    /// system's journal, which makes everybody wait who writes to the file meanwhile.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FlushData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (SyncData(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    /// <summary>Says in the book's words what kept a file from being opened.</summary>
    public static BookFileException Describe(string path, Exception e) => e as BookFileException ?? e.HResult switch
    {
        NoSpace or OverQuota or WindowsDiskFull =>
            new BookFileException(BookFileError.NoSpace, $"There is no room on the disk for {path}.", e),
        WouldBlock or WindowsSharing => new BookFileException(
            BookFileError.Locked,
            $"{path} is open already, in this process or another one; a book's file has one user at a time. "
            + $"If that process hangs, {nameof(CancelBook.OpenReadOnly)} takes a copy to list or fire.",
            e),
        _ => new BookFileException(BookFileError.NotAccessible, $"{path} is not accessible: {e.Message.TrimEnd('.')}.", e),
    };

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PosixAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
