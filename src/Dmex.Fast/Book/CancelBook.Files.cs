using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <content>Books in files.</content>
public sealed partial class CancelBook
{
    /// <summary>What was found when the book was opened.</summary>
    public BookRecovery Recovered { get; private set; }

    /// <summary>
    /// Why the book's file does not record what changes, and what to do; null while it does, or when there is no file. The book goes
    /// on in memory, and a panic fires it. A failed write is tried again every second, and this is null again when it succeeded; a
    /// file that was deleted or overwritten is noticed within about a second and given up.
    /// </summary>
    public BookFileException? StorageFailure => _recorder?.Failure;

    /// <summary>The book's file as this book has it open, by its path and its mark; null without a file.</summary>
    internal (string Path, Guid Mark)? FileIdentity { get; private set; }

    /// <summary>Called outside the lock, on whatever thread, when <see cref="StorageFailure"/> changed; must only wake someone.</summary>
    internal Action? StorageChanged { get; set; }

    /// <summary>
    /// Makes a book that is recorded in a new file, of mode 0600, with all its space allocated. A process that ends in any way loses
    /// nothing that a call of arming, disarming, marking, forgetting or resetting had returned; what a panic and the venue's replies
    /// change is written within milliseconds after. A power failure loses what was not flushed (<see cref="Flush"/>).
    /// </summary>
    /// <param name="path">A file that is not there yet, on a local disk or in memory (tmpfs).</param>
    /// <param name="options">As for <see cref="Create(CancelBookOptions, SigningKey?)"/>.</param>
    /// <param name="key">As for <see cref="Create(CancelBookOptions, SigningKey?)"/>; it is never written to the file.</param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    /// <exception cref="BookFileException">The file is there already, cannot be created, or the disk has no room for it.</exception>
    public static CancelBook CreateFile(string path, CancelBookOptions options, SigningKey? key = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateNew();
        path = Path.GetFullPath(path);
        var preamble = new BookPreamble(options.Capacity, options.AccountFor(key), options.Endpoint!);
        var file = BookFile.Create(path, preamble);
        try
        {
            var book = new CancelBook(preamble.Capacity, preamble.Account, preamble.Endpoint, options, key);
            book.Record(file, sequence: 0);
            book.FileIdentity = (path, file.Mark);
            return book;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a book's file: its orders are armed as they were, and its latches hold. Those whose cancels were sent before
    /// without a final answer are sent again by the next panic.
    /// </summary>
    /// <param name="path">A file of <see cref="CreateFile"/>. No other process may have it open, and no other user may read it.</param>
    /// <param name="key">The account's key, to arm further orders by their hash; null to fire what is armed.</param>
    /// <param name="options">
    /// The policies; the defaults when null. A capacity, account or endpoint in it must be the file's.
    /// </param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    /// <exception cref="BookFileException">
    /// The file is not there, not a book, damaged, of another version, in use, open to others, or not the expected one; the message says
    /// which, and what to do.
    /// </exception>
    public static CancelBook OpenFile(string path, SigningKey? key = null, CancelBookOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CancelBookOptions();
        options.Validate();
        path = Path.GetFullPath(path);
        var file = BookFile.Open(path, found => BookLoader.Check(path, found, options, key), out var preamble);
        try
        {
            var book = new CancelBook(preamble.Capacity, preamble.Account, preamble.Endpoint, options, key);
            book.Record(file, book.Load(file));
            book.FileIdentity = (path, file.Mark);
            return book;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a book's file as <see cref="OpenFile"/> does where there is one, and makes it as <see cref="CreateFile"/> does where there is
    /// none: for a program that starts again and again.
    /// </summary>
    /// <param name="path">A file of a book, or none yet.</param>
    /// <param name="options">Capacity and endpoint as for a new book; those of a file that is there must be the same.</param>
    /// <param name="key">The account's key; null to arm with given signatures only.</param>
    /// <exception cref="ArgumentException">An option is wrong, or the key is another account's; the message says which.</exception>
    /// <exception cref="BookFileException">The file can be neither opened nor created, or is not the expected one; the message says
    /// why.</exception>
    public static CancelBook OpenOrCreateFile(string path, CancelBookOptions options, SigningKey? key = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateNew();
        return File.Exists(path) ? OpenFile(path, key, options) : CreateFile(path, options, key);
    }

    /// <summary>
    /// Makes a book in memory of what a file holds now, without a lock and without changing the file: for a book whose process hangs, or
    /// one on a file system that is read-only. The orders can be listed and fired. The file does not learn what becomes of them, and the
    /// process that has it open may fire them too, which does no harm: a cancel can be sent twice.
    /// </summary>
    /// <param name="path">A file of <see cref="CreateFile"/>, which others than its owner may not read.</param>
    /// <param name="options">As for <see cref="OpenFile"/>.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message says which.</exception>
    /// <exception cref="BookFileException">
    /// The file is not there, not a book, damaged, of another version, open to others, or not the expected one.
    /// </exception>
    public static CancelBook OpenReadOnly(string path, CancelBookOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new CancelBookOptions();
        options.Validate();
        using var file = BookFile.OpenToCopy(path, found => BookLoader.Check(path, found, options, key: null), out var preamble);
        var book = new CancelBook(preamble.Capacity, preamble.Account, preamble.Endpoint, options, key: null);
        _ = book.Load(file);
        return book;
    }

    /// <summary>
    /// Waits until everything that changed before the call is on the disk: from then on it survives a power failure. Without a file it
    /// does nothing. Others may use the book meanwhile.
    /// </summary>
    /// <exception cref="BookFileException">The file does not record what changes; see <see cref="StorageFailure"/>.</exception>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    public void Flush()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
        }

        _recorder?.Flush();
    }

    /// <summary>
    /// Has the book's file learn what panics and replies changed, by another thread: to be called after their frames have left. Does
    /// not wait, and costs nothing when nothing changed. Without the call it happens within a second.
    /// </summary>
    internal void HandToJournal() => _recorder?.Signal();

    /// <summary>
    /// Has a journal receive every change from now on, beside the book's file, and first all that there is: when this returns, it has
    /// that. The journal must neither throw nor block; it is disposed with the book.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The book is disposed.</exception>
    internal void AddJournal(IBookJournal journal)
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _recorder ??= new BookRecorder(_lock, _orders.Store, _latches, null, sequence: 0, () => StorageChanged?.Invoke());
        }

        _recorder.AddJournal(journal);
    }

    /// <summary>Ends <see cref="AddJournal"/>; the journal is not called any more, and not disposed.</summary>
    internal void RemoveJournal(IBookJournal journal) => _recorder?.RemoveJournal(journal);

    /// <summary>Hands the whole book to the journals again; when this returns, they have it.</summary>
    internal void WriteWhole() => _recorder?.WriteWhole();

    private ulong Load(BookFile file)
    {
        var loader = new BookLoader(file, _orders, _latches, _keys);
        loader.Load();
        Firing.Resume();
        Recovered = loader.Recovered;
        return loader.LatestSequence;
    }

    private void Record(IBookJournal journal, ulong sequence) => _recorder = new BookRecorder(
        _lock, _orders.Store, _latches, journal, sequence, () => StorageChanged?.Invoke());
}
