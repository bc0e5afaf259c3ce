using System.Diagnostics;
using Dmex.Fast.Cancels;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Cancels;

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

    private static InFlightTable Table(Func<uint, uint> targets) => new(
        4, InFlightFullPolicy.Reject, new ResendPolicy(3, AckTimeout), new ResendBudget(10), targets, _ => { });
}
