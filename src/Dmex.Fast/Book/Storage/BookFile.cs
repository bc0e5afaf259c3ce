using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// A book's file: locked against every other book, for its owner alone, with all its space allocated, and written by position,
/// one record a place. It is never mapped into memory: whatever is done to the file meanwhile is an error that is reported, and
/// cannot end the process.
/// </summary>
internal sealed class BookFile : IBookJournal
{
    private const string WhatToDo =
        "The orders stay armed in this process and a panic fires them, but nothing is recorded any more. Find out what changes the file, "
        + "create a book in a new file and arm the open orders in it.";

    private readonly string _path;
    private readonly IDisposable _owner;
    private readonly SafeFileHandle _handle;
    private readonly long _length;

    // The preamble and the opening's record as they were written, and the room that they are compared in.
    private readonly byte[] _head = new byte[BookLayout.HeaderSize + BookRecord.Size];
    private readonly byte[] _found = new byte[BookLayout.HeaderSize + BookRecord.Size];

    private BookFile(string path, IDisposable owner, SafeFileHandle handle, int capacity)
    {
        _path = path;
        _owner = owner;
        _handle = handle;
        _length = BookLayout.LengthOf(capacity);
    }

    /// <summary>How often the file was opened, its creation and this time included.</summary>
    public int Openings { get; private set; }

    /// <summary>Names the file as the book opened it last: 16 random bytes, others at each opening.</summary>
    public Guid Mark { get; private set; }

    /// <summary>How many bytes were missing at its end.</summary>
    public long Missing { get; private set; }

    /// <summary>Creates a file that is not there yet.</summary>
    /// <exception cref="BookFileException">It is there, cannot be created, or the disk is full; then nothing is left of it.</exception>
    public static BookFile Create(string path, BookPreamble preamble)
    {
        var stream = BookFileAccess.OpenExclusive(path, FileMode.CreateNew);
        var handle = stream.SafeFileHandle;
        try
        {
            var file = new BookFile(path, stream, handle, preamble.Capacity);
            preamble.Write(file._head);
            BookFileAccess.WriteZeros(handle, 0, file._length);
            RandomAccess.Write(handle, file._head.AsSpan(0, BookLayout.HeaderSize), 0);
            RandomAccess.FlushToDisk(handle);

            // Last, when all of it is on the disk: until then it is no book.
            BookPreamble.Complete(file._head);
            RandomAccess.Write(handle, file._head.AsSpan(0, BookLayout.HeaderSize), 0);
            file.WriteOpening(1);
            RandomAccess.FlushToDisk(handle);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream.Dispose();
            File.Delete(path);
            throw BookFileAccess.Describe(path, e);
        }
    }

    /// <summary>Opens a file for the only user that it has, and fills up what is missing at its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="check">Sees what the file holds before anything is changed; throws when it is not what was expected.</param>
    /// <param name="preamble">What the file holds.</param>
    /// <exception cref="BookFileException">
    /// It is not there, not a book, or not to be used; the message says why. Nothing was changed.
    /// </exception>
    public static BookFile Open(string path, Action<BookPreamble> check, out BookPreamble preamble)
    {
        var stream = BookFileAccess.OpenExclusive(path, FileMode.Open);
        return Open(path, stream, stream.SafeFileHandle, check, isCopied: false, out preamble);
    }

    /// <summary>
    /// Opens a file to read it even when another process has it open, without changing it: it may be used by a process that hangs, or be on
    /// a file system that is read-only. What the file lacks reads as zeros.
    /// </summary>
    /// <inheritdoc cref="Open(string, Action{BookPreamble}, out BookPreamble)"/>
    public static BookFile OpenToCopy(string path, Action<BookPreamble> check, out BookPreamble preamble)
    {
        var handle = BookFileAccess.OpenUnlocked(path);
        return Open(path, handle, handle, check, isCopied: true, out preamble);
    }

    /// <summary>Reads the records of the latches.</summary>
    public void ReadLatches(Span<BookRecord> records) => Read(records, BookLayout.LatchesAt);

    /// <summary>Reads records of orders.</summary>
    /// <param name="slot">The first.</param>
    /// <param name="records">Receives them; all zeros where nothing was written.</param>
    public void ReadOrders(int slot, Span<BookRecord> records) =>
        Read(records, BookLayout.OrdersAt + ((long)slot * BookRecord.Size));

    /// <summary>Reads the mark that the file has now: another one than <see cref="Mark"/> when it was opened again since.</summary>
    public Guid ReadMark()
    {
        Span<BookRecord> opening = stackalloc BookRecord[1];
        Read(opening, BookLayout.OpeningAt);
        return opening[0].Identifier;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<BookRecord> records)
    {
        try
        {
            // Neighbors go by one call. A record is never cut by a page, so that a kill finds it written or not.
            for (var start = 0; start < records.Length;)
            {
                var count = 1;
                while (start + count < records.Length && records[start + count].Kind == records[start].Kind
                    && records[start + count].Place == records[start].Place + count)
                {
                    count++;
                }

                RandomAccess.Write(
                    _handle, MemoryMarshal.AsBytes(records.Slice(start, count)), BookLayout.PositionOf(records[start]));
                start += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        try
        {
            BookFileAccess.FlushData(_handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
    }

    /// <inheritdoc/>
    public void Verify()
    {
        long length;
        int read;
        try
        {
            // By its path, so that another file in its place is found, too.
            using var handle = BookFileAccess.OpenUnlocked(_path);
            length = RandomAccess.GetLength(handle);
            read = RandomAccess.Read(handle, _found, 0);
        }
        catch (BookFileException e) when (e.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BookFileException(BookFileError.Missing, $"{_path} was deleted or renamed while the book is open. {WhatToDo}", e);
        }
        catch (IOException e) when (Directory.Exists(_path))
        {
            throw new BookFileException(
                BookFileError.Overwritten, $"{_path} was replaced by a folder while the book is open. {WhatToDo}", e);
        }
        catch (IOException)
        {
            return; // no file handle left, say: that says nothing about the file
        }

        if (length != _length || read != _found.Length || !_found.AsSpan().SequenceEqual(_head))
        {
            throw new BookFileException(
                BookFileError.Overwritten,
                length != _length
                    ? $"{_path} has {length} bytes, and had {_length} when the book was opened: it was truncated or overwritten. {WhatToDo}"
                    : $"{_path} was overwritten, or another file put in its place, while the book is open. {WhatToDo}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();

    private static BookFile Open(
        string path, IDisposable owner, SafeFileHandle handle, Action<BookPreamble> check, bool isCopied, out BookPreamble preamble)
    {
        try
        {
            BookFileAccess.CheckMode(handle, path);
            var header = new byte[BookLayout.HeaderSize];
            var read = RandomAccess.Read(handle, header, 0);
            preamble = BookPreamble.Read(header.AsSpan(0, read), path);
            var file = new BookFile(path, owner, handle, preamble.Capacity);
            var length = RandomAccess.GetLength(handle);
            file.Missing = file._length - length;
            if (file.Missing < 0 || length < BookLayout.OrdersAt)
            {
                throw new BookFileException(
                    file.Missing < 0 ? BookFileError.OtherLength : BookFileError.Damaged,
                    $"{path} has {length} bytes; a book of {preamble.Capacity} orders has {file._length}. Restore the file from a copy, "
                    + "or create a new book and arm the open orders in it.");
            }

            check(preamble);
            header.CopyTo(file._head, 0);
            Span<BookRecord> opening = stackalloc BookRecord[1];
            file.Read(opening, BookLayout.OpeningAt);
            file.Openings = opening[0].IsWhole(BookRecordKind.Opening, place: 0) ? (int)opening[0].Generation : 0;
            file.Mark = opening[0].Identifier;
            MemoryMarshal.AsBytes(opening).CopyTo(file._head.AsSpan(BookLayout.HeaderSize));
            if (!isCopied)
            {
                BookFileAccess.WriteZeros(handle, length, file.Missing);
                BookFileAccess.Allocate(handle, file._length);
                file.WriteOpening(file.Openings + 1);
            }

            return file;
        }
        catch (Exception e) when (e is not BookFileException and (IOException or UnauthorizedAccessException))
        {
            owner.Dispose();
            throw BookFileAccess.Describe(path, e);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>Marks the file as this book's: a copy of it, or another book in its place, has another mark.</summary>
    private void WriteOpening(int openings)
    {
        Openings = openings;
        Span<byte> identifier = stackalloc byte[16];
        RandomNumberGenerator.Fill(identifier);
        Span<BookRecord> record = stackalloc BookRecord[1];
        record[0] = new BookRecord { Kind = BookRecordKind.Opening, Generation = (uint)openings, Identifier = new Guid(identifier) };
        record[0].Seal(sequence: 0);
        Mark = record[0].Identifier;
        Write(record);
        MemoryMarshal.AsBytes(record).CopyTo(_head.AsSpan(BookLayout.HeaderSize));
    }

    private void Read(Span<BookRecord> records, long at)
    {
        var bytes = MemoryMarshal.AsBytes(records);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_handle, bytes, at);
            if (read == 0)
            {
                bytes.Clear(); // beyond the end
                return;
            }

            bytes = bytes[read..];
            at += read;
        }
    }

    private BookFileException NotWritten(Exception e) => new(
        BookFileError.WriteFailed,
        $"{_path} cannot be written: {e.Message} The orders stay armed in this process and a panic fires them, but a restart does not find "
        + "what changed since. Free space on the disk or make the file system writable: the write is tried again every second.",
        e);
}
