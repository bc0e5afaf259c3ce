using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>Books in files.</summary>
public sealed unsafe partial class CancelBook
{
    private readonly Lock _flushLock = new();

    /// <summary>What was found when the book was opened.</summary>
    public BookRecovery Recovered { get; private set; }

    /// <summary>
    /// Makes a book in a new file, of mode 0600, with all its space allocated. A process that ends in any way loses at most
    /// the order that it was arming; a power cut loses what was not flushed (<see cref="Flush"/>).
    /// </summary>
    /// <param name="path">A file that is not there yet, on a local disk or in memory (tmpfs).</param>
    /// <param name="options">As for <see cref="Create"/>.</param>
    /// <param name="key">As for <see cref="Create"/>; it never comes into the file.</param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    /// <exception cref="BookFileException">The file is there already, cannot be made, or the disk has no room for it.</exception>
    public static CancelBook CreateFile(string path, CancelBookOptions options, SigningKey? key = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateNew();
        var preamble = new BookPreamble(options.Capacity, AccountOf(options, key), options.Endpoint!);
        return FromFile(BookFile.Create(path, preamble), preamble, options, key, missing: 0);
    }

    /// <summary>
    /// Opens a book's file: its orders are armed as they were, and its latches hold. Those whose cancels were sent before
    /// without a final answer are sent again by the next panic.
    /// </summary>
    /// <param name="path">A file of <see cref="CreateFile"/>. Nobody else may have it open, or be allowed to read it.</param>
    /// <param name="key">The account's key, to arm further orders by their hash; null to fire what is armed.</param>
    /// <param name="options">
    /// The policies; the defaults when null. A capacity, account or endpoint in it must be the file's.
    /// </param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    /// <exception cref="BookFileException">The file is not there, not a book, damaged, in use, open to others, or not the expected one.</exception>
    public static CancelBook OpenFile(string path, SigningKey? key = null, CancelBookOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CancelBookOptions();
        options.Validate();
        var file = BookFile.Open(path, found => CheckFound(path, found, options, key), out var preamble, out var missing);
        return FromFile(file, preamble, options, key, missing);
    }

    /// <summary>
    /// Waits until what is armed now is on the disk: from then on it survives a power cut. Without a file it does nothing.
    /// Others may use the book meanwhile.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public void Flush()
    {
        lock (_flushLock)
        {
            ThrowIfDisposed();
            _memory.Flush();
        }
    }

    private static CancelBook FromFile(BookFile file, BookPreamble preamble, CancelBookOptions options, SigningKey? key, long missing)
    {
        try
        {
            var book = new CancelBook(file, new BookLayout(preamble.Capacity), preamble.Account, preamble.Endpoint, options, key);
            book._header.CountOpening();
            book.Recover(missing);
            return book;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void CheckFound(string path, BookPreamble found, CancelBookOptions options, SigningKey? key)
    {
        if (options.Account is { } account && account != found.Account)
        {
            throw new BookFileException(
                BookFileError.OtherAccount, $"{path} holds the orders of {found.Account}, and those of {account} were expected.");
        }

        CheckKey(found.Account, key);
        if (options.Endpoint is not null && options.Endpoint != found.Endpoint)
        {
            throw new BookFileException(
                BookFileError.OtherEndpoint, $"{path} holds orders at {found.Endpoint}, and {options.Endpoint} was expected.");
        }

        if (options.Capacity != 0 && options.Capacity != found.Capacity)
        {
            throw new BookFileException(
                BookFileError.OtherLength, $"{path} is a book of {found.Capacity} orders, and one of {options.Capacity} was expected.");
        }
    }

    /// <summary>Takes in what the file holds, and frees slots that are not whole.</summary>
    private void Recover(long missing)
    {
        var torn = 0;
        var firedBefore = 0;
        for (var slot = 0; slot < Capacity; slot++)
        {
            var word = _words[slot];
            if (word == BookWord.Free)
            {
                continue;
            }

            var whole = IsWhole(slot, word);
            if (!whole || _index.Find(_entries[slot].Hash) >= 0)
            {
                // The second slot of an order: a power cut kept an old one that had been freed.
                Volatile.Write(ref _words[slot], BookWord.Free);
                torn += whole ? 0 : 1;
                continue;
            }

            firedBefore += BookWord.State(word) == BookEntryState.Armed ? 0 : 1;
            TakeIn(slot, word);
        }

        Recovered = new BookRecovery(_armedCount, firedBefore, torn, missing, _latches.Count, _header.Openings);
    }

    private bool IsWhole(int slot, uint word)
    {
        ref var entry = ref _entries[slot];
        if (!BookWord.IsValid(word, entry.Generation))
        {
            return false;
        }

        var record = Record(slot, word);
        var frame = BookChecksum.OfFrame(Frame(slot), entry.Hash);
        return record.Priority < Priorities
            && record.Checksum == BookChecksum.OfTag(record.Tag, record.Priority, slot, entry.Generation)
            && entry.Checksum == BookChecksum.InSlot(frame, slot, entry.Generation);
    }

    private void TakeIn(int slot, uint word)
    {
        var record = Record(slot, word);
        var priority = (int)record.Priority;
        _slots.TakeAt(slot, priority);
        _index.Add(_entries[slot].Hash, slot);
        _generationOf[slot] = _entries[slot].Generation;
        Take(slot, record.Tag, priority);
        _pendingCount += BookWord.IsLive(word) ? 0 : 1;
        if (IsReplaceable(word))
        {
            _ages?.Add(slot, priority);
        }
    }
}
