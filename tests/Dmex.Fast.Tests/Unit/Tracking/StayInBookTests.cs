using Dmex.Fast.Book;
using Dmex.Fast.Tests.Unit.Book;
using Dmex.Fast.Tracking;
using Xunit;
using static Dmex.Fast.Tests.Unit.Tracking.TrackerRig;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>
/// An order that its owner takes out of the book and arms again is in it for a second stay. A word of the venue about the order holds for
/// both; that the venue refused a cancel, or does not have the order, holds for the stay that was fired.
/// </summary>
public sealed class StayInBookTests : IDisposable
{
    private const long Ever = long.MaxValue;
    private static readonly long Lag = Second;

    private readonly CancelBook _book = Books.Create(8);
    private readonly TrackerRig _rig;

    public StayInBookTests()
    {
        _rig = new TrackerRig(TrackerRig.Options(book: 8, ackTimeout: Ever, listLag: Lag)) { Book = _book };
        _rig.Read(1, 2, 1); // the order was at the venue before its cancel
    }

    public void Dispose() => _book.Dispose();

    [Fact]
    public void Two_lists_without_an_order_settle_the_stay_that_was_fired()
    {
        _ = FireWritten();
        ReadTwice();
        Assert.Equal(GoneReason.NotListed, Assert.Single(_rig.Settled).Gone);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void Two_lists_without_an_order_leave_it_that_was_forgotten_and_armed_again()
    {
        _ = FireWritten();
        ArmAgain(); // before the tracker is told
        ReadTwice();
        Assert.Equal(GoneReason.NotListed, Assert.Single(_rig.Settled).Gone);
        Assert.Equal(1, _book.CountsByState.Armed);
    }

    [Fact]
    public void Two_lists_without_an_order_that_was_refused_leave_it_that_was_forgotten_and_armed_again()
    {
        _rig.Reply(FireWritten(), Said(ReplyKind.Rejected), 1, Start + 2);
        Assert.Equal(1, _book.CountsByState.Rejected);
        ArmAgain();
        ReadTwice();
        Assert.Equal(2, _rig.Settled.Count);
        Assert.Equal(1, _book.CountsByState.Armed);
    }

    [Fact]
    public void Two_lists_without_an_order_that_was_refused_settle_the_stay_that_was_refused()
    {
        _rig.Reply(FireWritten(), Said(ReplyKind.Rejected), 1, Start + 2);
        ReadTwice();
        Assert.Equal(0, _book.Count);
    }

    [Theory]
    [InlineData(GoneReason.NotFound, 1)]
    [InlineData(GoneReason.Canceled, 0)]
    [InlineData(GoneReason.Filled, 0)]
    [InlineData(GoneReason.Unspecified, 0)]
    public void A_late_reply_takes_out_the_order_that_was_armed_again_unless_it_says_not_found(GoneReason gone, int left)
    {
        var cancel = FireWritten();
        _rig.Reply(cancel, Said(ReplyKind.Rejected), 1, Start + 2);
        ArmAgain();
        _rig.Reply(cancel, Said(ReplyKind.Gone, gone), 1, Start + 3);
        Assert.Equal(left, _book.CountsByState.Armed);
        Assert.Equal(left, _book.Count);
    }

    [Fact]
    public void A_late_confirmation_takes_out_the_order_that_was_armed_again()
    {
        var cancel = FireWritten();
        _rig.Reply(cancel, Said(ReplyKind.Rejected), 1, Start + 2);
        ArmAgain();
        _rig.Reply(cancel, Said(ReplyKind.Confirmed), 1, Start + 3);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void Not_found_of_a_callers_cancel_takes_out_an_order_that_the_venue_is_known_to_have_had()
    {
        Arm();
        Assert.True(_book.MarkLive(Hash(1)));
        _ = _rig.Cancel(1, out var copy, timeout: Ever);
        _rig.Written(copy, Start + 1);
        _rig.Reply(copy.Cancel, Said(ReplyKind.Gone, GoneReason.NotFound, isLive: true), 1, Start + 2);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void Two_lists_without_an_order_leave_it_that_was_armed_again_after_a_callers_cancel()
    {
        Arm();
        Assert.True(_book.MarkLive(Hash(1)));
        _ = _rig.Cancel(1, out var copy, timeout: Ever);
        _rig.Written(copy, Start + 1);
        _rig.Reply(copy.Cancel, Said(ReplyKind.Busy, isLive: true), 1, Start + 2);
        ArmAgain();
        ReadTwice(Start + Second); // after the next copy was written
        Assert.Equal(1, _book.CountsByState.Armed);
    }

    [Fact]
    public void A_confirmation_that_two_lists_contradict_is_open_again_and_leaves_what_was_armed_again_for_the_next_panic()
    {
        var cancel = FireWritten();
        _rig.Reply(cancel, Said(ReplyKind.Confirmed), 1, Start + 2);
        Assert.Equal(0, _book.Count);
        Arm();
        _rig.Copies.Clear();
        _rig.Read(Start + Lag + 10, Start + Lag + 11, 1);
        _rig.Read(Start + Lag + 20, Start + Lag + 21, 1);
        Assert.Equal((CancelStage.Open, 1), (cancel.Stage, _book.CountsByState.Armed));
        _rig.Written(_rig.Take(), Start + Lag + 30);

        // Both are one order: a panic over the new stay goes on with the cancel, and one word ends both.
        var fired = Fire();
        Assert.Same(cancel, fired);
        _rig.Reply(fired, Said(ReplyKind.Gone, GoneReason.Canceled), 1, Start + Lag + 40);
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void A_cancel_whose_order_left_the_book_is_given_up_for_the_later_one_that_is_resolved()
    {
        var fired = FireWritten();
        Assert.True(_book.Forget(Hash(1))); // before the tracker is told
        _ = _rig.Cancel(1, out var copy, now: Start + 2, timeout: Ever);
        _rig.Written(copy, Start + 3);
        _rig.Reply(copy.Cancel, Said(ReplyKind.Gone, GoneReason.Filled), 1, Start + 4);
        ReadTwice();
        var change = Assert.Single(_rig.Changes);
        Assert.Equal((GoneReason.Filled, CancelEvidence.Both), (change.Current.GoneReason, change.Current.Evidence));
        Assert.Equal(CancelStage.Free, fired.Stage);
    }

    [Fact]
    public void A_cancel_whose_order_left_the_book_and_was_fired_again_is_not_opened_again_beside_the_later_one()
    {
        _ = FireWritten();
        Assert.True(_book.Forget(Hash(1))); // before the tracker is told
        Arm(2); // has its slot
        Arm();
        var later = Fire();
        _rig.FiredWritten(later, 1, Start + (100 * Lag));
        ReadTwice();
        Assert.Equal(GoneReason.NotListed, Assert.Single(_rig.Settled).Gone);
        _rig.Read(Start + (50 * Lag), Start + (50 * Lag) + 1, 1);
        _rig.Read(Start + (50 * Lag) + 1, Start + (50 * Lag) + 2, 1);
        Assert.Equal((1, CancelStage.Open), (_rig.Tracker.OpenCount, later.Stage));
        _rig.Reply(later, Said(ReplyKind.Confirmed), 1, Start + (101 * Lag));
        Assert.Equal((0, CancelOutcomeKind.Confirmed, 1), (_rig.Tracker.OpenCount, _rig.Settled[^1].Kind, _book.Count));
    }

    private static TrackedReply Said(ReplyKind kind, GoneReason gone = GoneReason.None, bool isLive = false) =>
        new(kind, gone, null, null, isLive);

    private void Arm(int number = 1) => Assert.Equal(ArmResult.Armed, _book.Arm(Hash(number), Books.SignatureOf(1), tag: 0));

    private void ArmAgain()
    {
        Assert.True(_book.Forget(Hash(1)));
        Arm();
    }

    private TrackedCancel FireWritten()
    {
        Arm();
        var cancel = Fire();
        _rig.FiredWritten(cancel, 1, Start + 1);
        return cancel;
    }

    private TrackedCancel Fire()
    {
        var cursor = BookFiring.OpenCursor(_book.Firing.Latch(BookScope.All), BookScope.All);
        var fired = Assert.Single(Books.FireAll(_book, ref cursor), fired => fired.Hash == Hash(1));
        _book.Reset();
        return _rig.Fire(1, new PanicTally(), slot: fired.Slot, generation: fired.Generation);
    }

    private void ReadTwice(long from = Start)
    {
        _ = _rig.RunTo(from);
        foreach (var copy in _rig.Copies)
        {
            _rig.Written(copy, from);
        }

        _rig.Read(from + Lag + 10, from + Lag + 11);
        _rig.Read(from + Lag + 20, from + Lag + 21);
    }
}
