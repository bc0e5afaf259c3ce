using Dmex.Fast.Book.Storage;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

/// <summary>Keeps the records that it is given, and can be blocked or made to fail, as a disk may.</summary>
internal sealed class StubJournal : IBookJournal
{
    private readonly Lock _lock = new();
    private readonly List<BookRecord> _records = [];
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly ManualResetEventSlim _flushOpen = new(initialState: true);
    private volatile Exception? _failure;
    private volatile int _blocked;
    private volatile int _flushing;

    public bool IsDisposed { get; private set; }

    /// <summary>How many writes are waiting.</summary>
    public int Blocked => _blocked;

    /// <summary>How many flushes are waiting.</summary>
    public int Flushing => _flushing;

    /// <summary>Thrown by every write and flush.</summary>
    public Exception? Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>Thrown by the next flush alone.</summary>
    public Exception? FlushFailure { get; set; }

    /// <summary>Thrown when the journal is verified.</summary>
    public BookFileException? Loss { get; set; }

    public BookRecord[] Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>From now on no write returns, until <see cref="Unblock"/>.</summary>
    public void Block() => _open.Reset();

    /// <summary>From now on no flush returns, until <see cref="Unblock"/>; writes do.</summary>
    public void BlockFlush() => _flushOpen.Reset();

    public void Unblock()
    {
        _open.Set();
        _flushOpen.Set();
    }

    /// <summary>The latest record of each slot that holds an order.</summary>
    public Dictionary<int, BookRecord> Orders() => Records.Where(record => record.Kind == BookRecordKind.Order)
        .GroupBy(record => record.Place).Select(group => group.MaxBy(record => record.Sequence))
        .Where(record => record.State != BookEntryState.Free).ToDictionary(record => Books.Number(record.Hash));

    public void Write(ReadOnlySpan<BookRecord> records)
    {
        if (!_open.IsSet)
        {
            _ = Interlocked.Increment(ref _blocked);
            Assert.True(_open.Wait(Wait.Long));
            _ = Interlocked.Decrement(ref _blocked);
        }

        ThrowIfFailing();
        lock (_lock)
        {
            _records.AddRange(records);
        }
    }

    public void Flush()
    {
        if (!_flushOpen.IsSet)
        {
            _ = Interlocked.Increment(ref _flushing);
            Assert.True(_flushOpen.Wait(Wait.Long));
            _ = Interlocked.Decrement(ref _flushing);
        }

        ThrowIfFailing();
        if (FlushFailure is { } failure)
        {
            FlushFailure = null;
            throw failure;
        }
    }

    public void Verify()
    {
        if (Loss is { } loss)
        {
            throw loss;
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        _open.Dispose();
        _flushOpen.Dispose();
    }

    private void ThrowIfFailing()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }
}
