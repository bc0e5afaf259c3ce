using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>Copies that are not answered in time, beside others that are.</summary>
public sealed class LateCopyTests
{
    private const long AckTimeout = 100;
    private const long Start = TrackerRig.Start;
    private const long Ever = long.MaxValue;

    [Fact]
    public async Task A_copy_that_is_late_does_not_keep_the_refusal_of_another_from_counting()
    {
        var rig = Rig(connections: 2);
        var wait = rig.Cancel(1, out var first, timeout: Ever);
        rig.Written(first, Start + 1);
        Assert.Equal(1, rig.RunTo(Start + 1 + AckTimeout));
        var second = rig.Take();
        Assert.Equal((1, 2), (first.ConnectionId, second.ConnectionId));
        rig.Written(second, Start + 102);
        _ = rig.Reply(1, ReplyKind.Rejected, Start + 103, connectionId: 2, text: "no");
        Assert.Equal(CancelOutcomeKind.Rejected, (await wait).Kind);
    }

    [Theory]
    [InlineData(GoneReason.Filled)]
    [InlineData(GoneReason.Canceled)]
    [InlineData(GoneReason.Unspecified)]
    public async Task Not_found_is_corrected_when_a_later_reply_says_what_became_of_the_order(GoneReason later)
    {
        var rig = Rig();
        var wait = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Written(copy, Start + 1);
        _ = rig.Reply(1, ReplyKind.Gone, Start + 2, gone: GoneReason.NotFound);
        Assert.Equal(GoneReason.NotFound, (await wait).GoneReason);
        _ = rig.Reply(1, ReplyKind.Gone, Start + 3, gone: later);
        _ = rig.Reply(1, ReplyKind.Gone, Start + 4, gone: GoneReason.NotFound); // said again, which says less
        var change = Assert.Single(rig.Changes);
        Assert.Equal((GoneReason.NotFound, later), (change.Previous.GoneReason, change.Current.GoneReason));
    }

    [Fact]
    public async Task A_refusal_waits_for_another_copy_on_the_same_connection()
    {
        var rig = Rig();
        var panic = new PanicTally();
        var wait = rig.Cancel(1, out var own, timeout: Ever);
        var cancel = rig.Fire(1, panic);
        rig.Written(own, Start + 1);
        rig.FiredWritten(cancel, 1, Start + 1);
        _ = rig.Reply(1, ReplyKind.Rejected, Start + 2);
        Assert.False(wait.IsCompleted);
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + 3);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await wait).Kind);
    }

    [Fact]
    public async Task With_several_connections_each_is_tried_before_any_is_tried_again()
    {
        var rig = Rig(connections: 3);
        var wait = rig.Cancel(1, out var copy, timeout: Ever);
        var now = Start;
        var tried = new HashSet<int>();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(tried.Add(copy.ConnectionId));
            rig.Written(copy, now);
            while (rig.Copies.Count == 0)
            {
                now = rig.Tracker.NextDue;
                rig.Tick(now);
            }

            copy = rig.Take();
        }

        _ = rig.Reply(1, ReplyKind.Confirmed, now, connectionId: 2);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await wait).Kind);
        Assert.True(rig.Reply(1, ReplyKind.Gone, now, connectionId: 3), "a late answer is known for what it is");
    }

    [Fact]
    public void A_resend_that_waits_for_the_rate_counts_as_one()
    {
        var rig = new TrackerRig(TrackerRig.Options(
            resends: 2, ackTimeout: AckTimeout, rate: new RateBudgetOptions { FramesPerSecond = 100, Burst = 1 }));
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        var copies = 1;
        for (var now = Start; now < Start + Stopwatch.Frequency; now += Stopwatch.Frequency / 100)
        {
            rig.Written(copy, now);
            _ = rig.Tracker.Rate!.TryTake(1, now, out _); // so that there is none for the tracker
            if (rig.RunTo(now + (Stopwatch.Frequency / 100)) > 0)
            {
                copy = rig.Take();
                copies++;
            }
        }

        Assert.Equal(3, copies);
    }

    [Fact]
    public void Every_copys_answer_is_known_for_what_it_is_in_whatever_order_they_come()
    {
        var rig = new TrackerRig(TrackerRig.Options(policy: ConnectionPolicy.Broadcast), connections: 3);
        _ = rig.Cancel(1);
        Assert.Equal(3, rig.Copies.Count);
        foreach (var copy in rig.Copies)
        {
            rig.Written(copy, Start + 1);
        }

        Assert.True(rig.Reply(1, ReplyKind.Gone, Start + 2, connectionId: 2));
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Start + 3, connectionId: 1));
        Assert.True(rig.Reply(1, ReplyKind.Gone, Start + 4, connectionId: 3));
    }

    [Fact]
    public void What_a_connection_leaves_that_was_closed_for_sending_too_much_goes_out_within_the_budget()
    {
        const int Orders = 4;
        var rig = new TrackerRig(TrackerRig.Options(perSecond: 10, ackTimeout: long.MaxValue));
        for (var i = 0; i < Orders; i++)
        {
            _ = rig.Cancel(i, out var copy, timeout: Ever);
            rig.Written(copy, Start + 1);
        }

        rig.Tracker.Throttled(null, Start + 2);
        rig.Down(1, Start + 3, "banned");
        _ = rig.Up(1, Start + 4);
        Assert.Empty(rig.Copies);
        Assert.Equal(0, rig.RunTo(Start + (Stopwatch.Frequency / 10))); // a pause comes first
        Assert.Equal(Orders, rig.RunTo(Start + Stopwatch.Frequency));
    }

    [Fact]
    public void A_copy_that_is_lost_on_a_connection_that_goes_on_answering_others_is_sent_again()
    {
        var rig = Rig(capacity: 32);
        _ = rig.Cancel(0, out var lost, timeout: Ever);
        rig.Written(lost, Start + 1);
        var sentAgain = false;
        for (var i = 1; i <= 20 && !sentAgain; i++)
        {
            // Every quarter of the time-out another order is canceled and confirmed.
            var now = Start + (i * AckTimeout / 4);
            _ = rig.Cancel(i, out var other, now, Ever);
            rig.Written(other, now);
            _ = rig.Reply(i, ReplyKind.Confirmed, now + 1);
            sentAgain = rig.RunTo(now + 2) > 0;
            Assert.False(sentAgain && now < Start + AckTimeout, "not before its time");
        }

        Assert.True(sentAgain);
    }

    [Fact]
    public void A_copy_that_a_slow_venue_has_not_come_to_is_not_sent_again()
    {
        const int Orders = 20;
        var rig = Rig(capacity: Orders);
        for (var i = 0; i < Orders; i++)
        {
            _ = rig.Cancel(i, out var copy, timeout: Ever);
            rig.Written(copy, Start + 1 + i);
        }

        for (var i = 0; i < Orders; i++)
        {
            var now = Start + ((i + 1) * AckTimeout * 9 / 10);
            _ = rig.Reply(i, ReplyKind.Confirmed, now);
            Assert.Equal(0, rig.RunTo(now));
        }
    }

    [Fact]
    public void A_copy_that_a_connection_keeps_without_sending_it_goes_out_on_another_and_costs_the_rank()
    {
        var rig = Rig(connections: 2);
        _ = rig.Cancel(1, out var kept, timeout: Ever);
        Assert.Equal(1, kept.ConnectionId);
        Assert.Equal(0, rig.RunTo(Start + AckTimeout - 1));
        Assert.Equal(1, rig.RunTo(Start + AckTimeout));
        Assert.Equal(2, rig.Take().ConnectionId);
        Assert.Equal(1, rig.Demoted);
        _ = rig.Cancel(2, out var next, Start + AckTimeout, Ever);
        Assert.Equal(2, next.ConnectionId);
    }

    [Fact]
    public void A_primary_that_reads_and_never_answers_costs_one_cancel_the_time_out_and_no_other()
    {
        var rig = Rig(connections: 2);
        _ = rig.Cancel(1, out var first, timeout: Ever);
        rig.Written(first, Start);
        Assert.Equal(1, rig.RunTo(Start + AckTimeout));
        Assert.Equal((1, 2), (rig.Demoted, rig.Take().ConnectionId));
        for (var i = 2; i < 10; i++)
        {
            _ = rig.Cancel(i, out var copy, Start + AckTimeout, Ever);
            Assert.Equal(2, copy.ConnectionId);
        }
    }

    [Fact]
    public void A_connection_that_refuses_a_copy_is_passed_by_or_asked_again_after_a_pause()
    {
        var rig = Rig(connections: 2);
        _ = rig.Cancel(1, out var refused, timeout: Ever);
        rig.NotWritten(refused, perhaps: false, Start);
        Assert.Equal(2, rig.Take().ConnectionId);

        rig.Down(2, Start);
        rig.Copies.Clear();
        _ = rig.Cancel(2, out refused, timeout: Ever);
        rig.NotWritten(refused, perhaps: false, Start);
        rig.Copies.Clear();
        Assert.Equal(0, rig.RunTo(Start + 1)); // not in a hot loop
        Assert.True(rig.RunTo(Start + Stopwatch.Frequency) > 0);
        Assert.All(rig.Copies, copy => Assert.Equal(1, copy.ConnectionId));
    }

    [Fact]
    public void An_answer_before_its_copy_is_noted_as_written_moves_what_waits_for_a_connection_on()
    {
        var rig = Rig();
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Tick(Start + AckTimeout); // its sender is held up, and no other connection is there
        Assert.Equal(CopyQueue.Connection, copy.Cancel.Queue);
        _ = rig.Reply(1, ReplyKind.Busy, Start + AckTimeout + 1);
        rig.Written(copy, Start + AckTimeout + 2);
        Assert.Equal(1, rig.RunTo(Start + Stopwatch.Frequency));
    }

    [Fact]
    public void A_connection_that_owes_answers_is_used_rather_than_none()
    {
        var table = new ConnectionTable(ConnectionPolicy.Primary);
        table.Raise(1, 1);
        table.Raise(2, 2);
        _ = table.NoteOwing(0b01);
        Assert.Equal(0b01u, table.Targets(sending: 0b10, avoid: 0));
        Assert.Equal(0u, table.Targets(sending: 0b11, avoid: 0));
    }

    private static TrackerRig Rig(int connections = 1, int capacity = 16) =>
        new(TrackerRig.Options(capacity, ackTimeout: AckTimeout, book: 4), connections);
}
