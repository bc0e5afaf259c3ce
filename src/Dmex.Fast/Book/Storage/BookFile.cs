using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// A book's memory in a mapped file: locked against every other book, for its owner alone, and with all its space
/// allocated, because a write to a mapped page that the disk has no room for ends the process.
/// </summary>
internal sealed unsafe partial class BookFile : BookMemory
{
    private const int ZeroBlock = 1 << 20;

    // errno: no space, over quota, a lock that is held, not supported.
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WouldBlock = 11;

    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsSharing = unchecked((int)0x80070020);

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    private BookFile(FileStream stream, long length)
    {
        _stream = stream;
        _map = MemoryMappedFile.CreateFromFile(
            stream, mapName: null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite);
        }
        catch
        {
            _map.Dispose();
            throw;
        }

        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Base = pointer + _view.PointerOffset;
        Length = length;
        Prefault();
    }

    /// <summary>Makes a file that is not there yet.</summary>
    /// <exception cref="BookFileException">It is there, cannot be made, or the disk is full; then nothing is left of it.</exception>
    public static BookFile Create(string path, BookPreamble preamble)
    {
        var header = new byte[BookLayout.HeaderSize];
        preamble.Write(header);
        var length = new BookLayout(preamble.Capacity).Length;
        var stream = OpenStream(path, FileMode.CreateNew);
        try
        {
            WriteZeros(stream, 0, length);
            stream.Flush(flushToDisk: true);
            var file = new BookFile(stream, length);
            var mapped = new Span<byte>(file.Base, header.Length);
            header.CopyTo(mapped);
            BookPreamble.Complete(mapped);
            file.Flush();

            // Flushing made the pages clean, and the first write to a clean page is slow.
            file.Prefault();
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream.Dispose();
            File.Delete(path);
            throw Describe(path, e);
        }
    }

    /// <summary>Opens a file and fills up what is missing at its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="check">Sees what the file holds before anything is changed; throws when it is not what was expected.</param>
    /// <param name="preamble">What the file holds.</param>
    /// <param name="missing">How many bytes were missing.</param>
    /// <exception cref="BookFileException">It is not there, not a book, or not to be used; the message says why. Nothing was changed.</exception>
    public static BookFile Open(string path, Action<BookPreamble> check, out BookPreamble preamble, out long missing)
    {
        var stream = OpenStream(path, FileMode.Open);
        try
        {
            CheckMode(stream.SafeFileHandle, path);
            var header = new byte[BookLayout.HeaderSize];
            var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            preamble = BookPreamble.Read(header.AsSpan(0, read), path);
            var length = new BookLayout(preamble.Capacity).Length;
            missing = length - stream.Length;
            if (missing < 0 || read < header.Length)
            {
                throw new BookFileException(
                    missing < 0 ? BookFileError.OtherLength : BookFileError.Damaged,
                    $"{path} has {stream.Length} bytes; a book of {preamble.Capacity} orders has {length}.");
            }

            check(preamble);
            WriteZeros(stream, stream.Length, missing);
            Allocate(stream.SafeFileHandle, length);
            return new BookFile(stream, length);
        }
        catch (Exception e) when (e is not BookFileException and (IOException or UnauthorizedAccessException))
        {
            stream.Dispose();
            throw Describe(path, e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        _view.Flush();
        _stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Base is not null)
        {
            Base = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Touches every page for writing, so that neither arming nor a panic is the first to.</summary>
    private void Prefault()
    {
        for (long at = 0; at < Length; at += Environment.SystemPageSize)
        {
            Volatile.Write(ref Base[at], Volatile.Read(ref Base[at]));
        }
    }

    private static FileStream OpenStream(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
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

    private static void CheckMode(SafeFileHandle handle, string path)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(handle);
        if ((mode & ~Owner) != UnixFileMode.None)
        {
            throw new BookFileException(
                BookFileError.OpenToOthers,
                $"{path} has mode {Convert.ToString((int)mode, 8)}: its frames authorise cancels, and are for its owner alone (chmod 600).");
        }
    }

    private static void WriteZeros(FileStream stream, long at, long count)
    {
        // Not by setting the length, which allocates nothing.
        var zeros = new byte[(int)Math.Min(ZeroBlock, count)];
        while (count > 0)
        {
            var block = (int)Math.Min(zeros.Length, count);
            RandomAccess.Write(stream.SafeFileHandle, zeros.AsSpan(0, block), at);
            at += block;
            count -= block;
        }
    }

    /// <summary>Allocates what a copied file may lack: a copy of zeros is often a hole.</summary>
    private static void Allocate(SafeFileHandle handle, long length)
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

    private static BookFileException Describe(string path, Exception e) => e.HResult switch
    {
        NoSpace or OverQuota or WindowsDiskFull =>
            new BookFileException(BookFileError.NoSpace, $"There is no room on the disk for {path}.", e),
        WouldBlock or WindowsSharing =>
            new BookFileException(BookFileError.Locked, $"{path} is open already, in this process or another one; a book's file has one user at a time.", e),
        _ => new BookFileException(BookFileError.NotAccessible, $"{path} is not accessible: {e.Message}", e),
    };

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PosixAllocate(SafeFileHandle file, long offset, long length);
}
