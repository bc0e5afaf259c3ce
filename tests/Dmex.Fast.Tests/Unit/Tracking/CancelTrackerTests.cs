using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>What callers are told.</summary>
public sealed class CancelTrackerTests
{
    private const long Start = TrackerRig.Start;
    private static readonly long Second = TrackerRig.Second;

    [Fact]
    public async Task A_confirmation_resolves_the_wait_with_its_history()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy);
        rig.Written(copy, Start + 10);
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Start + 20));

        var outcome = await wait;
        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.Equal((Start, Start + 10, Start + 20), (outcome.AcceptedTimestamp, outcome.WrittenTimestamp, outcome.ResolvedTimestamp));
        Assert.Equal((1, 1), (outcome.ConnectionId, outcome.Attempts));
        Assert.Equal(0, rig.Tracker.OpenCount);
        Assert.Empty(rig.Changes);
    }

    [Fact]
    public async Task A_deadline_is_not_told_with_a_time_before_the_answer_that_it_tells_of()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy, timeout: 10);
        rig.Written(copy, Start + 5);
        _ = rig.Reply(1, ReplyKind.Throttled, Start + 30, text: "slowly");
        rig.Tick(Start + 20); // by a thread that read the time, and then was held up

        var outcome = await wait;
        Assert.Equal((UnresolvedReason.Throttled, Start + 30), (outcome.UnresolvedReason, outcome.ResolvedTimestamp));
    }

    [Fact]
    public async Task What_no_rule_knows_is_told_to_whoever_is_not_answered_and_only_to_them()
    {
        var rig = new TrackerRig();
        rig.Tracker.NoteUnknown("before any cancel"u8);
        var first = rig.Cancel(1, out _, timeout: 100);
        rig.Tracker.NoteUnknown("{\"order_hash\":\"0x11\",\"r\":\"0x2233445566\",\"what\":\"one\"}"u8);
        var second = rig.Cancel(2, out _, timeout: 100);
        var third = rig.Cancel(3, out _, timeout: 100);
        rig.Tracker.NoteUnknown("{\"what\":\"two\",\"signature\":\"0x2233445566\"}"u8);
        _ = rig.Reply(3, ReplyKind.Confirmed, Start + 1);
        rig.RunTo(Start + 200);

        var (one, two, three) = (await first, await second, await third);
        Assert.Equal((2, 1, 0), (one.UnknownMessages, two.UnknownMessages, three.UnknownMessages));
        Assert.Equal("{\"what\":\"two\",\"signature\":…}", two.LastUnknownMessage);
        Assert.Same(one.LastUnknownMessage, two.LastUnknownMessage);
        Assert.Null(three.LastUnknownMessage);
        Assert.Contains("1 messages that no rule knows, the last begins: {", two.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledgments_are_counted_and_confirm_nothing()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy, timeout: 100);
        rig.Written(copy, Start + 1);
        _ = rig.Reply(1, ReplyKind.Acknowledged, Start + 2);
        _ = rig.Reply(1, ReplyKind.Acknowledged, Start + 3);
        rig.RunTo(Start + 200);

        var outcome = await wait;
        Assert.Equal(
            (CancelOutcomeKind.Unresolved, UnresolvedReason.Deadline, 2),
            (outcome.Kind, outcome.UnresolvedReason, outcome.Acknowledgments));
    }

    [Fact]
    public async Task Canceled_already_may_be_this_clients_own_cancel_only_when_another_copy_went_out()
    {
        var rig = new TrackerRig(TrackerRig.Options(policy: ConnectionPolicy.Broadcast), connections: 2);
        var twice = rig.Cancel(1)!.Value;
        rig.Copies.ForEach(copy => rig.Written(copy, Start + 1));
        _ = rig.Reply(1, ReplyKind.Gone, Start + 2, connectionId: 2, GoneReason.Canceled);
        rig.Down(2, Start + 3);
        var once = rig.Cancel(2)!.Value;
        _ = rig.Reply(2, ReplyKind.Gone, Start + 4, connectionId: 1, GoneReason.Canceled);
        var filled = rig.Cancel(3)!.Value;
        _ = rig.Reply(3, ReplyKind.Gone, Start + 4, connectionId: 1, GoneReason.Filled);

        var outcome = await twice;
        Assert.True(outcome.MayBeOwnCancel);
        Assert.Equal((CancelOutcomeKind.AlreadyGone, GoneReason.Canceled), (outcome.Kind, outcome.GoneReason));
        Assert.Contains("perhaps by another copy", outcome.ToString(), StringComparison.Ordinal);
        Assert.False((await once).MayBeOwnCancel);
        Assert.False((await filled).MayBeOwnCancel);
    }

    [Fact]
    public async Task No_outcome_is_older_than_its_cancel()
    {
        var rig = new TrackerRig();
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start + 1);
        _ = rig.Reply(1, ReplyKind.Gone, Start + 2, gone: GoneReason.Filled);
        _ = await first;
        var again = rig.Cancel(1, now: Start + 10)!.Value;
        _ = rig.Reply(1, ReplyKind.Gone, Start + 5, gone: GoneReason.Filled); // read before, told now

        var outcome = await again;
        Assert.Equal((Start + 10, Start + 10), (outcome.AcceptedTimestamp, outcome.ResolvedTimestamp));
    }

    [Fact]
    public async Task An_answer_read_before_the_write_was_noted_still_counts_the_copy()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy);
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + 20);
        rig.Written(copy, Start + 30);

        var outcome = await wait;
        Assert.Equal((1, Start + 20), (outcome.Attempts, outcome.WrittenTimestamp));
    }

    [Fact]
    public void A_reply_about_an_order_that_is_not_tracked_says_whether_the_order_is_closed()
    {
        var effects = new TrackerEffects();
        var hash = TrackerRig.Hash(9);
        Assert.False(CancelTracker.RepliedUntracked(hash, new TrackedReply(ReplyKind.Throttled, default, null, null, false), effects));
        Assert.False(CancelTracker.RepliedUntracked(hash, new TrackedReply(ReplyKind.Rejected, default, null, null, true), effects));
        Assert.False(
            CancelTracker.RepliedUntracked(hash, new TrackedReply(ReplyKind.Gone, GoneReason.NotFound, null, null, false), effects));
        Assert.True(effects.IsEmpty);
        Assert.True(CancelTracker.RepliedUntracked(hash, new TrackedReply(ReplyKind.Gone, GoneReason.NotFound, null, null, true), effects));
        Assert.True(CancelTracker.RepliedUntracked(hash, new TrackedReply(ReplyKind.Confirmed, default, null, null, false), effects));
        Assert.Equal(2, effects.Settled.Count);
    }

    [Fact]
    public async Task A_second_cancel_of_an_unresolved_order_joins_the_first_and_both_learn_the_outcome()
    {
        var rig = new TrackerRig();
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        var second = rig.Cancel(1, Start + 1)!.Value;
        var third = rig.Cancel(1, Start + 2)!.Value;
        Assert.Empty(rig.Copies);

        _ = rig.Reply(1, ReplyKind.Gone, Start + 3, gone: GoneReason.Filled, text: "filled");
        foreach (var outcome in new[] { await first, await second, await third })
        {
            Assert.Equal((CancelOutcomeKind.AlreadyGone, GoneReason.Filled, "filled"), (outcome.Kind, outcome.GoneReason, outcome.Reason));
        }

        Assert.Empty(rig.Changes);
    }

    [Fact]
    public async Task The_deadline_ends_the_wait_and_a_later_confirmation_raises_a_change()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        rig.Tick(Start + Second - 1);
        Assert.False(wait.IsCompleted);
        rig.Tick(Start + Second);

        var outcome = await wait;
        Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.Deadline), (outcome.Kind, outcome.UnresolvedReason));
        Assert.Equal(1, rig.Tracker.OpenCount);
        Assert.Empty(rig.Changes);

        _ = rig.Reply(1, ReplyKind.Confirmed, Start + (2 * Second));
        var change = Assert.Single(rig.Changes);
        Assert.Equal((TrackerRig.Hash(1), outcome), (change.Hash, change.Previous));
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Current.Kind);
        Assert.Equal(0, rig.Tracker.OpenCount);
    }

    [Fact]
    public async Task When_nothing_more_goes_by_itself_asking_again_sends_again()
    {
        var rig = new TrackerRig(TrackerRig.Options(resends: 0, ackTimeout: Second / 2));
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        Assert.Equal(0, rig.RunTo(Start + Second));
        _ = await first;

        var second = rig.Cancel(1, out var again, Start + (2 * Second));
        rig.Written(again, Start + (2 * Second));
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + (3 * Second));
        Assert.Equal(2, (await second).Attempts);
    }

    [Fact]
    public async Task A_canceled_token_ends_the_wait_and_not_the_cancel()
    {
        var rig = new TrackerRig();
        using var source = new CancellationTokenSource();
        var wait = rig.Cancel(1, token: source.Token)!.Value;
        await source.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        Assert.Equal(1, rig.Tracker.OpenCount);
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + 1);
        var change = Assert.Single(rig.Changes);
        Assert.Equal(UnresolvedReason.WaitCanceled, change.Previous.UnresolvedReason);
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Current.Kind);
    }

    [Fact]
    public async Task Of_two_waits_each_has_its_own_deadline_and_token()
    {
        var rig = new TrackerRig();
        using var source = new CancellationTokenSource();
        var first = rig.Cancel(1, out _);
        var second = rig.Cancel(1, timeout: 5 * Second, token: source.Token)!.Value;
        var third = rig.Cancel(1, timeout: 9 * Second)!.Value;

        rig.Tick(Start + Second);
        Assert.Equal(UnresolvedReason.Deadline, (await first).UnresolvedReason);
        await source.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        Assert.False(third.IsCompleted);

        _ = rig.Reply(1, ReplyKind.Confirmed, Start + (6 * Second));
        Assert.Equal(CancelOutcomeKind.Confirmed, (await third).Kind);
        _ = Assert.Single(rig.Changes); // the first caller had been told something else
    }

    [Fact]
    public async Task Abandoning_ends_the_cancel_and_whoever_waits_for_it()
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out _);
        Assert.True(rig.Abandon(1, Start + 1));
        Assert.Equal(UnresolvedReason.Abandoned, (await wait).UnresolvedReason);
        Assert.False(rig.Abandon(1, Start + 2));
        Assert.False(rig.Reply(1, ReplyKind.Confirmed, Start + 3));
        Assert.Equal(0, rig.Tracker.OpenCount);
    }

    [Theory]
    [InlineData(ReplyKind.Rejected, CancelOutcomeKind.Rejected)]
    [InlineData(ReplyKind.Gone, CancelOutcomeKind.AlreadyGone)]
    public async Task A_confirmation_after_a_weaker_answer_is_a_correction(ReplyKind weaker, CancelOutcomeKind told)
    {
        var rig = new TrackerRig();
        var wait = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(1, weaker, Start + 1, gone: GoneReason.NotFound, text: "no");
        Assert.Equal(told, (await wait).Kind);

        Assert.True(rig.Reply(1, weaker, Start + 2, gone: GoneReason.NotFound, text: "no")); // a duplicate
        Assert.Empty(rig.Changes);
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Start + 3));
        var change = Assert.Single(rig.Changes);
        Assert.Equal((told, CancelOutcomeKind.Confirmed), (change.Previous.Kind, change.Current.Kind));
    }

    [Fact]
    public async Task A_rejected_order_may_be_canceled_anew()
    {
        var rig = new TrackerRig();
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(1, ReplyKind.Rejected, Start + 1, text: "no");
        _ = await first;

        var second = rig.Cancel(1, out _);
        _ = rig.Reply(1, ReplyKind.Confirmed, Start + 2);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await second).Kind);
        Assert.Empty(rig.Changes);
    }

    [Fact]
    public async Task A_throttled_cancel_stays_unresolved_and_the_deadline_names_the_throttle()
    {
        var rig = new TrackerRig(TrackerRig.Options(resends: 0));
        var wait = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(1, ReplyKind.Throttled, Start + 1, text: "slow down");
        Assert.False(wait.IsCompleted);
        Assert.Equal(0, rig.RunTo(Start + Second));
        var outcome = await wait;
        Assert.Equal((UnresolvedReason.Throttled, "slow down"), (outcome.UnresolvedReason, outcome.Reason));
    }

    [Fact]
    public async Task A_throttled_cancel_is_sent_again_after_a_growing_delay_and_only_so_often()
    {
        var rig = new TrackerRig(TrackerRig.Options(resends: 2));
        var wait = rig.Cancel(1, out var copy, timeout: 60 * Second);
        var now = Start;
        rig.Written(copy, now);
        var delays = new List<long>();
        for (var i = 0; i < 2; i++)
        {
            _ = rig.Reply(1, ReplyKind.Throttled, now);
            Assert.Empty(rig.Copies);
            delays.Add(rig.Tracker.NextDue - now);
            _ = rig.Cancel(1, now, 100 * Second); // joins, and does not hurry it
            now += Second;
            Assert.Equal(1, rig.RunTo(now));
            rig.Written(rig.Take(), now);
        }

        Assert.InRange(delays[0], Second / 40, Second / 20);
        Assert.InRange(delays[1], Second / 20, Second / 10);
        _ = rig.Reply(1, ReplyKind.Throttled, now);
        Assert.Equal(0, rig.RunTo(now + (10 * Second)));
        _ = rig.Reply(1, ReplyKind.Confirmed, now + (10 * Second));
        Assert.Equal(3, (await wait).Attempts);
    }

    [Fact]
    public async Task A_full_tracker_turns_a_cancel_away_and_changes_nothing()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 2));
        var refused = rig.Cancel(3, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(3, ReplyKind.Rejected, Start);
        Assert.Equal(CancelOutcomeKind.Rejected, (await refused).Kind);
        _ = rig.Cancel(1, out _);
        var second = rig.Cancel(2, out _);

        Assert.Null(rig.Cancel(3));
        Assert.True(rig.Cancel(2) is not null);
        Assert.Equal(2, rig.Tracker.OpenCount);
        _ = rig.Reply(2, ReplyKind.Confirmed, Start + 1);
        _ = await second;
        Assert.True(rig.Cancel(3) is not null);
    }

    [Fact]
    public async Task A_correction_of_what_is_remembered_survives_being_turned_away()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 1, book: 1));
        var refused = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(1, ReplyKind.Rejected, Start);
        _ = await refused;
        _ = rig.Cancel(2);
        Assert.Null(rig.Cancel(1));
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Start + 1));
        Assert.Equal(CancelOutcomeKind.Confirmed, Assert.Single(rig.Changes).Current.Kind);
    }

    [Fact]
    public async Task A_remembered_rejection_makes_room()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 1));
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        _ = rig.Reply(1, ReplyKind.Rejected, Start);
        _ = await first;
        Assert.Equal(0, rig.Tracker.OpenCount);
        _ = rig.Cancel(2, out _);
        Assert.False(rig.Reply(1, ReplyKind.Confirmed, Start));
    }

    [Fact]
    public async Task Stopping_fails_everything_at_once_with_the_reason_and_reports_what_nobody_waits_for()
    {
        var rig = new TrackerRig();
        var waited = rig.Cancel(1, out _);
        var expired = rig.Cancel(2, out _, timeout: Second / 2);
        rig.Tick(Start + (Second / 2));
        _ = await expired;
        rig.Stop(UnresolvedReason.Disposed, "over", Start + Second);

        var outcome = await waited;
        Assert.Equal((UnresolvedReason.Disposed, "over"), (outcome.UnresolvedReason, outcome.Reason));
        var change = Assert.Single(rig.Changes);
        Assert.Equal((TrackerRig.Hash(2), UnresolvedReason.Disposed), (change.Hash, change.Current.UnresolvedReason));
        Assert.Equal((UnresolvedReason.Disposed, "over"), rig.Tracker.Stopped);
        Assert.Equal(long.MaxValue, rig.Tracker.NextDue);

        // An answer that was read before the stop was noticed still corrects; a second stop repeats nothing.
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Start + Second));
        Assert.Equal(2, rig.Changes.Count);
        rig.Stop(UnresolvedReason.Disposed, null, Start + (2 * Second));
        Assert.Equal(2, rig.Changes.Count);
    }

    [Fact]
    public async Task Stopping_for_a_reason_that_was_told_before_ends_every_wait()
    {
        var rig = new TrackerRig();
        var first = rig.Cancel(1, out var copy);
        rig.Written(copy, Start);
        rig.Down(1, Start + 1, "reset");
        Assert.Equal(UnresolvedReason.ConnectionLost, (await first).UnresolvedReason);
        var second = rig.Cancel(1, Start + 2)!.Value;
        rig.Stop(UnresolvedReason.ConnectionLost, "given up", Start + 3);
        Assert.True(second.IsCompleted);
        Assert.Equal("given up", (await second).Reason);
    }

    [Fact]
    public void Too_many_waits_for_one_order_are_turned_away()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 2));
        _ = rig.Cancel(1, out _);
        var joined = Enumerable.Range(0, 20).Select(_ => rig.Cancel(1)).ToList();
        Assert.Equal(7, joined.Count(wait => wait is not null));
        Assert.Equal(13, joined.Count(wait => wait is null));
    }

    [Fact]
    public void Waits_that_nobody_takes_the_result_of_take_no_room()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 2));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(rig.Cancel(i, Start + i, timeout: 1) is not null);
            _ = rig.Reply(i, ReplyKind.Confirmed, Start + i);
        }

        Assert.Equal((0, 100), (rig.Tracker.OpenCount, rig.Told));
    }

    [Fact]
    public async Task A_copy_that_went_perhaps_counts_and_one_that_did_not_go_does_not()
    {
        var rig = new TrackerRig();
        var perhaps = rig.Cancel(1, out var copy);
        rig.NotWritten(copy, perhaps: true, Start);
        rig.Down(1, Start + 1);
        Assert.Equal(1, (await perhaps).Attempts);

        _ = rig.Up(1, Start + 2);
        rig.Copies.Clear();
        var not = rig.Cancel(2, out copy, Start + 3);
        rig.NotWritten(copy, perhaps: false, Start + 4);
        rig.Down(1, Start + 5);
        Assert.Equal(0, (await not).Attempts);
    }

    [Fact]
    public void The_outcome_of_a_copy_in_an_earlier_life_of_its_connection_changes_nothing_of_the_present_one()
    {
        var rig = new TrackerRig();
        _ = rig.Cancel(1, out var old);
        rig.Down(1, Start + 1);
        _ = rig.Up(1, Start + 2);
        var copy = rig.Take();
        rig.Written(old, Start + 3);
        Assert.Equal((1u, 0u), (copy.Cancel.SendingOn, copy.Cancel.AwaitedOn));
        rig.NotWritten(old, perhaps: false, Start + 4);
        Assert.Equal((1u, 1), (copy.Cancel.SendingOn, copy.Cancel.Attempts));
        rig.Written(copy, Start + 5);
        Assert.Equal((0u, 1u), (copy.Cancel.SendingOn, copy.Cancel.AwaitedOn));
    }
}
