using Dmex.Fast.Book;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tests.Proofs.Reference;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Book;

public sealed class BookLatchTests
{
    private static readonly BookScope Odd = new(1, 1);

    [Fact]
    public void Arming_in_a_panicked_scope_hands_the_cancel_to_the_panic()
    {
        using var book = Books.Create(100);
        Books.ArmMany(book, 0, 10, tag: 1);
        var wakes = 0;
        book.Firing.LatchMet = () => wakes++;
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(Odd), Odd);
        Assert.Equal(10, Books.FireAll(book, ref cursor).Count);
        Assert.True(book.IsLatched && book.Covers(3) && !book.Covers(2));

        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 50, 3, 7));
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 51, 2));
        Assert.Equal(1, wakes);
        Assert.Equal([50], Books.Numbers(Books.FireAll(book, ref cursor)));
        Assert.Equal(ArmResult.AlreadyFired, Books.Arm(book, 50, 3, 7));
        Assert.Equal(new BookCounts(1, 11, 0, 12), book.CountsByState);

        book.Reset();
        Assert.False(book.IsLatched);
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 52, 3));
        Assert.Empty(Books.FireAll(book, ref cursor));
    }

    [Fact]
    public void Latched_orders_are_fired_whichever_way_the_walk_has_come()
    {
        using var book = Books.Create(1000);
        Books.ArmMany(book, 0, 500, tag: 1, priority: 3);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(Odd), Odd);
        Assert.Equal(100, book.Firing.Fire(ref cursor, new byte[100 * CancelFrame.Length], new FiredOrder[100], new FiredOrder[1], out _));
        for (var number = 500; number < 600; number++)
        {
            Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, number, 1, number % 8));
        }

        // One that is armed out of the scope and is brought into it, behind the walk.
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 900, 2, 0));
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 900, 3, 0));

        // One of the scope that the walk has not come to stays in it.
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 499, 2, 0));
        var rest = Books.Numbers(Books.FireAll(book, ref cursor));
        Assert.Equal(501, rest.Length);
        Assert.Equal(501, rest.Distinct().Count());
        Assert.Contains(900, rest);
        Assert.Contains(499, rest);
        Assert.Equal(0, book.CountsByState.Armed);
    }

    [Fact]
    public void An_order_that_met_a_latch_stays_the_panics_whatever_tag_it_gets_after_the_latch_was_cleared()
    {
        using var book = Books.Create(10);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(Odd), Odd);
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1, 3));
        book.Reset();
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1, 2));
        Assert.Equal([1], Books.Numbers(Books.FireAll(book, ref cursor)));
    }

    [Fact]
    public void A_latched_order_that_was_not_sent_can_be_disarmed()
    {
        using var book = Books.Create(10);
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(BookScope.All), BookScope.All);
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1));
        Assert.Equal(DisarmResult.Removed, book.Disarm(Books.Hash(1)));
        Assert.Empty(Books.FireAll(book, ref cursor));
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1));
        Assert.Equal([1], Books.Numbers(Books.FireAll(book, ref cursor)));
    }

    [Fact]
    public void Arming_in_a_panicked_scope_may_be_refused_instead()
    {
        var options = Books.Options(10);
        options.WhenLatched = BookLatchedPolicy.Refuse;
        using var book = CancelBook.Create(options);
        Assert.Equal(ArmResult.Armed, Books.Arm(book, 1, 0));
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(Odd), Odd);
        Assert.Equal(ArmResult.RefusedByLatch, Books.Arm(book, 2, 1));
        Assert.Equal(ArmResult.RefusedByLatch, Books.Arm(book, 1, 1));
        Assert.Empty(Books.FireAll(book, ref cursor));
        Assert.Equal(
            new BookOrder(Books.Hash(1), 0, 0, BookOrderState.Armed, Pending: true), Assert.Single(book.ListOrders(BookScope.All)));
    }

    [Fact]
    public void Sixteen_scopes_are_latched_at_most_and_a_wider_one_takes_their_place()
    {
        using var book = Books.Create(10);
        for (ulong i = 0; i < 16; i++)
        {
            _ = book.Firing.Latch(new BookScope(0xFF, i));
        }

        _ = book.Firing.Latch(new BookScope(0xFF, 3));
        var full = Assert.Throws<InvalidOperationException>(() => book.Firing.Latch(new BookScope(0xFF, 16)));
        Assert.Contains("16", full.Message, StringComparison.Ordinal);
        Assert.True(book.Covers(15) && !book.Covers(16));
        Assert.Equal(19, book.Firing.Latch(new BookScope(0xF8, 0)) + 1);
        Assert.True(book.Covers(3) && book.Covers(9) && !book.Covers(16));
        _ = book.Firing.Latch(new BookScope(0xFF, 16));
        _ = book.Firing.Latch(BookScope.All);
        Assert.True(book.Covers(ulong.MaxValue));
        book.Reset();
        Assert.False(book.Covers(3));
    }

    [Fact]
    public void Two_panics_at_once_share_what_meets_both_latches()
    {
        using var book = Books.Create(10);
        var all = book.Firing.Latch(BookScope.All);
        var odd = book.Firing.Latch(Odd);
        var first = BookFiring.OpenCursor(all, BookScope.All);
        var second = BookFiring.OpenCursor(odd, Odd);
        Assert.Empty(Books.FireAll(book, ref first));
        Assert.Empty(Books.FireAll(book, ref second));
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 1, 1));
        Assert.Equal(ArmResult.FiredByLatch, Books.Arm(book, 2, 2));
        Assert.Equal([1], Books.Numbers(Books.FireAll(book, ref second)));
        Assert.Equal([2], Books.Numbers(Books.FireAll(book, ref first)));
    }

    [Fact]
    public void A_batch_meets_the_latch_too()
    {
        using var key = Books.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 10, Endpoint = Books.Endpoint }, key);
        var wakes = 0;
        book.Firing.LatchMet = () => wakes++;
        var cursor = BookFiring.OpenCursor(book.Firing.Latch(Odd), Odd);
        var results = new ArmResult[4];
        Assert.Equal(4, book.ArmBatch([Books.Hash(0), Books.Hash(1), Books.Hash(2), Books.Hash(3)], [0, 1, 2, 3], 0, results));
        Assert.Equal([ArmResult.Armed, ArmResult.FiredByLatch, ArmResult.Armed, ArmResult.FiredByLatch], results);
        Assert.Equal(2, wakes);
        Assert.Equal([1, 3], Books.Numbers(Books.FireAll(book, ref cursor)).Order());
    }

    [Fact]
    public void A_panic_goes_on_however_many_come_after_it()
    {
        using var book = Books.Create(4);
        Books.ArmMany(book, 0, 2, tag: 1);
        var first = book.Firing.Latch(Odd);
        var cursor = BookFiring.OpenCursor(first, Odd);
        Assert.Equal(1, book.Firing.Fire(ref cursor, new byte[CancelFrame.Length], new FiredOrder[1], new FiredOrder[1], out _));
        var number = first;
        for (var i = 0; i < 1000; i++)
        {
            book.Reset();
            number = book.Firing.Latch(new BookScope(1, 0));
        }

        Assert.Equal((first + 1000, false, true), (number, book.Firing.IsLatching(first), book.Firing.IsLatching(number)));
        Assert.Equal([1], Books.Numbers(Books.FireAll(book, ref cursor)));
        Assert.Equal(new BookCounts(0, 2, 0, 2), book.CountsByState);
    }

    [Fact]
    public void Latches_of_panics_far_apart_are_both_kept_by_the_file()
    {
        var folder = Directory.CreateTempSubdirectory("dmex-latches-");
        try
        {
            var path = Path.Combine(folder.FullName, "b");
            using (var book = CancelBook.CreateFile(path, Books.Options(4)))
            {
                var first = book.Firing.Latch(new BookScope(3, 1));
                int last;
                do
                {
                    last = book.Firing.Latch(new BookScope(3, 2));
                }
                while (last < first + 256);
            }

            using var opened = CancelBook.OpenFile(path, options: new CancelBookOptions { VerifyArmed = false });
            var panics = opened.Firing.LatchedPanics();
            Assert.Equal(
                [new BookScope(3, 1), new BookScope(3, 2)], panics.OrderBy(latched => latched.Panic).Select(latched => latched.Scope));
            Assert.All(panics, latched => Assert.True(opened.Firing.IsLatching(latched.Panic)));
            Assert.Equal((ArmResult.FiredByLatch, ArmResult.FiredByLatch), (Books.Arm(opened, 1, tag: 1), Books.Arm(opened, 2, tag: 2)));
            Assert.Equal(2, panics.Sum(latched =>
            {
                var cursor = BookFiring.OpenCursor(latched.Panic, latched.Scope);
                return Books.FireAll(opened, ref cursor).Count;
            }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
