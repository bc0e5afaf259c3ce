using Dmex.Fast.Book;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookJournalTests(ITestOutputHelper output) : IDisposable
{
    private readonly StubJournal _journal = new();

    public void Dispose() => _journal.Unblock();

    [Fact]
    public void Each_change_is_recorded_before_its_call_returns()
    {
        using var book = Create(10);
        Books.ArmMany(book, 1, 1, tag: 7, priority: 3);
        var armed = _journal.Records[^1];
        Assert.Equal((BookEntryState.Armed, 7UL, 3, false), (armed.State, armed.Tag, armed.Priority, armed.IsLive));
        Assert.Equal(Books.Hash(1), armed.Hash);
        Assert.Equal(Books.SignatureOf(1), armed.Signature);
        Assert.Equal(ArmResult.Updated, Books.Arm(book, 1, 8, 4));
        Assert.Equal((8UL, 4), (_journal.Records[^1].Tag, _journal.Records[^1].Priority));
        Assert.True(book.MarkLive(Books.Hash(1)));
        Assert.True(_journal.Records[^1].IsLive);
        Assert.Equal(ArmResult.AlreadyArmed, Books.Arm(book, 1, 8, 4));
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(1)));
        var removed = _journal.Records[^1];
        Assert.Equal((BookEntryState.Free, Books.Hash(1)), (removed.State, removed.Hash));
        Assert.DoesNotContain(removed.Signature.AsSpan().ToArray(), value => value != 0);
        Assert.Equal(4, _journal.Records.Length);
        CheckSequences();
    }

    [Fact]
    public void What_a_panic_and_the_replies_change_is_recorded_after_a_signal()
    {
        using var book = Create(200);
        Books.ArmMany(book, 0, 100, tag: 1);
        var fired = Books.Panic(book, new BookScope(1, 1));
        Assert.Equal(100, fired.Count);
        book.HandToJournal();
        Wait.UntilSync(() => _journal.Orders().Values.All(order => order.State == BookEntryState.Fired), "the file knows what was fired");
        var latch = Assert.Single(_journal.Records, record => record.Kind == BookRecordKind.Latch && record.State == BookEntryState.Armed);
        Assert.Equal((1UL, 1UL, 1u), (latch.Tag, latch.Value, latch.Generation));

        Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.Rejected));
        book.HandToJournal();
        Wait.UntilSync(
            () =>
                _journal.Orders() is var orders && !orders.ContainsKey(0) && orders[1].State == BookEntryState.Rejected,
                "the file knows the answers");
        book.Reset();
        Assert.Equal(BookEntryState.Free, _journal.Records.Last(record => record is { Kind: BookRecordKind.Latch, Place: 0 }).State);
        CheckSequences();
    }

    [Fact]
    public void A_journal_that_blocks_delays_no_panic()
    {
        using var book = Create(1000);
        Books.ArmMany(book, 0, 500);
        _journal.Block();
        var armed = false;
        var arming = new Thread(() =>
        {
            Books.ArmMany(book, 900, 1, tag: 2);
            Volatile.Write(ref armed, true);
        });
        arming.Start();
        Wait.UntilSync(() => _journal.Blocked > 0, "a write is blocked");

        // All of this returns while the journal is blocked, or the test hangs.
        Assert.Equal(501, Books.Panic(book, BookScope.All).Count);
        book.HandToJournal();
        var place = book.Firing.Locate(Books.Hash(3));
        Assert.True(book.Firing.CopyFrame(place.Slot, place.Generation, new byte[300], 1));
        Assert.True(book.Firing.Settle(Books.Hash(3), CancelOutcomeKind.Confirmed));
        book.HandToJournal();
        Assert.Equal(new BookCounts(0, 500, 0, 500), book.CountsByState);
        Assert.Equal(500, book.ListOrders(BookScope.All).Count);
        var takenOver = new List<FiredOrder>();
        Assert.Empty(Books.Panic(book, BookScope.All, takenOver: takenOver));
        Assert.Equal(500, takenOver.Count);

        // Who arms does wait.
        Assert.False(Volatile.Read(ref armed));
        _journal.Unblock();
        Assert.True(arming.Join(Wait.Long));
        book.Flush();
        Assert.Equal(500, _journal.Orders().Values.Count(order => order.State == BookEntryState.Fired));
    }

    [Fact]
    public void A_flush_that_blocks_delays_nothing_else()
    {
        using var book = Create(100);
        Books.ArmMany(book, 0, 50);
        _journal.BlockFlush();
        var flushing = new Thread(book.Flush);
        flushing.Start();
        Wait.UntilSync(() => _journal.Flushing > 0, "a flush is under way");

        // All of this returns while the flush is under way, or the test hangs.
        Books.ArmMany(book, 50, 10);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(50)));
        Assert.True(book.MarkLive(Books.Hash(51)));
        Assert.True(book.Forget(Books.Hash(52)));
        Assert.Equal(58, Books.Panic(book, BookScope.All).Count);
        Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.Confirmed));
        book.HandToJournal();
        book.Reset();
        Assert.Equal(1, _journal.Flushing);
        _journal.Unblock();
        Assert.True(flushing.Join(Wait.Long));
        Assert.Equal(57, _journal.Orders().Count);
    }

    [Fact]
    public void An_order_that_meets_a_latch_is_handed_to_the_panic_before_its_record_is_written()
    {
        using var book = Create(10);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(BookScope.All), BookScope.All);
        using var told = new SemaphoreSlim(0);
        book.Firing.LatchMet = () => told.Release();
        _journal.Block();
        var arming = new Thread(() => Books.Arm(book, 1));
        arming.Start();
        Assert.True(told.Wait(Wait.Long));
        Assert.Equal([1], Books.Numbers(Books.FireAll(book, ref cursor)));
        _journal.Unblock();
        Assert.True(arming.Join(Wait.Long));
    }

    [Fact]
    public void A_journal_that_fails_is_told_and_the_book_goes_on_in_memory()
    {
        using var book = Create(10);
        var changes = 0;
        book.StorageChanged = () => Interlocked.Increment(ref changes);
        Books.ArmMany(book, 0, 2);
        _journal.Failure = new IOException("Read-only file system");
        Books.ArmMany(book, 2, 2);
        var failure = Assert.IsType<BookFileException>(book.StorageFailure);
        Assert.Equal(BookFileError.WriteFailed, failure.Error);
        Assert.Contains("Read-only file system", failure.Message, StringComparison.Ordinal);
        Assert.Equal(BookFileError.WriteFailed, Assert.Throws<BookFileException>(book.Flush).Error);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
        Assert.Equal([1, 2, 3], Books.Numbers(Books.Panic(book, BookScope.All)).Order());
        book.Reset();
        Assert.Equal(1, changes);

        // When it works again, it gets all that it missed.
        _journal.Failure = null;
        Wait.UntilSync(() => book.StorageFailure is null, "the write is tried again");
        book.Flush();
        Assert.Equal(2, changes);
        Assert.Equal([1, 2, 3], _journal.Orders().Keys.Order());
        Assert.All(_journal.Orders().Values, order => Assert.Equal(BookEntryState.Fired, order.State));
    }

    [Fact]
    public void After_a_flush_that_failed_everything_is_written_again_before_one_succeeds()
    {
        using var book = Create(100);
        Books.ArmMany(book, 0, 60);
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(0)));
        _journal.FlushFailure = new IOException("Input/output error");
        Assert.Contains("Input/output error", Assert.Throws<BookFileException>(book.Flush).Message, StringComparison.Ordinal);
        var written = _journal.Records.Length;
        book.Flush();
        var again = _journal.Records[written..].Where(record => record.Kind == BookRecordKind.Order).Select(record => record.Place);
        Assert.Equal(Enumerable.Range(0, 60), again.Distinct().Order());
        Assert.Null(book.StorageFailure);
    }

    [Fact]
    public void A_journal_that_is_lost_is_told_once_and_given_up()
    {
        using var book = Create(10);
        Books.ArmMany(book, 0, 2);
        _journal.Loss = new BookFileException(BookFileError.Missing, "The file was deleted.");
        Wait.UntilSync(() => book.StorageFailure is not null, "the loss is noticed");
        _journal.Loss = null;
        var written = _journal.Records.Length;
        Books.ArmMany(book, 2, 2);
        Assert.Equal(BookFileError.Missing, Assert.Throws<BookFileException>(book.Flush).Error);
        Assert.Equal(written, _journal.Records.Length);
        Assert.Equal(4, Books.Panic(book, BookScope.All).Count);
    }

    [Fact]
    public void A_disposed_book_has_handed_on_everything()
    {
        var book = Create(300);
        Books.ArmMany(book, 0, 300);
        _ = Books.Panic(book, BookScope.All);
        book.Dispose();
        Assert.True(_journal.IsDisposed);
        Assert.Equal(300, _journal.Orders().Values.Count(order => order.State == BookEntryState.Fired));
        Assert.Throws<ObjectDisposedException>(book.Flush);
    }

    [Fact]
    public void Threads_that_change_the_same_orders_leave_their_last_state_in_the_journal()
    {
        var random = Seed.Create(output);
        var seeds = Enumerable.Range(0, 3).Select(_ => random.Next()).ToArray();
        using var book = Create(64);
        var threads = seeds.Select(seed => new Thread(() =>
        {
            var own = new Random(seed);
            for (var i = 0; i < 5000; i++)
            {
                var number = own.Next(40);
                _ = own.Next(5) switch
                {
                    0 or 1 or 2 => Books.Arm(book, number, (ulong)own.Next(4), own.Next(8)) == ArmResult.Full,
                    3 => book.Disarm(Books.Hash(number)) == DisarmResult.Removed,
                    _ => book.MarkLive(Books.Hash(number)),
                };
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(Wait.Long)));
        Assert.Equal(
            book.ListOrders(BookScope.All).Select(order => (Books.Number(order.Hash), order.Tag, order.Priority, order.Pending)).Order(),
            _journal.Orders().Values.Select(order => (Books.Number(order.Hash), order.Tag, (int)order.Priority, !order.IsLive)).Order());
        CheckSequences();
    }

    private CancelBook Create(int capacity) => CancelBook.Create(Books.Options(capacity), key: null, _journal);

    private void CheckSequences()
    {
        var records = _journal.Records;
        Assert.Equal(records.Select(record => record.Sequence).Order(), records.Select(record => record.Sequence));
        Assert.Equal(records.Length, records.Select(record => record.Sequence).Distinct().Count());
        Assert.All(records, record => Assert.True(record.IsWhole(record.Kind, record.Place)));
    }
}
