using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>What a panic fired, as the tracker follows it.</summary>
public sealed class PanicTrackingTests
{
    private const long Start = TrackerRig.Start;
    private const long Ever = long.MaxValue;
    private static readonly TrackedReply Confirmed = new(ReplyKind.Confirmed, default, null, null, false);

    [Fact]
    public void A_fired_order_is_counted_once_by_its_latest_panic_whatever_comes()
    {
        var rig = Rig();
        var (first, second) = (new PanicTally(), new PanicTally());
        var cancel = rig.Fire(1, first);
        rig.FiredWritten(cancel, 1, Start + 1);
        rig.TakeOver(1, second, Start + 2);
        Assert.Empty(rig.Copies); // the copy that is under way stays
        rig.Reply(cancel, new TrackedReply(ReplyKind.Rejected, default, null, "no", false), 1, Start + 3);
        rig.Reply(cancel, Confirmed, 1, Start + 4);
        Assert.Equal((1, 0, 1), (first.Fired, first.Unresolved, first.Left));
        Assert.Equal((1, 0, 0, 1, 0), (second.Fired, second.Unresolved, second.Rejected, second.Confirmed, second.Left));
        Assert.Equal([CancelOutcomeKind.Rejected, CancelOutcomeKind.Confirmed], rig.Settled.Select(settled => settled.Kind));
    }

    [Fact]
    public void A_correction_after_the_tally_was_given_to_another_panic_is_not_counted_there()
    {
        var rig = Rig();
        var tally = new PanicTally();
        var cancel = rig.Fire(1, tally);
        rig.FiredWritten(cancel, 1, Start + 1);
        rig.Reply(cancel, new TrackedReply(ReplyKind.Rejected, default, null, "no", false), 1, Start + 2);
        tally.Begin(2, respectsRate: false, triggered: 0);
        rig.Reply(cancel, Confirmed, 1, Start + 3);
        Assert.Equal((0, 0, 0), (tally.Fired, tally.Confirmed, tally.Rejected));
    }

    [Fact]
    public async Task A_caller_that_joined_a_fired_order_is_told_when_the_book_has_lost_it()
    {
        var rig = Rig();
        var panic = new PanicTally();
        var cancel = rig.Fire(1, panic);
        var wait = Join(rig, cancel);
        _ = rig.Fire(2, new PanicTally(), generation: 2); // another order has the slot
        Assert.True(wait.IsCompleted);
        Assert.Equal(UnresolvedReason.Abandoned, (await wait).UnresolvedReason);
        Assert.Equal((1, 0, 1), (panic.Fired, panic.Unresolved, panic.Left));
    }

    [Fact]
    public async Task A_callers_own_cancel_goes_on_when_its_order_has_left_the_book()
    {
        var rig = Rig(ackTimeout: 100);
        var wait = rig.Cancel(1, out var own, timeout: Ever);
        rig.Written(own, Start);
        var panic = new PanicTally();
        var cancel = rig.Fire(1, panic);
        rig.FiredWritten(cancel, 1, Start);
        Assert.Equal(1, rig.RunTo(Start + 100));
        rig.Withdraw(rig.Take(), Start + 101);
        Assert.False(wait.IsCompleted);
        Assert.Equal((0, 1), (panic.Unresolved, panic.Left));
        Assert.True(rig.RunTo(Start + TrackerRig.Second) > 0);
        Assert.Equal(TrackedCancel.NoSlot, rig.Copies[0].Slot);
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + TrackerRig.Second);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await wait).Kind);
    }

    [Fact]
    public void An_order_that_came_back_into_another_slot_is_fired_from_there()
    {
        var rig = Rig(ackTimeout: 100);
        _ = rig.Cancel(1, out var own, timeout: Ever);
        rig.Written(own, Start);
        var panic = new PanicTally();
        _ = rig.Fire(1, panic, slot: 0);
        var cancel = rig.Fire(1, panic, slot: 3, generation: 7);
        Assert.Equal((3, 7u), (cancel.Slot, cancel.SlotGeneration));
        Assert.Null(rig.Tracker.FindFired(0, 1));
        Assert.Same(cancel, rig.Tracker.FindFired(3, 7));
        Assert.Equal((2, 1, 1), (panic.Fired, panic.Unresolved, panic.Left));
    }

    [Fact]
    public void A_withdrawn_copy_of_an_earlier_slot_takes_nothing_from_the_present_one()
    {
        var rig = Rig(ackTimeout: 100);
        _ = rig.Cancel(1, out _, timeout: Ever);
        var panic = new PanicTally();
        _ = rig.Fire(1, panic, slot: 0);
        rig.Down(1, Start + 1);
        _ = rig.Up(1, Start + 2);
        var stale = rig.Take();
        var cancel = rig.Fire(1, panic, slot: 3, now: Start + 3);
        rig.Withdraw(stale, Start + 4);
        Assert.Equal((CancelStage.Open, 3), (cancel.Stage, cancel.Slot));
        Assert.Equal(1, panic.Unresolved);
    }

    [Fact]
    public void A_panic_sends_what_nothing_moves_on_any_more()
    {
        var rig = Rig(ackTimeout: 100, resends: 0);
        _ = rig.Cancel(1, out var own, timeout: Ever);
        rig.Written(own, Start);
        Assert.Equal(0, rig.RunTo(Start + TrackerRig.Second)); // exhausted, with a copy that is late
        rig.TakeOver(1, new PanicTally(), Start + TrackerRig.Second);
        _ = rig.Take();
    }

    [Fact]
    public void What_a_panic_asks_for_goes_as_soon_as_its_connection_has_answered_the_copy_that_it_kept()
    {
        var rig = Rig(ackTimeout: 100);
        var cancel = rig.Fire(1, new PanicTally());
        rig.TakeOver(1, new PanicTally(), Start + 200); // late, and there is no other connection
        Assert.Equal(CopyQueue.Connection, cancel.Queue);
        rig.Reply(cancel, new TrackedReply(ReplyKind.Throttled, default, TimeSpan.FromHours(1), null, false), 1, Start + 201);
        Assert.Equal(TrackerRig.Hash(1), rig.Take().Hash);
    }

    [Fact]
    public void A_panic_that_takes_over_counts_no_time_from_before_it_was_called_for()
    {
        var rig = Rig();
        var (first, second) = (new PanicTally(), new PanicTally());
        rig.FiredWritten(rig.Fire(1, first), 1, Start + 1);
        second.Begin(2, respectsRate: false, triggered: Start + 10);
        rig.TakeOver(1, second, Start + 12);
        Assert.Equal((1, Start + 10, Start + 10), (second.Written, second.FirstByteAt, second.LastByteAt));
        rig.FiredWritten(rig.Fire(2, second, slot: 1, now: Start + 13), 1, Start + 14);
        Assert.Equal((2, Start + 10, Start + 14), (second.Written, second.FirstByteAt, second.LastByteAt));
    }

    [Fact]
    public void A_refusal_is_of_the_stay_in_the_book_that_was_refused()
    {
        var rig = Rig();
        var cancel = rig.Fire(1, new PanicTally(), slot: 3, generation: 7);
        rig.FiredWritten(cancel, 1, Start + 1);
        rig.Reply(cancel, new TrackedReply(ReplyKind.Rejected, default, null, "no", false), 1, Start + 2);
        Assert.Equal(new SettledOrder(TrackerRig.Hash(1), CancelOutcomeKind.Rejected, 3, 7), Assert.Single(rig.Settled));
    }

    private static ValueTask<CancelOutcome> Join(TrackerRig rig, TrackedCancel cancel)
    {
        var wait = new CancelWait(rig, _ => { }) { Due = Ever };
        var task = wait.Task;
        Assert.True(rig.Tracker.TryJoin(cancel, wait, Start, new TrackerEffects()));
        return task;
    }

    private static TrackerRig Rig(long ackTimeout = Ever, int resends = 3) =>
        new(TrackerRig.Options(book: 8, ackTimeout: ackTimeout, resends: resends));
}
