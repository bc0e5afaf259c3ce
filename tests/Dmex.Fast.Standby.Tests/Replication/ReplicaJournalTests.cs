using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class ReplicaJournalTests
{
    [Fact]
    public void What_was_armed_before_it_was_added_is_handed_over_first()
    {
        using var book = TestBook.New(100);
        for (var i = 1; i <= 10; i++)
        {
            _ = book.Arm(TestBook.Hash(i), TestBook.Signature(i), 0);
        }

        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        Assert.Equal(10UL, journal.Ring.Head);
        _ = book.Arm(TestBook.Hash(11), TestBook.Signature(11), 0);
        Assert.Equal(11UL, journal.Ring.Head);
        book.RemoveJournal(journal);
        _ = book.Arm(TestBook.Hash(12), TestBook.Signature(12), 0);
        Assert.Equal(11UL, journal.Ring.Head);
    }

    [Fact]
    public void A_book_in_a_file_feeds_its_file_and_its_standbys()
    {
        var path = Path.Combine(Path.GetTempPath(), $"standby-{Guid.NewGuid():n}.book");
        try
        {
            var options = new CancelBookOptions
            {
                Capacity = 8,
                Account = TestBook.Account,
                Endpoint = new Uri("wss://venue.test/ws"),
                VerifyArmed = false,
            };
            var journal = new ReplicaJournal(8);
            using (var book = CancelBook.CreateFile(path, options))
            {
                book.AddJournal(journal);
                _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), 0);
            }

            Assert.True(journal.IsClosed);
            Assert.Equal(1UL, journal.Ring.Head);
            using var again = CancelBook.OpenFile(path, key: null, options);
            Assert.Equal(1, again.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_latest_record_of_an_order_is_known_while_its_slot_holds_it()
    {
        using var book = TestBook.New(1);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), 0);
        var first = book.Firing.Locate(TestBook.Hash(1));
        Assert.True(first.IsThere);
        Assert.True(journal.TryGetLatest(first.Slot, first.Generation, out var sequence));
        Assert.Equal(1UL, sequence);
        _ = book.Disarm(TestBook.Hash(1));
        _ = book.Arm(TestBook.Hash(2), TestBook.Signature(2), 0);
        Assert.False(journal.TryGetLatest(first.Slot, first.Generation, out _));
        var second = book.Firing.Locate(TestBook.Hash(2));
        Assert.True(second.IsThere);
        Assert.True(journal.TryGetLatest(second.Slot, second.Generation, out sequence));
        Assert.Equal(3UL, sequence);
    }

    [Fact]
    public void A_reader_that_is_too_late_is_told()
    {
        using var book = TestBook.New(1);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        for (var i = 1; i <= 100_000; i++)
        {
            _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), 0);
            _ = book.Disarm(TestBook.Hash(1));
        }

        Assert.Equal(200_000UL, journal.Ring.Head);
        Assert.False(journal.Ring.TryRead(1, out _));
        Assert.False(journal.Ring.TryRead(journal.Ring.Tail - 1, out _));
        Assert.True(journal.Ring.TryRead(journal.Ring.Tail, out _));
        Assert.False(journal.Ring.TryRead(200_001, out _));
        Assert.True(200_000 - journal.Ring.Tail >= 1 << 16);
    }

    [Fact]
    public void Arming_and_disarming_with_a_replica_allocate_nothing()
    {
        using var book = TestBook.New(1000);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        var hash = TestBook.Hash(1);
        var signature = TestBook.Signature(1);
        Assert.Equal(0, AllocationMeter.Measure(1000, () =>
        {
            _ = book.Arm(hash, signature, 0);
            _ = book.Disarm(hash);
        }));
    }

    [Fact]
    public void Batches_of_a_ring_allocate_nothing()
    {
        using var book = TestBook.New(1000);
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        for (var i = 1; i <= 900; i++)
        {
            _ = book.Arm(TestBook.Hash(i), TestBook.Signature(i), 0);
        }

        var writer = new BatchWriter(journal.Ring);
        Assert.Equal(0, AllocationMeter.Measure(10, () => _ = writer.Make(1, 900, 0, out _).Length));
        Assert.Equal(65_536 - 56 - 24, (ReplicaBatch.MaxCount * 112) + ((65_536 - 80) % 112));
    }
}
