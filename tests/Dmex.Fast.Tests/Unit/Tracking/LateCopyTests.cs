using System.Diagnostics;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>Copies that are not answered in time, beside others that are.</summary>
public sealed class LateCopyTests
{
    private const long AckTimeout = 100;

    [Fact]
    public async Task A_copy_that_is_late_does_not_keep_the_refusal_of_another_from_counting()
    {
        var table = Table(avoid => (avoid & 1) == 0 ? 1u : 2u);
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out var wait, out var first);
        var task = wait!.Task;
        Assert.Equal(1u, first.Targets);
        _ = table.MarkWritten(first.Entry, first.Generation, 1, 1);

        Assert.True(table.TryTakeSend(1 + AckTimeout, out var second));
        Assert.Equal(2u, second.Targets);
        _ = table.MarkWritten(second.Entry, second.Generation, 102, 2);
        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.Rejected, default, "no", 103, 2));

        Assert.Equal(CancelOutcomeKind.Rejected, (await task).Kind);
    }

    [Fact]
    public async Task With_several_connections_each_is_tried_before_any_is_tried_again()
    {
        var table = Table(avoid => (~avoid & 0b111) == 0 ? 1u : ~avoid & 0b111 & (0 - (~avoid & 0b111)));
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out var wait, out var copy);
        var task = wait!.Task;
        var now = 0L;
        foreach (var target in new[] { 1, 2, 3 })
        {
            Assert.Equal(InFlightEntry.Bit(target), copy.Targets);
            _ = table.MarkWritten(copy.Entry, copy.Generation, now, target);
            now += 64 * AckTimeout; // later than any back-off
            Assert.True(table.TryTakeSend(now, out copy));
        }

        Assert.Equal(1u, copy.Targets);
        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.Confirmed, default, null, now, 2));
        Assert.Equal(CancelOutcomeKind.Confirmed, (await task).Kind);
        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.AlreadyGone, default, null, now, 3), "a late answer is known for what it is");
    }

    /// <summary>A copy for a lost one that finds no room in the account's rate goes later, and counts all the same.</summary>
    [Fact]
    public void A_resend_that_waits_for_the_rate_counts_as_one()
    {
        using var rate = new FrameBudget(new RateBudgetOptions { FramesPerSecond = 100, Burst = 1 });
        var table = new InFlightTable(
            1, InFlightFullPolicy.Reject, new ResendPolicy(maxPerOrder: 2, AckTimeout), new ResendBudget(1_000_000), _ => 1u, _ => { }, rate);
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out _, out var copy);
        var step = Stopwatch.Frequency / 10; // far beyond any time-out
        var copies = 0;
        var now = 0L;
        while (copy.Entry is not null && copies < 10)
        {
            copies++;
            _ = table.MarkWritten(copy.Entry, copy.Generation, now, 1);
            copy = default;
            for (var look = 0; look < 10 && copy.Entry is null; look++)
            {
                now += step;
                _ = rate.TryTake(1); // so that there is none for the table
                if (!table.TryTakeSend(now, out copy))
                {
                    Thread.Sleep(TimeSpan.FromMilliseconds(12));
                    now += step;
                    _ = table.TryTakeSend(now, out copy);
                }
            }
        }

        Assert.Equal(3, copies);
    }

    [Fact]
    public void Every_copys_answer_is_known_for_what_it_is_in_whatever_order_they_come()
    {
        var table = Table(_ => 0b111);
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out _, out var copy);
        foreach (var connection in new[] { 1, 2, 3 })
        {
            _ = table.MarkWritten(copy.Entry, copy.Generation, 1, connection);
        }

        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.AlreadyGone, default, null, 2, 2));
        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.Confirmed, default, null, 3, 1));
        Assert.True(table.Resolve(TestClient.Hash(1), CancelOutcomeKind.AlreadyGone, default, null, 4, 3));
    }

    [Fact]
    public void What_a_connection_leaves_that_was_closed_for_sending_too_much_goes_out_within_the_budget()
    {
        const int Orders = 4;
        var table = Table(_ => 1u);
        for (var i = 0; i < Orders; i++)
        {
            _ = table.Begin(TestClient.Hash(i), default, 0, long.MaxValue, default, out _, out var copy);
            _ = table.MarkWritten(copy.Entry, copy.Generation, 1, 1);
        }

        table.Throttle(null, 2);
        table.LoseConnection(1, wasLast: true, "banned", 3);
        Assert.False(table.TryTakeSend(4, out _), "a pause comes first");
        var now = 4 + Stopwatch.Frequency;
        var sent = 0;
        for (var until = now + (Stopwatch.Frequency / 2); now < until; now += Stopwatch.Frequency / 1000)
        {
            sent += table.TryTakeSend(now, out _) ? 1 : 0;
        }

        Assert.Equal(Orders, sent);
    }

    [Fact]
    public void A_copy_that_is_lost_on_a_connection_that_goes_on_answering_others_is_sent_again()
    {
        var table = Table(_ => 1u);
        _ = table.Begin(TestClient.Hash(0), default, 0, long.MaxValue, default, out _, out var lost);
        _ = table.MarkWritten(lost.Entry, lost.Generation, 1, 1);
        var sentAgain = false;
        for (var i = 1; i <= 20 && !sentAgain; i++)
        {
            // Every quarter of the time-out another order is canceled and confirmed.
            var now = i * AckTimeout / 4;
            _ = table.Begin(TestClient.Hash(i), default, now, long.MaxValue, default, out _, out var other);
            _ = table.MarkWritten(other.Entry, other.Generation, now, 1);
            _ = table.Resolve(TestClient.Hash(i), CancelOutcomeKind.Confirmed, default, null, now + 1, 1);
            sentAgain = table.TryTakeSend(now + 2, out _);
            Assert.False(sentAgain && now < AckTimeout, "not before its time");
        }

        Assert.True(sentAgain);
    }

    [Fact]
    public void A_copy_that_a_slow_venue_has_not_come_to_is_not_sent_again()
    {
        const int Orders = 20;
        var table = Table(_ => 1u, Orders);
        for (var i = 0; i < Orders; i++)
        {
            _ = table.Begin(TestClient.Hash(i), default, 0, long.MaxValue, default, out _, out var copy);
            _ = table.MarkWritten(copy.Entry, copy.Generation, 1 + i, 1);
        }

        for (var i = 0; i < Orders; i++)
        {
            var now = (i + 1) * AckTimeout * 9 / 10;
            _ = table.Resolve(TestClient.Hash(i), CancelOutcomeKind.Confirmed, default, null, now, 1);
            Assert.False(table.TryTakeSend(now, out _));
        }
    }

    [Fact]
    public void A_copy_that_a_connection_keeps_without_sending_it_goes_out_on_another()
    {
        var table = Table(avoid => (avoid & 1) == 0 ? 1u : 2u);
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out _, out var kept);
        Assert.Equal(1u, kept.Targets);

        Assert.False(table.TryTakeSend(AckTimeout - 1, out _));
        Assert.True(table.TryTakeSend(AckTimeout, out var copy));
        Assert.Equal(2u, copy.Targets);
    }

    [Fact]
    public void A_connection_that_refuses_a_copy_is_passed_by_or_asked_again_after_a_pause()
    {
        var hasOther = true;
        var table = Table(avoid => hasOther && (avoid & 1) != 0 ? 2u : 1u);
        _ = table.Begin(TestClient.Hash(1), default, 0, long.MaxValue, default, out _, out var refused);
        table.MarkNotWritten(refused.Entry, refused.Generation, perhaps: false, 1, 0);
        Assert.True(table.TryTakeSend(0, out var copy));
        Assert.Equal(2u, copy.Targets);

        hasOther = false;
        _ = table.Begin(TestClient.Hash(2), default, 0, long.MaxValue, default, out _, out refused);
        table.MarkNotWritten(refused.Entry, refused.Generation, perhaps: false, 1, 0);
        Assert.False(table.TryTakeSend(1, out _), "not in a hot loop");
        Assert.True(table.TryTakeSend(Stopwatch.Frequency, out copy));
        Assert.Equal(1u, copy.Targets);
    }

    private static InFlightTable Table(Func<uint, uint> targets, int capacity = 4) => new(
        capacity, InFlightFullPolicy.Reject, new ResendPolicy(3, AckTimeout), new ResendBudget(10), targets, _ => { });
}
