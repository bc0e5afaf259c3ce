using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookPanicTests(ITestOutputHelper output)
{
    [Fact]
    public void A_fired_frame_is_the_text_frame_of_its_message()
    {
        using var book = Books.Create(200);
        Books.ArmMany(book, 0, 200);
        foreach (var order in Books.Panic(book, BookScope.All))
        {
            var expected = new byte[CancelFrame.Length];
            _ = FrameWriter.Write(expected, Opcode.Text, Books.Message(Books.Number(order.Hash)), Books.MaskingKey(order.Frame));
            Assert.Equal(expected, order.Frame);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(60)]
    [InlineData(1000)]
    public void A_panic_fires_every_order_in_scope_once_whatever_the_buffer(int frames)
    {
        using var book = Books.Create(500);
        for (var number = 0; number < 500; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)(number % 3)));
        }

        var fired = Books.Panic(book, new BookScope(3, 1), frames);
        Assert.Equal(Enumerable.Range(0, 500).Where(number => number % 3 == 1), Books.Numbers(fired).Order());
        Assert.Equal(fired.Count, book.CountsByState.Fired);
        Assert.Equal(500 - fired.Count, book.CountsByState.Armed);

        Assert.Equal(500 - fired.Count, Books.Panic(book, BookScope.All, frames).Count);
        Assert.Empty(Books.Panic(book, BookScope.All, frames));
    }

    [Fact]
    public void A_panic_goes_by_priority_from_0_on()
    {
        var random = Seed.Create(output);
        using var book = Books.Create(1000);
        var priorities = new int[1000];
        for (var number = 0; number < 1000; number++)
        {
            priorities[number] = random.Next(CancelBook.Priorities);
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, 0, priorities[number]));
        }

        // Churn, so that words are shared between priorities.
        for (var number = 0; number < 1000; number += 2)
        {
            Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(number)));
        }

        for (var number = 0; number < 1000; number += 2)
        {
            priorities[number] = random.Next(CancelBook.Priorities);
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, 0, priorities[number]));
        }

        var fired = Books.Numbers(Books.Panic(book, BookScope.All)).Select(number => priorities[number]).ToArray();
        Assert.Equal(1000, fired.Length);
        Assert.Equal(fired.Order(), fired);
    }

    [Fact]
    public void A_predicate_is_a_scope_too()
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)number));
        }

        var fired = Books.Panic(book, BookScope.Where(tag => tag is > 50 and < 90));
        Assert.Equal(Enumerable.Range(51, 39), Books.Numbers(fired).Order());
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 60, 70) is ArmResult.AlreadyFired ? Books.Arm(book, 20, 70) : ArmResult.None);
    }

    [Fact]
    public void A_predicate_that_throws_loses_no_frame()
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)number));
        }

        var bad = true;
        var cursor = CancelBook.OpenCursor(book.Latch(BookScope.Where(tag => tag < 200 || (bad ? throw new TimeZoneNotFoundException() : true))));
        var buffer = new byte[300 * CancelFrame.Length];
        var slots = new int[300];
        _ = book.Fire(ref cursor, buffer, slots, out var orders);
        Assert.Equal(book.CountsByState.Fired, orders);
        Assert.Throws<TimeZoneNotFoundException>(() => book.Fire(ref cursor, buffer, slots, out _));
        bad = false;
        Assert.Equal(300 - orders, Books.FireAll(book, ref cursor).Count);
    }

    [Fact]
    public void The_counters_of_a_panic_follow_the_replies()
    {
        using var book = Books.Create(100);
        Books.ArmMany(book, 0, 100);
        var panic = book.Latch(BookScope.All);
        var cursor = CancelBook.OpenCursor(panic);
        Assert.Equal(100, Books.FireAll(book, ref cursor).Count);
        Assert.Equal(new PanicCounts(100, 0, 0, 0, 0, 100, 0, 0, 0), book.Counts(panic));

        for (var number = 0; number < 60; number++)
        {
            var (kind, gone) = number < 30 ? (CancelOutcomeKind.Confirmed, GoneReason.None)
                : number < 50 ? (CancelOutcomeKind.AlreadyGone, GoneReason.Filled) : (CancelOutcomeKind.Rejected, GoneReason.None);
            Assert.True(book.Resolve(Books.Hash(number), kind, gone, 1000 + number));
        }

        Assert.Equal(new PanicCounts(100, 30, 20, 0, 10, 40, 0, 0, 1049), book.Counts(panic));
        Assert.Equal(new BookCounts(0, 40, 10, 50), book.CountsByState);

        // Resolved orders are gone from the book; a rejection may still be corrected; a caller may know better.
        Assert.False(book.Resolve(Books.Hash(0), CancelOutcomeKind.Confirmed, GoneReason.None, 2000));
        Assert.True(book.Resolve(Books.Hash(55), CancelOutcomeKind.Rejected, GoneReason.None, 2000));
        Assert.True(book.Resolve(Books.Hash(55), CancelOutcomeKind.Confirmed, GoneReason.None, 2000));
        Assert.True(book.Forget(Books.Hash(99)));
        Assert.True(book.Forget(Books.Hash(59)));
        Assert.False(book.Forget(Books.Hash(0)));
        Assert.Equal(new PanicCounts(100, 31, 20, 0, 8, 39, 0, 2, 2000), book.Counts(panic));
        Assert.Equal(47, book.Count);
    }

    [Fact]
    public void A_word_about_an_order_that_was_not_fired_counts_too()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 3);
        Assert.True(book.Resolve(Books.Hash(0), CancelOutcomeKind.Confirmed, GoneReason.None, 1));
        Assert.True(book.Resolve(Books.Hash(1), CancelOutcomeKind.AlreadyGone, GoneReason.NotFound, 1));
        Assert.True(book.Resolve(Books.Hash(2), CancelOutcomeKind.Rejected, GoneReason.None, 1));
        Assert.Equal(new BookCounts(1, 0, 0, 1), book.CountsByState);
        Assert.Equal([2], Books.Numbers(Books.Panic(book, BookScope.All)));
        Assert.Throws<ArgumentOutOfRangeException>("kind", () => book.Resolve(Books.Hash(2), CancelOutcomeKind.Unresolved, GoneReason.None, 1));
    }

    [Fact]
    public void A_later_panic_takes_over_what_an_earlier_one_left()
    {
        using var book = Books.Create(200);
        Books.ArmMany(book, 0, 150);
        var first = book.Latch(BookScope.All);
        var cursor = CancelBook.OpenCursor(first);
        var frames = Books.FireAll(book, ref cursor).ToDictionary(order => Books.Number(order.Hash));
        for (var number = 0; number < 10; number++)
        {
            Assert.True(book.Resolve(Books.Hash(number), CancelOutcomeKind.Rejected, GoneReason.None, 1));
        }

        var second = book.Latch(BookScope.All);
        var again = CancelBook.OpenCursor(second);

        // What was refused goes out once more, under another masking key; the rest is on its way.
        var sent = Books.FireAll(book, ref again, frames: 3);
        Assert.Equal(Enumerable.Range(0, 10), Books.Numbers(sent).Order());
        Assert.All(sent, order => Assert.NotEqual(Books.MaskingKey(frames[Books.Number(order.Hash)].Frame), Books.MaskingKey(order.Frame)));
        Assert.All(sent, order => Assert.Equal(Books.Message(Books.Number(order.Hash)), Books.Unmask(order.Frame)));
        Assert.Equal(new PanicCounts(150, 0, 0, 0, 0, 0, 150, 0, 0), book.Counts(first));
        Assert.Equal(new PanicCounts(150, 0, 0, 0, 0, 150, 0, 0, 0), book.Counts(second));

        var walk = CancelBook.OpenCursor(second);
        Assert.Equal(150, book.Unresolved(ref walk, new int[200]));
        Assert.Empty(Books.FireAll(book, ref cursor));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Unresolved_orders_are_listed_by_priority(int room)
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, 0, number % 8));
        }

        var panic = book.Latch(BookScope.All);
        var cursor = CancelBook.OpenCursor(panic);
        var fired = Books.FireAll(book, ref cursor);
        Assert.True(book.Resolve(fired[0].Hash, CancelOutcomeKind.Confirmed, GoneReason.None, 1));
        Assert.True(book.Resolve(fired[299].Hash, CancelOutcomeKind.Rejected, GoneReason.None, 1));

        var open = Walk(book, panic, room);
        Assert.Equal(fired.Skip(1).Take(298).Select(order => order.Slot).Order(), open.Order());
        var priorities = open.Select(slot => Books.Number(fired.Single(order => order.Slot == slot).Hash) % 8).ToArray();
        Assert.Equal(priorities.Order(), priorities);
    }

    [Fact]
    public void The_word_about_a_panics_last_order_wakes_whoever_follows_it()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 4);
        var told = 0;
        book.PanicChanged = () => told++;
        Assert.True(book.Resolve(Books.Hash(3), CancelOutcomeKind.Confirmed, GoneReason.None, 1));
        _ = Books.Panic(book, BookScope.All);
        Assert.True(book.Resolve(Books.Hash(0), CancelOutcomeKind.Confirmed, GoneReason.None, 1));
        Assert.True(book.Forget(Books.Hash(1)));
        Assert.Equal(0, told);
        Assert.True(book.Resolve(Books.Hash(2), CancelOutcomeKind.Rejected, GoneReason.None, 1));
        Assert.Equal(1, told);
    }

    [Fact]
    public void A_further_copy_has_another_mask_and_ends_with_the_order()
    {
        using var book = Books.Create(2);
        Books.ArmMany(book, 0, 2);
        var order = Books.Panic(book, BookScope.All)[0];
        var copy = new byte[CancelFrame.Length];
        Assert.True(book.CopyFrame(order.Slot, order.Generation, copy, 0xDEADBEEF));
        Assert.Equal(0xDEADBEEF, Books.MaskingKey(copy));
        Assert.Equal(Books.Unmask(order.Frame), Books.Unmask(copy));
        Assert.Equal(order.Frame.AsSpan(0, 4), copy.AsSpan(0, 4));

        Assert.True(book.Resolve(order.Hash, CancelOutcomeKind.Confirmed, GoneReason.None, 1));
        book.Reset();
        Assert.False(book.CopyFrame(order.Slot, order.Generation, copy, 1));
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 5));
        Assert.False(book.CopyFrame(order.Slot, order.Generation, copy, 1));
        Assert.Throws<ArgumentException>("destination", () => book.CopyFrame(order.Slot, order.Generation + 1, copy.AsSpan(1), 1));
    }

    private static List<int> Walk(CancelBook book, int panic, int room)
    {
        var found = new List<int>();
        var slots = new int[room];
        var cursor = CancelBook.OpenCursor(panic);
        while (book.Unresolved(ref cursor, slots) is > 0 and var count)
        {
            found.AddRange(slots.AsSpan(0, count));
        }

        return found;
    }
}
