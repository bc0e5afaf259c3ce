using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>Who goes when not all may.</summary>
public sealed class CopyScheduleTests
{
    private const long Start = TrackerRig.Start;
    private const long Ever = long.MaxValue;
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void First_copies_that_wait_for_the_rate_go_in_the_order_in_which_they_came()
    {
        var rig = new TrackerRig(TrackerRig.Options(rate: new RateBudgetOptions { FramesPerSecond = 10, Burst = 1 }));
        for (var i = 0; i < 8; i++)
        {
            _ = rig.Cancel(i, Start + i, Ever);
        }

        _ = Assert.Single(rig.Copies);
        Assert.Equal(7, rig.RunTo(Start + Second));
        Assert.Equal(Enumerable.Range(0, 8).Select(TrackerRig.Hash), rig.Copies.Select(copy => copy.Hash));
    }

    [Fact]
    public void Whoever_was_served_and_has_to_wait_again_keeps_its_turn()
    {
        var rig = new TrackerRig(TrackerRig.Options(rate: new RateBudgetOptions { FramesPerSecond = 10, Burst = 1 }));
        for (var i = 0; i < 4; i++)
        {
            _ = rig.Cancel(i, Start + i, Ever);
        }

        rig.Copies.Clear();
        for (var now = Start; now < Start + Second; now += Second / 100)
        {
            _ = now < Start + (Second / 2) && rig.Tracker.Rate!.TryTake(1, now, out _);
            rig.Tick(now);
        }

        Assert.Equal(Enumerable.Range(1, 3).Select(TrackerRig.Hash), rig.Copies.Select(copy => copy.Hash));
    }

    [Fact]
    public void Retries_that_wait_for_the_budget_go_in_the_order_in_which_they_fell_due_and_no_faster()
    {
        var rig = new TrackerRig(TrackerRig.Options(perSecond: 10));
        for (var i = 0; i < 16; i++)
        {
            _ = rig.Cancel(i, out var copy, Start + i, Ever);
            rig.Written(copy, Start + i);
            _ = rig.Reply(i, ReplyKind.Busy, Start + i);
        }

        var dues = rig.RunTo(Start + (Second / 10));
        Assert.InRange(dues, 10, 11);
        Assert.Equal(16 - dues, rig.RunTo(Start + Second));
        Assert.Equal(16, rig.Copies.Select(copy => copy.Hash).Distinct().Count());
    }

    [Fact]
    public void What_waited_for_the_rate_is_not_sent_on_top_of_the_retry_budget()
    {
        // A limited budget gives 10 a second; the rate holds everything back for a while.
        var rig = new TrackerRig(TrackerRig.Options(perSecond: 10, rate: new RateBudgetOptions { FramesPerSecond = 1000, Burst = 1000 }));
        for (var i = 0; i < 16; i++)
        {
            _ = rig.Cancel(i, out var copy, Start, Ever);
            rig.Written(copy, Start);
            _ = rig.Reply(i, ReplyKind.Busy, Start);
        }

        var now = Start;
        for (; now < Start + (2 * Second); now += Second / 100)
        {
            _ = rig.Tracker.Rate!.TakeForPanic(1000, now);
            rig.Tick(now);
        }

        rig.Copies.Clear();
        Assert.InRange(rig.RunTo(now + (Second / 10)), 0, 12);
    }

    [Fact]
    public void A_venues_pause_of_hours_holds_no_first_copy_back_and_no_retry_for_longer_than_the_option_says()
    {
        var rig = new TrackerRig();
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Written(copy, Start);
        rig.Tracker.Throttled(TimeSpan.FromHours(1), Start);
        _ = rig.Reply(1, ReplyKind.Throttled, Start, retryAfter: TimeSpan.FromHours(24));
        _ = rig.Cancel(2, out _, Start + 1); // goes at once

        rig.Down(1, Start + 2, "reset");
        _ = rig.Cancel(3, Start + 3);
        Assert.Empty(rig.Copies);
        _ = rig.Up(1, Start + 4);
        Assert.Contains(rig.Copies, sent => sent.Hash == TrackerRig.Hash(3)); // never sent: no pause concerns it
        rig.Copies.Clear();
        Assert.True(rig.RunTo(Start + (7 * Second)) >= 2, "what was put off goes after 5 s and not after hours");
    }

    [Fact]
    public void A_panic_overrides_a_pause_and_the_budget()
    {
        var rig = new TrackerRig(TrackerRig.Options(book: 4, perSecond: 1));
        var first = new PanicTally();
        var cancel = rig.Fire(1, first);
        rig.FiredWritten(cancel, 1, Start);
        rig.Reply(cancel, new TrackedReply(ReplyKind.Throttled, default, TimeSpan.FromHours(1), null, false), 1, Start + 1);
        Assert.Equal(0, rig.RunTo(Start + Second));

        var second = new PanicTally();
        rig.TakeOver(1, second, Start + Second);
        Assert.Equal(TrackerRig.Hash(1), rig.Take().Hash);
        Assert.Equal((0, 1, 1), (first.Unresolved, first.Left, second.Unresolved));
    }

    [Fact]
    public void One_budget_bounds_callers_cancels_and_panicked_ones_together()
    {
        var rig = new TrackerRig(TrackerRig.Options(book: 16, perSecond: 10));
        var panic = new PanicTally();
        for (var i = 0; i < 8; i++)
        {
            _ = rig.Cancel(i, out var copy, Start, Ever);
            rig.Written(copy, Start);
            _ = rig.Reply(i, ReplyKind.Busy, Start);
            var cancel = rig.Fire(100 + i, panic, slot: i);
            rig.FiredWritten(cancel, 1, Start);
            rig.Reply(cancel, new TrackedReply(ReplyKind.Busy, default, null, null, false), 1, Start);
        }

        Assert.InRange(rig.RunTo(Start + (Second / 10)), 10, 11);
        Assert.InRange(panic.Resent, 1, 8);
    }
}
