using System.Globalization;
using System.Text;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;
using Xunit;
using static Dmex.Fast.Tests.Unit.Tracking.TrackerRig;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>Reads of the venue's list compared with the cancels of a tracker.</summary>
public sealed class ListTrackingTests
{
    private const long Ever = long.MaxValue;
    private const long Lag = 1000;
    private const long Grace = 5000;
    private const long Written = Start + 10;

    /// <summary>
    /// Each row: what the reply says, the reads as their times after the copy was written with <c>L</c> for listed and <c>-</c> for absent,
    /// and what is told in the end.
    /// </summary>
    [Theory]
    [InlineData(null, "", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "9000L", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "9000L 9100L", CancelOutcomeKind.Unresolved, CancelEvidence.List)]
    [InlineData(null, "9000-", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "9000- 9100-", CancelOutcomeKind.AlreadyGone, CancelEvidence.List)]
    [InlineData(null, "9000- 9100L", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "9000- 9100L 9200-", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "9000L 9100- 9200-", CancelOutcomeKind.AlreadyGone, CancelEvidence.List)]
    [InlineData(null, "999- 9000-", CancelOutcomeKind.Unresolved, CancelEvidence.None)] // began before the lag had passed
    [InlineData(null, "998- 999-", CancelOutcomeKind.Unresolved, CancelEvidence.None)]
    [InlineData(null, "1000- 1100-", CancelOutcomeKind.Unresolved, CancelEvidence.None)] // it may not have reached the venue
    [InlineData(null, "1000L 1100- 1200-", CancelOutcomeKind.Unresolved, CancelEvidence.None)] // one read alone is no proof that it had
    [InlineData(null, "1000L 1100L 1200- 1300-", CancelOutcomeKind.AlreadyGone, CancelEvidence.List)]
    [InlineData(null, "9000- 9000-", CancelOutcomeKind.Unresolved, CancelEvidence.None)] // began before the read before had ended
    [InlineData(ReplyKind.Confirmed, "", CancelOutcomeKind.Confirmed, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Confirmed, "1000L", CancelOutcomeKind.Confirmed, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Confirmed, "999L 1000L", CancelOutcomeKind.Confirmed, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Confirmed, "1000L 1100L", CancelOutcomeKind.Unresolved, CancelEvidence.List)]
    [InlineData(ReplyKind.Confirmed, "1000L 1100- 1200L", CancelOutcomeKind.Confirmed, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Confirmed, "1000-", CancelOutcomeKind.Confirmed, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Confirmed, "1000- 1100-", CancelOutcomeKind.Confirmed, CancelEvidence.Both)]
    [InlineData(ReplyKind.Confirmed, "1000- 1100- 1200L 1300L", CancelOutcomeKind.Confirmed, CancelEvidence.Both)] // it is forgotten
    [InlineData(ReplyKind.Gone, "1000L 1100L", CancelOutcomeKind.Unresolved, CancelEvidence.List)]
    [InlineData(ReplyKind.Gone, "1000- 1100-", CancelOutcomeKind.AlreadyGone, CancelEvidence.Both)]
    [InlineData(ReplyKind.Gone, "1000- 1100- 1200L 1300L", CancelOutcomeKind.Unresolved, CancelEvidence.List)]
    [InlineData(ReplyKind.Rejected, "1000L 1100L", CancelOutcomeKind.Rejected, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Rejected, "1000-", CancelOutcomeKind.Rejected, CancelEvidence.Reply)]
    [InlineData(ReplyKind.Rejected, "1000- 1100-", CancelOutcomeKind.AlreadyGone, CancelEvidence.List)]
    [InlineData(ReplyKind.Busy, "9000L 9100L", CancelOutcomeKind.Unresolved, CancelEvidence.List)]
    public async Task What_is_told_after(ReplyKind? reply, string reads, CancelOutcomeKind kind, CancelEvidence evidence)
    {
        var rig = new TrackerRig(TrackerRig.Options(ackTimeout: Ever, resends: 0, grace: Grace, listLag: Lag));
        rig.Read(1, 2, 1, 2);
        var wait = rig.Cancel(1, out var copy, timeout: 100_000);
        rig.Written(copy, Written);
        if (reply is { } said)
        {
            var gone = said == ReplyKind.Gone ? GoneReason.Filled : GoneReason.None;
            Assert.True(rig.Reply(1, said, Written + 1, gone: gone));
        }

        foreach (var read in reads.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var began = Written + long.Parse(read[..^1], CultureInfo.InvariantCulture);
            rig.Read(began, began + 10, read.EndsWith('L') ? [1, 2] : [2]);
        }

        _ = rig.RunTo(Start + 100_000);
        var told = rig.Changes.Count > 0 ? rig.Changes[^1].Current : await wait;
        Assert.Equal((kind, evidence), (told.Kind, told.Evidence));
        var isByList = evidence == CancelEvidence.List;
        Assert.Equal(kind == CancelOutcomeKind.AlreadyGone && isByList, told.GoneReason == GoneReason.NotListed);
        Assert.Equal(kind == CancelOutcomeKind.Unresolved && isByList, told.UnresolvedReason == UnresolvedReason.StillOpen);
    }

    /// <summary>It may be the list of another account, or of another venue: then it never has any of them, canceled or not.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(ReplyKind.Rejected)]
    public void A_list_that_never_had_an_order_of_ours_tells_of_none_that_it_is_gone(ReplyKind? reply)
    {
        var rig = new TrackerRig(TrackerRig.Options(ackTimeout: Ever, listLag: Lag));
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Written(copy, Written);
        Assert.True(reply is null || rig.Reply(1, reply.Value, Written + 1));
        for (var began = Written + Lag; began < Written + (10 * Lag); began += Lag)
        {
            rig.Read(began, began + 10, 2);
        }

        Assert.Equal((reply is null ? 1 : 0, 0), (rig.Tracker.OpenCount, rig.Changes.Count));
    }

    /// <summary>One order that it had shows whose list it is; a refusal may be of an order that another account has.</summary>
    [Theory]
    [InlineData(null, 0)]
    [InlineData(ReplyKind.Rejected, 0)]
    public void A_list_that_had_another_order_of_ours_tells_that_one_is_gone_unless_it_was_refused(ReplyKind? reply, int changes)
    {
        var rig = new TrackerRig(TrackerRig.Options(ackTimeout: Ever, listLag: Lag));
        rig.Read(1, 2, 2);
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Written(copy, Written);
        _ = rig.Cancel(2, out var other, timeout: Ever);
        rig.Written(other, Written);
        Assert.True(reply is null || rig.Reply(1, reply.Value, Written + 1));
        rig.Read(Written + Lag, Written + Lag + 10);
        rig.Read(Written + (2 * Lag), Written + (2 * Lag) + 10);
        rig.Read(Written + (3 * Lag), Written + (3 * Lag) + 10);
        Assert.Equal((0, changes), (rig.Tracker.OpenCount, rig.Changes.Count));
    }

    [Fact]
    public async Task A_confirmation_that_two_lists_contradict_is_corrected_and_goes_out_again()
    {
        var rig = new TrackerRig(TrackerRig.Options(ackTimeout: Ever, listLag: Lag));
        var wait = rig.Cancel(1, out var copy);
        rig.Written(copy, Written);
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Written + 1));
        Assert.Equal(CancelOutcomeKind.Confirmed, (await wait).Kind);
        Assert.True(rig.Tracker.WantsList);

        rig.Read(Written + Lag, Written + Lag + 10, 1);
        Assert.Empty(rig.Changes);
        Assert.Empty(rig.Copies);
        rig.Read(Written + Lag + 10, Written + Lag + 20, 1);
        var change = Assert.Single(rig.Changes);
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Previous.Kind);
        Assert.Equal(UnresolvedReason.StillOpen, change.Current.UnresolvedReason);
        Assert.Equal(1, rig.Tracker.OpenCount);
        _ = rig.RunTo(Written + Lag + Second);

        // Its new copy begins the count anew.
        var again = rig.Take();
        rig.Written(again, Written + Lag + Second);
        rig.Read(Written + Lag + Second + 10, Written + Lag + Second + 20);
        rig.Read(Written + Lag + Second + 20, Written + Lag + Second + 30);
        Assert.Equal(1, rig.Tracker.OpenCount);
        rig.Read(Written + (2 * Lag) + Second, Written + (2 * Lag) + Second + 10);
        rig.Read(Written + (2 * Lag) + Second + 10, Written + (2 * Lag) + Second + 20);
        Assert.Equal((0, GoneReason.NotListed), (rig.Tracker.OpenCount, rig.Changes[^1].Current.GoneReason));
    }

    /// <summary>Two reads of a list with one row.</summary>
    [Theory]
    [InlineData("\"remaining_amount\":\"5\",\"closed\":false", UnresolvedReason.StillOpen)]
    [InlineData("\"remaining_amount\":\"5\",\"closed\":true", UnresolvedReason.None)]
    [InlineData("\"remaining_amount\":\"0\",\"closed\":false", UnresolvedReason.None)]
    [InlineData("\"remaining_amount\":0,\"closed\":true", UnresolvedReason.None)]
    public async Task A_row_that_is_closed_or_has_nothing_remaining_is_not_open(string state, UnresolvedReason expected)
    {
        var rig = new TrackerRig(TrackerRig.Options(ackTimeout: Ever, resends: 0, listLag: Lag));
        var wait = rig.Cancel(1, out var copy, timeout: 100_000);
        rig.Written(copy, Written);
        for (var began = Written + Lag; began < Written + Lag + 20; began += 10)
        {
            rig.Read(new ListRead(began, began + 10, await HashesOf(state), Before: [Hash(1)]));
        }

        _ = rig.RunTo(Start + 100_000);
        var told = await wait;
        Assert.Equal((expected, CancelEvidence.List), (told.UnresolvedReason, told.Evidence));
    }

    [Theory]
    [InlineData("\"remaining_amount\":\"5\"")]
    [InlineData("\"closed\":false")]
    [InlineData("\"remaining_amount\":\"5\",\"closed\":null")]
    [InlineData("\"remaining_amount\":\"-5\",\"closed\":false")]
    public async Task A_row_that_does_not_say_whether_it_is_open_is_no_row(string state) =>
        _ = await Assert.ThrowsAsync<FormatException>(() => HashesOf(state));

    [Fact]
    public void What_was_never_written_is_not_compared()
    {
        var rig = new TrackerRig(TrackerRig.Options(listLag: Lag), connections: 0);
        _ = rig.Cancel(1, timeout: Ever);
        rig.Read(Start + 100_000, Start + 100_010);
        rig.Read(Start + 100_020, Start + 100_030);
        Assert.Equal((1, 0), (rig.Tracker.OpenCount, rig.Told));
    }

    [Fact]
    public void Without_a_list_none_is_wanted_and_none_changes_anything()
    {
        var rig = new TrackerRig(TrackerRig.Options());
        _ = rig.Cancel(1, out var copy, timeout: Ever);
        rig.Written(copy, Written);
        Assert.False(rig.Tracker.WantsList);
        rig.Read(Start + 100_000, Start + 100_010);
        rig.Read(Start + 100_020, Start + 100_030);
        Assert.Equal((1, 0), (rig.Tracker.OpenCount, rig.Told));
    }

    [Fact]
    public void A_list_is_wanted_until_both_witnesses_have_spoken()
    {
        var rig = new TrackerRig(TrackerRig.Options(listLag: Lag));
        Assert.False(rig.Tracker.WantsList);
        _ = rig.Cancel(1, out var copy);
        rig.Written(copy, Written);
        Assert.True(rig.Tracker.WantsList);
        Assert.True(rig.Reply(1, ReplyKind.Confirmed, Written + 1));
        Assert.True(rig.Tracker.WantsList);
        rig.Read(Written + Lag, Written + Lag + 1);
        Assert.True(rig.Tracker.WantsList);
        rig.Read(Written + Lag + 1, Written + Lag + 2);
        Assert.False(rig.Tracker.WantsList);
    }

    /// <summary>Where the list is never read, the oldest makes room.</summary>
    [Fact]
    public void Confirmations_that_await_the_list_take_no_more_places_than_the_table_has()
    {
        const int Capacity = 16;
        var rig = new TrackerRig(TrackerRig.Options(capacity: Capacity, listLag: Lag));
        for (var number = 1; number <= 20 * Capacity; number++)
        {
            _ = rig.Cancel(number, out var copy, timeout: Ever);
            rig.Written(copy, Written);
            Assert.True(rig.Reply(number, ReplyKind.Confirmed, Written + 1));
        }

        var places = 0;
        var nothing = new ListRead(BeganAt: 0, EndedAt: 0, [], Before: null);
        Assert.False(rig.Tracker.Compare(nothing, ref places, max: 100 * Capacity, Written, new TrackerEffects()));
        Assert.Equal((0, Capacity), (rig.Tracker.OpenCount, places));
    }

    [Fact]
    public void Many_are_compared_a_few_at_a_time()
    {
        var rig = new TrackerRig(TrackerRig.Options(capacity: 100, listLag: Lag));
        for (var number = 1; number <= 100; number++)
        {
            _ = rig.Cancel(number, out var copy, timeout: Ever);
            rig.Written(copy, Written);
        }

        rig.Read(Written + Lag, Written + Lag + 1, 7, 70);
        rig.Read(Written + Lag + 1, Written + Lag + 2, 7, 70);
        Assert.Equal((2, 98), (rig.Tracker.OpenCount, rig.Told));
    }

    private static async Task<HashSet<OrderHash>> HashesOf(string state)
    {
        const string Account = "0xabcdef0123456789012345678901234567890123";
        var list = $$"""
            {"success":true,"data":[{"hash":"{{Hash(1)}}","user_address":"{{Account}}","asset":"ethusd","amount":"5","price":"7",
            "side":true,"stop":false,"created_at":"2024-01-15T10:30:00Z",{{state}}}]}
            """;
        var collector = new OpenHashCollector();
        var reader = new OpenOrderListReader<OpenHashCollector>(Encoding.ASCII.GetBytes(Account), collector);
        await reader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(list)), int.MaxValue, CancellationToken.None);
        return collector.Hashes;
    }
}
