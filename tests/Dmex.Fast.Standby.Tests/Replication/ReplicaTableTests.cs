using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

/// <summary>A real book feeds a replica over a path that loses, doubles and reorders.</summary>
public sealed class ReplicaTableTests(ITestOutputHelper output)
{
    private const int Capacity = 64;

    [Fact]
    public void A_replica_holds_what_the_book_holds_once_the_repair_is_through()
    {
        var seed = Random.Shared.Next(1 << 20);
        output.WriteLine($"seed {seed}");
        for (var i = 0; i < 100; i++)
        {
            Play(new Random(seed + i));
        }
    }

    [Fact]
    public void A_removal_that_comes_before_its_order_is_not_lost()
    {
        using var book = TestBook.New(Capacity);
        var journal = Attach(book);
        Arm(book, 1);
        _ = book.Disarm(TestBook.Hash(1));
        var table = Begun();
        Deliver(journal, table, 2, 2);
        Assert.Equal((0, 0UL, 2UL), (table.Count, table.Watermark, table.Highest));
        Deliver(journal, table, 1, 1);
        Assert.Equal((0, 2UL), (table.Count, table.Watermark));
    }

    [Fact]
    public void An_order_whose_removal_was_overtaken_in_its_slot_is_removed()
    {
        using var book = TestBook.New(1);
        var journal = Attach(book);
        var table = Begun();
        Arm(book, 1);
        Deliver(journal, table, 1, 1);
        _ = book.Disarm(TestBook.Hash(1));
        Arm(book, 2);
        Deliver(journal, table, 3, 3);
        Assert.Equal([TestBook.Hash(2)], table.Entries.Select(entry => entry.Record.Hash));
    }

    [Fact]
    public void Records_of_a_former_generation_change_nothing()
    {
        using var book = TestBook.New(Capacity);
        var journal = Attach(book);
        Arm(book, 1);
        var batch = new BatchWriter(journal.Ring).Make(1, 1, 0, out _);
        var table = new ReplicaTable();
        table.Begin(5, 0);
        Assert.False(table.Apply(4, batch, null));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Orphans_stay_until_the_new_generation_names_them_and_what_was_reconciled_goes()
    {
        using var book = TestBook.New(Capacity);
        var journal = Attach(book);
        Arm(book, 1);
        Arm(book, 2);
        var table = Begun();
        Deliver(journal, table, 1, 2);
        table.Begin(2, acknowledgedFence: 0);
        Assert.Equal((2, 2, 0UL), (table.Count, table.Orphans, table.Watermark));
        Assert.True(table.Apply(2, new BatchWriter(journal.Ring).Make(2, 2, floor: 1, out _), null));
        Assert.Equal((2, 1, 2UL), (table.Count, table.Orphans, table.Watermark));
        table.Begin(3, acknowledgedFence: 1);
        Assert.Equal([TestBook.Hash(2)], table.Entries.Select(entry => entry.Record.Hash));
        table.Begin(4, acknowledgedFence: 3);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_late_joiner_has_the_book_from_a_snapshot_and_what_came_after()
    {
        using var book = TestBook.New(20_000);
        var journal = Attach(book);
        var table = Begun();
        for (var i = 1; i <= 15_000; i++)
        {
            Arm(book, i);
        }

        DeliverAll(journal, table);
        var entries = table.Entries.ToArray();
        var parts = entries.Chunk(SnapshotPart.MaxCount).ToArray();
        var late = new ReplicaTable();
        var reader = new SnapshotReader();
        late.Begin(1, 0);
        Arm(book, 15_001);
        _ = book.Disarm(TestBook.Hash(7));
        var head = journal.Ring.Head;
        Deliver(journal, late, head, head); // the removal, before the snapshot
        for (var i = 0; i < parts.Length; i++)
        {
            var bytes = new SnapshotPart(77, table.Watermark, 1, 0, 0, 0, i, parts.Length, parts[i].Length).Write(parts[i]);
            Assert.Equal(i == parts.Length - 1, reader.TryComplete(bytes, out var part, out var whole));
            if (whole.Count > 0)
            {
                late.Load(part.Generation, part.Through, whole);
            }
        }

        Deliver(journal, late, head - 1, head - 1);
        AssertSame(book, late);
        Assert.Equal(head, late.Watermark);
    }

    [Fact]
    public void An_old_snapshot_does_not_bring_back_what_was_removed()
    {
        using var book = TestBook.New(Capacity);
        var journal = Attach(book);
        Arm(book, 1);
        var table = Begun();
        DeliverAll(journal, table);
        ReplicaEntry[] old = [.. table.Entries];
        _ = book.Disarm(TestBook.Hash(1));
        DeliverAll(journal, table);
        table.Load(1, 1, old);
        Assert.Equal(0, table.Count);
    }

    private static void Play(Random random)
    {
        using var book = TestBook.New(Capacity);
        var journal = Attach(book);
        var table = Begun();
        var writer = new BatchWriter(journal.Ring);
        var late = new List<byte[]>();
        ulong sent = 0;
        for (var step = 0; step < 400; step++)
        {
            var number = random.Next(1, 100);
            _ = random.Next(5) switch
            {
                0 or 1 => (int)book.Arm(TestBook.Hash(number), TestBook.Signature(number), (ulong)random.Next(4)),
                2 => (int)book.Disarm(TestBook.Hash(number)),
                3 => book.Forget(TestBook.Hash(number)) ? 1 : 0,
                _ => book.MarkLive(TestBook.Hash(number)) ? 1 : 0,
            };
            if (random.Next(3) == 0 && journal.Ring.Head > sent)
            {
                var batch = writer.Make(sent + 1, journal.Ring.Head, 0, out var count).ToArray();
                sent += (ulong)count;
                late.AddRange(Enumerable.Repeat(batch, random.Next(3)));
            }

            while (late.Count > random.Next(12))
            {
                var which = random.Next(late.Count);
                Assert.True(table.Apply(1, late[which], null));
                late.RemoveAt(which);
            }
        }

        Repair(journal, table, random);
        AssertSame(book, table);
    }

    private static void Repair(ReplicaJournal journal, ReplicaTable table, Random random)
    {
        var missing = new SequenceRange[8];
        var writer = new BatchWriter(journal.Ring);
        while (table.Watermark < journal.Ring.Head)
        {
            foreach (var range in missing[..table.Missing(journal.Ring.Head, missing)])
            {
                if (random.Next(3) > 0)
                {
                    Assert.True(table.Apply(1, writer.Make(range.First, range.Last, 0, out _), null));
                }
            }
        }
    }

    private static void AssertSame(CancelBook book, ReplicaTable table)
    {
        var held = table.Entries.Select(entry => entry.Record).ToDictionary(record => record.Hash);
        var orders = book.ListOrders(BookScope.All);
        Assert.Equal(orders.Count, held.Count);
        foreach (var order in orders)
        {
            var record = held[order.Hash];
            Assert.Equal((order.Tag, order.Priority, order.Pending), (record.Tag, record.Priority, !record.IsLive));
            var number = BitConverter.ToInt32(order.Hash.AsSpan());
            Assert.Equal(TestBook.Signature(number), record.Signature);
        }
    }

    private static ReplicaJournal Attach(CancelBook book)
    {
        var journal = new ReplicaJournal(book.Capacity);
        book.AddJournal(journal);
        return journal;
    }

    private static ReplicaTable Begun()
    {
        var table = new ReplicaTable();
        table.Begin(1, 0);
        return table;
    }

    private static void Arm(CancelBook book, int number) =>
        Assert.Equal(ArmResult.Armed, book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag: (ulong)number));

    private static void DeliverAll(ReplicaJournal journal, ReplicaTable table)
    {
        while (table.Watermark < journal.Ring.Head)
        {
            Deliver(journal, table, table.Watermark + 1, journal.Ring.Head);
        }
    }

    private static void Deliver(ReplicaJournal journal, ReplicaTable table, ulong first, ulong last) =>
        Assert.True(table.Apply(1, new BatchWriter(journal.Ring).Make(first, last, 0, out _), null));
}
