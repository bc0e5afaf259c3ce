using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookPanicTests(ITestOutputHelper output)
{
    [Fact]
    public void A_refusal_that_comes_late_does_not_mark_an_order_that_was_forgotten_and_armed_again()
    {
        using var book = Books.Create(10);
        _ = Books.Arm(book, 1);
        var first = BookFiring.OpenCursor(book.Firing.Latch(BookScope.All), BookScope.All);
        var fired = Assert.Single(Books.FireAll(book, ref first));
        Assert.True(book.Forget(Books.Hash(1)));
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1));
        var again = Assert.Single(Books.FireAll(book, ref first));
        Assert.False(book.Firing.Settle(new SettledOrder(Books.Hash(1), CancelOutcomeKind.Rejected, fired.Slot, fired.Generation)));
        Assert.Equal((1, 0), (book.CountsByState.Fired, book.CountsByState.Rejected));
        Assert.True(book.Firing.Settle(new SettledOrder(Books.Hash(1), CancelOutcomeKind.Rejected, again.Slot, again.Generation)));
        Assert.Equal((0, 1), (book.CountsByState.Fired, book.CountsByState.Rejected));
    }

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

        // A wider one fires the rest, and takes over what is on its way.
        var takenOver = new List<FiredOrder>();
        Assert.Equal(500 - fired.Count, Books.Panic(book, BookScope.All, frames, takenOver).Count);
        Assert.Equal(Books.Numbers(fired).Order(), takenOver.Select(order => Books.Number(order.Hash)).Order());
        takenOver.Clear();
        Assert.Empty(Books.Panic(book, BookScope.All, frames, takenOver));
        Assert.Equal(500, takenOver.Distinct().Count());
        Assert.Equal(500, takenOver.Count);
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

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Listed_orders_are_fired_in_their_order_and_no_others(int frames)
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)number, number % 8));
        }

        int[] numbers = [250, 3, 999, .. Enumerable.Range(100, 100), 3];
        var hashes = numbers.Select(Books.Hash).ToArray();
        var cursor = BookFiring.OpenCursor(book.Firing.BeginListed(), default);
        var fired = Books.FireAll(book, ref cursor, frames, list: hashes);
        Assert.Equal(numbers.Where(number => number < 300).Take(102), Books.Numbers(fired));
        Assert.All(fired, order => Assert.Equal(Books.Message(Books.Number(order.Hash)), Books.Unmask(order.Frame)));
        Assert.Equal(new BookCounts(198, 102, 0, 300), book.CountsByState);
        Assert.Equal((DisarmResult.AlreadyFired, DisarmResult.Removed), (book.Disarm(Books.Hash(3)), book.Disarm(Books.Hash(4))));

        // It latches nothing; a later one sends again only what was rejected.
        Assert.False(book.IsLatched);
        Assert.True(book.Firing.Settle(Books.Hash(3), CancelOutcomeKind.Rejected));
        var again = BookFiring.OpenCursor(book.Firing.BeginListed(), default);
        var takenOver = new List<FiredOrder>();
        Assert.Equal([3], Books.Numbers(Books.FireAll(book, ref again, frames, takenOver, hashes)));
        Assert.Equal(numbers.Where(number => number is < 300 and not 3), takenOver.Select(order => Books.Number(order.Hash)));
    }

    [Fact]
    public void A_place_and_the_final_answer_follow_an_order()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 3);
        Assert.Equal(default, book.Firing.Locate(Books.Hash(9)));
        var armed = book.Firing.Locate(Books.Hash(0));
        Assert.Equal((true, false), (armed.IsThere, armed.IsLive));
        var panic = book.Firing.Latch(BookScope.All);
        var cursor = BookFiring.OpenCursor(panic, BookScope.All);
        Assert.Equal(3, Books.FireAll(book, ref cursor).Count);
        Assert.True(book.MarkLive(Books.Hash(0)));
        var fired = book.Firing.Locate(Books.Hash(0));
        Assert.Equal(armed with { IsLive = true }, fired);
        Assert.Equal((BookOrderState.Fired, false), (Books.Describe(book, 0).State, Books.Describe(book, 0).Pending));
        Assert.True(book.Firing.CopyFrame(fired.Slot, fired.Generation, new byte[CancelFrame.Length], 1));

        Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.False(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.Equal(default, book.Firing.Locate(Books.Hash(0)));
        Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.AlreadyGone));
        Assert.True(book.Firing.Settle(Books.Hash(2), CancelOutcomeKind.Rejected));
        Assert.Equal(BookOrderState.Rejected, Books.Describe(book, 2).State);
        Assert.Equal(new BookCounts(0, 0, 1, 1), book.CountsByState);
        Assert.Throws<ArgumentOutOfRangeException>("kind", () => book.Firing.Settle(Books.Hash(2), CancelOutcomeKind.Unresolved));
        Assert.Equal([(BookScope.All, panic)], book.Firing.LatchedPanics());
        Assert.True(book.Firing.IsLatching(panic));
        book.Reset();
        Assert.False(book.Firing.IsLatching(panic));
        Assert.Empty(book.Firing.LatchedPanics());
    }

    [Fact]
    public void The_counts_by_state_follow_the_replies()
    {
        using var book = Books.Create(100);
        Books.ArmMany(book, 0, 100);
        Assert.Equal(100, Books.Panic(book, BookScope.All).Count);
        Assert.Equal(new BookCounts(0, 100, 0, 100), book.CountsByState);

        for (var number = 0; number < 60; number++)
        {
            var kind = number < 30 ? CancelOutcomeKind.Confirmed
                : number < 50 ? CancelOutcomeKind.AlreadyGone : CancelOutcomeKind.Rejected;
            Assert.True(book.Firing.Settle(Books.Hash(number), kind));
        }

        Assert.Equal(new BookCounts(0, 40, 10, 50), book.CountsByState);

        // Resolved orders are gone from the book; a rejection may still be corrected; a caller may know better.
        Assert.False(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.True(book.Firing.Settle(Books.Hash(55), CancelOutcomeKind.Rejected));
        Assert.Equal(new BookCounts(0, 40, 10, 50), book.CountsByState);
        Assert.True(book.Firing.Settle(Books.Hash(55), CancelOutcomeKind.Confirmed));
        Assert.True(book.Forget(Books.Hash(99)));
        Assert.True(book.Forget(Books.Hash(59)));
        Assert.False(book.Forget(Books.Hash(0)));
        Assert.Equal(new BookCounts(0, 39, 8, 47), book.CountsByState);
        Assert.Equal(47, book.Count);
    }

    [Fact]
    public void An_answer_about_an_order_that_was_not_fired_counts_too()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 3);
        Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.True(book.Firing.Settle(Books.Hash(1), CancelOutcomeKind.AlreadyGone));

        // A refusal of an order that is only armed changes nothing: a panic must still send it.
        Assert.True(book.Firing.Settle(Books.Hash(2), CancelOutcomeKind.Rejected));
        Assert.Equal(new BookCounts(1, 0, 0, 1), book.CountsByState);
        Assert.Equal([2], Books.Numbers(Books.Panic(book, BookScope.All)));
    }

    [Fact]
    public void A_later_panic_takes_over_what_an_earlier_one_left()
    {
        using var book = Books.Create(200);
        Books.ArmMany(book, 0, 150);
        var first = book.Firing.Latch(BookScope.All);
        var cursor = BookFiring.OpenCursor(first, BookScope.All);
        var frames = Books.FireAll(book, ref cursor).ToDictionary(order => Books.Number(order.Hash));
        for (var number = 0; number < 10; number++)
        {
            Assert.True(book.Firing.Settle(Books.Hash(number), CancelOutcomeKind.Rejected));
        }

        var second = book.Firing.Latch(BookScope.All);
        var again = BookFiring.OpenCursor(second, BookScope.All);

        // What was refused goes out once more, under another masking key; the rest is on its way.
        var takenOver = new List<FiredOrder>();
        var sent = Books.FireAll(book, ref again, frames: 3, takenOver);
        Assert.Equal(Enumerable.Range(0, 10), Books.Numbers(sent).Order());
        Assert.All(sent, order => Assert.NotEqual(Books.MaskingKey(frames[Books.Number(order.Hash)].Frame), Books.MaskingKey(order.Frame)));
        Assert.All(sent, order => Assert.Equal(Books.Message(Books.Number(order.Hash)), Books.Unmask(order.Frame)));
        Assert.Equal(
            frames.Values.Where(order => Books.Number(order.Hash) >= 10).OrderBy(order => order.Slot)
                .Select(order => new FiredOrder(order.Hash, order.Slot, order.Generation)),
            takenOver.OrderBy(order => order.Slot));
        Assert.Equal(new BookCounts(0, 150, 0, 150), book.CountsByState);

        // They stay with the later panic: neither walk finds anything more.
        Assert.Empty(Books.FireAll(book, ref cursor));
        Assert.Empty(Books.FireAll(book, ref again));
        var late = BookFiring.OpenCursor(first, BookScope.All);
        Assert.Empty(Books.FireAll(book, ref late));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Orders_that_are_taken_over_are_given_by_priority(int room)
    {
        using var book = Books.Create(300);
        for (var number = 0; number < 300; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, 0, number % 8));
        }

        var fired = Books.Panic(book, BookScope.All);
        Assert.True(book.Firing.Settle(fired[0].Hash, CancelOutcomeKind.Confirmed));
        Assert.True(book.Firing.Settle(fired[299].Hash, CancelOutcomeKind.Rejected));

        var takenOver = new List<FiredOrder>();
        Assert.Equal([fired[299].Hash], Books.Panic(book, BookScope.All, room, takenOver).Select(order => order.Hash));
        Assert.Equal(fired.Skip(1).Take(298).Select(order => order.Slot).Order(), takenOver.Select(order => order.Slot).Order());
        var priorities = takenOver.Select(order => Books.Number(order.Hash) % 8).ToArray();
        Assert.Equal(priorities.Order(), priorities);
        Assert.All(
            takenOver, order => Assert.True(book.Firing.CopyFrame(order.Slot, order.SlotGeneration, new byte[CancelFrame.Length], 1)));
    }

    [Fact]
    public void Armed_orders_that_a_walk_has_not_come_to_are_listed()
    {
        using var book = Books.Create(200);
        for (var number = 0; number < 150; number++)
        {
            Assert.Equal(ArmResult.Armed, Books.Arm(book, number, (ulong)(number % 2)));
        }

        var odd = new BookScope(1, 1);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(odd), odd);
        Assert.Equal(20, book.Firing.Fire(ref cursor, new byte[20 * CancelFrame.Length], new FiredOrder[20], new FiredOrder[1], out _));
        Assert.Equal(55, Armed(book, odd, isLatchedOnly: false).Length);
        Assert.Equal(130, Armed(book, BookScope.All, isLatchedOnly: false).Length);
        Assert.Empty(Armed(book, odd, isLatchedOnly: true));
        Assert.False(book.Firing.HasLatched(odd));

        _ = Books.FireAll(book, ref cursor);
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 151, 1));
        Assert.Equal([151], Armed(book, odd, isLatchedOnly: true));
        Assert.Equal((true, false), (book.Firing.HasLatched(odd), book.Firing.HasLatched(new BookScope(1, 0))));

        // Of a list, those that are armed, in its order.
        var listed = new List<OrderHash>();
        book.Firing.ListArmed([Books.Hash(4), Books.Hash(3), Books.Hash(999), Books.Hash(151), Books.Hash(2)], listed);
        Assert.Equal([4, 151, 2], listed.Select(Books.Number));
    }

    [Fact]
    public void Only_what_the_owner_takes_out_is_told_on_with_its_place()
    {
        using var book = Books.Create(10);
        Books.ArmMany(book, 0, 4);
        var told = new List<BookPlace>();
        book.Firing.Forgotten = told.Add;
        Assert.True(book.Firing.Settle(Books.Hash(3), CancelOutcomeKind.Confirmed));
        var fired = Books.Panic(book, BookScope.All);
        Assert.True(book.Firing.Settle(Books.Hash(0), CancelOutcomeKind.Confirmed));
        Assert.True(book.Firing.Settle(Books.Hash(2), CancelOutcomeKind.Rejected));
        Assert.Empty(told);
        Assert.True(book.MarkLive(Books.Hash(1)));
        Assert.True(book.Forget(Books.Hash(1)));
        Assert.False(book.Forget(Books.Hash(1)));
        var order = fired.Single(order => order.Hash == Books.Hash(1));
        Assert.Equal([new BookPlace(true, order.Slot, order.Generation, IsLive: true)], told);
    }

    [Fact]
    public void A_buffer_without_room_for_a_frame_and_an_order_is_refused()
    {
        using var book = Books.Create(2);
        Books.ArmMany(book, 0, 2);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(BookScope.All), BookScope.All);
        var frame = new byte[CancelFrame.Length];
        Assert.Throws<ArgumentException>(
            "destination", () => book.Firing.Fire(ref cursor, frame.AsSpan(1), new FiredOrder[1], new FiredOrder[1], out _));
        Assert.Throws<ArgumentException>("destination", () => book.Firing.Fire(ref cursor, frame, [], new FiredOrder[1], out _));
        Assert.Throws<ArgumentException>("destination", () => book.Firing.Fire(ref cursor, frame, new FiredOrder[1], [], out _));
        Assert.Equal(2, book.CountsByState.Armed);
        Assert.Equal([0, 1], Books.Numbers(Books.FireAll(book, ref cursor)).Order());
    }

    [Fact]
    public void A_further_copy_has_another_mask_and_ends_with_the_order()
    {
        using var book = Books.Create(2);
        Books.ArmMany(book, 0, 2);
        var order = Books.Panic(book, BookScope.All)[0];
        var copy = new byte[CancelFrame.Length];
        Assert.True(book.Firing.CopyFrame(order.Slot, order.Generation, copy, 0xDEADBEEF));
        Assert.Equal(0xDEADBEEF, Books.MaskingKey(copy));
        Assert.Equal(Books.Unmask(order.Frame), Books.Unmask(copy));
        Assert.Equal(order.Frame.AsSpan(0, 4), copy.AsSpan(0, 4));

        Assert.True(book.Firing.Settle(order.Hash, CancelOutcomeKind.Confirmed));
        book.Reset();
        Assert.False(book.Firing.CopyFrame(order.Slot, order.Generation, copy, 1));
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 5));
        Assert.False(book.Firing.CopyFrame(order.Slot, order.Generation, copy, 1));
        Assert.Throws<ArgumentException>("destination", () => book.Firing.CopyFrame(order.Slot, order.Generation + 1, copy.AsSpan(1), 1));
    }

    private static int[] Armed(CancelBook book, BookScope scope, bool isLatchedOnly)
    {
        var armed = new List<OrderHash>();
        book.Firing.ListArmed(scope, isLatchedOnly, armed);
        return [.. armed.Select(Books.Number)];
    }
}
