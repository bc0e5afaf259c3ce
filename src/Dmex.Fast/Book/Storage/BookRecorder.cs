using System.Diagnostics;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// The one writer of records: hands what changed in a book to its journal. What a caller waits for is written by its own thread
/// (<see cref="Write"/>); what a panic or a reply changes is written by a thread of the recorder's, after
/// <see cref="Signal"/>. Thread-safe.
/// </summary>
/// <remarks>
/// Two locks: the recorder's, held while records are taken and the journal writes them, and inside it the book's, held only while
/// records are copied. Firing a panic takes the book's lock alone, so that a disk cannot hold it up. A change sets its
/// slot's bit under the book's lock; the bit is cleared only by the holder of the recorder's lock, who keeps it until the journal
/// has returned. So a caller that changed a slot and then gets the recorder's lock finds the bit set, and writes the record; or
/// finds it cleared, and a record as new as its change is in the journal. Either way a kill after that loses nothing.
/// </remarks>
internal sealed class BookRecorder : IDisposable
{
    /// <summary>Records that one hold of the book's lock copies: about a microsecond.</summary>
    private const int Batch = 16;

    /// <summary>How often the journal is verified, a failed write is tried again, and changes that were not signaled are written.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>After a signal the thread collects changes for so long, so that a burst of replies wakes it once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly Lock _failureLock = new();
    private readonly Lock _verifyLock = new();
    private readonly Lock _bookLock;
    private readonly BookStore _store;
    private readonly BookLatches _latches;
    private readonly BookJournals _journal;
    private readonly Action _failureChanged;
    private readonly BookRecord[] _batch = new BookRecord[Batch];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private ulong _sequence;
    private bool _isClosed;
    private volatile BookFileException? _failure;
    private volatile bool _isLost;
    private volatile bool _isStopping;

    /// <param name="bookLock">The lock of the book that the store and the latches belong to.</param>
    /// <param name="store">Where orders change.</param>
    /// <param name="latches">Where latches change.</param>
    /// <param name="journal">Receives the records; disposed with the recorder. Null for none yet.</param>
    /// <param name="sequence">The highest that was used before.</param>
    /// <param name="failureChanged">
    /// Called outside all locks, on whatever thread, when <see cref="Failure"/> changed; must only wake someone.
    /// </param>
    public BookRecorder(
        Lock bookLock, BookStore store, BookLatches latches, IBookJournal? journal, ulong sequence, Action failureChanged)
    {
        Debug.Assert(Batch >= BookLatches.Max, "The latches are written by one call.");
        _bookLock = bookLock;
        _store = store;
        _latches = latches;
        _journal = new BookJournals(journal);
        _sequence = sequence;
        _failureChanged = failureChanged;
        _thread = new Thread(Loop) { IsBackground = true, Name = "dmex-book" };
        _thread.Start();
    }

    /// <summary>Why changes are not recorded; null while they are.</summary>
    public BookFileException? Failure => _failure;

    /// <summary>Has one more journal receive every change, and first all that there is: when this returns, it has that.</summary>
    public void AddJournal(IBookJournal journal)
    {
        lock (_lock)
        {
            _journal.Add(journal);
        }

        WriteWhole();
    }

    /// <summary>Ends <see cref="AddJournal"/>: the journal is not called any more, and not disposed.</summary>
    public void RemoveJournal(IBookJournal journal)
    {
        lock (_lock)
        {
            _journal.Remove(journal);
        }
    }

    /// <summary>Hands every slot that was ever used to the journals again, and returns when they have it or have failed.</summary>
    public void WriteWhole()
    {
        lock (_bookLock)
        {
            _store.MarkAllChanged();
            _latches.MarkChanged();
        }

        WriteAll();
    }

    /// <summary>
    /// Writes what changed in a slot, and returns when the journal has it, whichever thread wrote it. Where the journal fails, returns at
    /// once: the thread tries again.
    /// </summary>
    public void Write(int slot)
    {
        if (_failure is not null)
        {
            return;
        }

        BookFileException? failure;
        lock (_lock)
        {
            failure = WriteSlots(slot / BookSlots.PerWord, 1UL << (slot % BookSlots.PerWord), out _);
        }

        // Its success says nothing about what else failed.
        if (failure is not null)
        {
            SetFailure(failure);
        }
    }

    /// <summary>Has the thread write what changed; does not wait. Cheap when nothing did.</summary>
    public void Signal()
    {
        if (_store.HasChanges && _wake.CurrentCount == 0)
        {
            _ = _wake.Release();
        }
    }

    /// <summary>Writes everything that changed before the call, and returns when the journal has it or has failed.</summary>
    public void WriteAll()
    {
        if (!_isLost)
        {
            SetFailure(WriteChanges());
        }
    }

    /// <summary>As <see cref="WriteAll"/>, and then waits until it is safe from a power failure. Holds no lock while it waits.</summary>
    /// <exception cref="BookFileException">The journal fails.</exception>
    public void Flush()
    {
        WriteAll();
        ThrowIfFailed();
        try
        {
            _journal.Flush();
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            // After a flush that failed the system may take what it could not write for written: the next one must not say that it is safe.
            lock (_bookLock)
            {
                _store.MarkAllChanged();
                _latches.MarkChanged();
            }

            SetFailure(AsFailure(e));
        }

        Verify();
        ThrowIfFailed();
    }

    /// <summary>Writes what changed, ends the thread, and disposes the journal. The book takes no more changes by then.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _ = _wake.Release();
        _thread.Join();
        WriteAll();

        lock (_lock)
        {
            _isClosed = true;
            _batch.AsSpan().Clear(); // signatures
        }

        _journal.Dispose();
    }

    private void Loop()
    {
        var checkedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            var isSignaled = _wake.Wait(Interval);
            if (_isStopping)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(checkedAt) >= Interval)
            {
                Verify();
                checkedAt = Stopwatch.GetTimestamp();
            }

            WriteAll();
            if (isSignaled)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private BookFileException? WriteChanges()
    {
        lock (_lock)
        {
            // First the latches: killed in between, the file has a latch and orders that were not fired yet, which is safe.
            if (WriteLatches() is { } failure)
            {
                return failure;
            }
        }

        for (var word = 0; word < _store.Words; word++)
        {
            for (var count = _store.HasChangesIn(word) ? Batch : 0; count == Batch;)
            {
                // Taken again for each batch, so that a thread that waits for a single write gets its turn.
                lock (_lock)
                {
                    if (WriteSlots(word, ulong.MaxValue, out count) is { } failure)
                    {
                        return failure;
                    }
                }
            }
        }

        // What others had taken before is written when the lock is free.
        lock (_lock)
        {
            return null;
        }
    }

    private BookFileException? WriteLatches()
    {
        int count;
        lock (_bookLock)
        {
            _store.HasChanges = false;
            count = _latches.TakeChanges(_batch);
        }

        if (count == 0 || WriteBatch(count) is not { } failure)
        {
            return null;
        }

        lock (_bookLock)
        {
            _latches.MarkChanged();
            _store.HasChanges = true;
        }

        return failure;
    }

    private BookFileException? WriteSlots(int word, ulong among, out int count)
    {
        count = 0;
        if (_isClosed)
        {
            return null;
        }

        lock (_bookLock)
        {
            count = _store.TakeChanges(word, among, _batch);
        }

        if (count == 0 || WriteBatch(count) is not { } failure)
        {
            return null;
        }

        lock (_bookLock)
        {
            for (var i = 0; i < count; i++)
            {
                _store.MarkChanged(_batch[i].Place);
            }
        }

        return failure;
    }

    private BookFileException? WriteBatch(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _batch[i].Seal(++_sequence);
        }

        try
        {
            _journal.Write(_batch.AsSpan(0, count));
            return null;
        }
        catch (Exception e)
        {
            return AsFailure(e);
        }
    }

    private void Verify()
    {
        if (_isLost)
        {
            return;
        }

        try
        {
            lock (_verifyLock)
            {
                _journal.Verify();
            }
        }
        catch (BookFileException e)
        {
            SetFailure(e, isLost: true);
        }
    }

    private void SetFailure(BookFileException? failure, bool isLost = false)
    {
        lock (_failureLock)
        {
            // What is lost stays lost; of failed writes in a row the first is told.
            if (_isLost || (!isLost && (failure is null) == (_failure is null)))
            {
                return;
            }

            _isLost = isLost;
            _failure = failure;
        }

        _failureChanged();
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new BookFileException(failure.Error, failure.Message, failure);
        }
    }

    private static BookFileException AsFailure(Exception e) => e as BookFileException
        ?? new BookFileException(BookFileError.WriteFailed, $"The book's changes are not recorded: {e.Message}", e);
}
