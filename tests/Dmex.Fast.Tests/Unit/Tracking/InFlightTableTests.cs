using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class InFlightTableTests
{
    private const long Start = 1_000_000_000_000;
    private static readonly long Second = Stopwatch.Frequency;
    private readonly List<OutcomeChangedEventArgs> _changes = [];

    [Fact]
    public async Task A_confirmation_resolves_the_wait_with_its_history()
    {
        var table = Table();
        var wait = Begin(table, 1, out var copy);
        table.MarkWritten(copy.Entry, copy.Generation, Start + 10, 1);

        Assert.True(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 20));

        var outcome = await wait;
        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.Equal((Start, Start + 10, Start + 20), (outcome.AcceptedTimestamp, outcome.WrittenTimestamp, outcome.ResolvedTimestamp));
        Assert.Equal((1, 1), (outcome.ConnectionId, outcome.Attempts));
        Assert.Equal(0, table.Count);
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task A_deadline_is_not_told_with_a_time_before_the_answer_that_it_tells_of()
    {
        var table = Table();
        var wait = Begin(table, 1, out var copy, timeout: 10);
        table.MarkWritten(copy.Entry, copy.Generation, Start + 5, 1);
        Assert.True(table.Postpone(Hash(1), UnresolvedReason.Throttled, "slowly", null, Start + 30));
        table.ExpireDue(Start + 20); // by a thread that read the time, and then was held up

        var outcome = await wait;
        Assert.Equal((UnresolvedReason.Throttled, Start + 30), (outcome.UnresolvedReason, outcome.ResolvedTimestamp));
    }

    [Fact]
    public async Task An_answer_read_before_the_write_was_noted_still_counts_the_copy()
    {
        var table = Table();
        var wait = Begin(table, 1, out var copy);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 20);
        table.MarkWritten(copy.Entry, copy.Generation, Start + 30, 1);

        var outcome = await wait;
        Assert.Equal(1, outcome.Attempts);
        Assert.Equal(Start + 20, outcome.WrittenTimestamp);
    }

    [Fact]
    public void An_answer_for_an_unknown_order_changes_nothing()
    {
        var table = Table();
        Assert.False(table.Resolve(Hash(9), CancelOutcomeKind.Confirmed, default, null, Start));
        Assert.False(table.Postpone(Hash(9), UnresolvedReason.Throttled, null, null, Start));
    }

    [Fact]
    public async Task A_second_cancel_of_an_unresolved_order_joins_the_first_and_both_learn_the_outcome()
    {
        var table = Table();
        var first = Begin(table, 1, out var copy);
        table.MarkWritten(copy.Entry, copy.Generation, Start, 1);

        Assert.Equal(AcceptResult.Joined, table.TryContinue(Hash(1), Start + 1, Second, default, out var second, out _));
        Assert.Equal(AcceptResult.Joined, table.Begin(Hash(1), default, Start + 2, Second, default, out var third, out _));

        var (secondTask, thirdTask) = (second!.Task, third!.Task);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.AlreadyGone, GoneReason.Filled, "filled", Start + 3);
        foreach (var outcome in new[] { await first, await secondTask, await thirdTask })
        {
            Assert.Equal(CancelOutcomeKind.AlreadyGone, outcome.Kind);
            Assert.Equal(GoneReason.Filled, outcome.GoneReason);
            Assert.Equal("filled", outcome.Reason);
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public async Task The_deadline_ends_the_wait_and_a_later_confirmation_raises_a_change()
    {
        var table = Table();
        var wait = Begin(table, 1, out var copy);
        table.MarkWritten(copy.Entry, copy.Generation, Start, 1);

        table.ExpireDue(Start + Second - 1);
        Assert.False(wait.IsCompleted);
        table.ExpireDue(Start + Second);

        var outcome = await wait;
        Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.Deadline), (outcome.Kind, outcome.UnresolvedReason));
        Assert.Equal(1, table.Count);
        Assert.Empty(_changes);

        Assert.True(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + (2 * Second)));
        var change = Assert.Single(_changes);
        Assert.Equal(Hash(1), change.Hash);
        Assert.Equal(outcome, change.Previous);
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Current.Kind);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task When_nothing_more_goes_by_itself_asking_again_sends_again()
    {
        var table = Table(resends: 0, ackTimeout: Second / 2);
        var first = Begin(table, 1, out var copy);
        table.MarkWritten(copy.Entry, copy.Generation, Start, 1);
        table.ExpireDue(Start + Second);
        _ = await first;
        Assert.False(table.TryTakeSend(Start + Second, out _));

        var result = table.TryContinue(Hash(1), Start + (2 * Second), Second, default, out var wait, out var again);
        Assert.Equal(AcceptResult.Send, result);
        var task = wait!.Task;
        table.MarkWritten(again.Entry, again.Generation, Start + (2 * Second), 1);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + (3 * Second));
        Assert.Equal(2, (await task).Attempts);
    }

    [Fact]
    public async Task A_canceled_token_ends_the_wait_and_not_the_cancel()
    {
        var table = Table();
        using var source = new CancellationTokenSource();
        Assert.Equal(AcceptResult.Send, table.Begin(Hash(1), default, Start, Second, source.Token, out var wait, out _));
        var task = wait!.Task;

        await source.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await task);
        Assert.Equal(1, table.Count);
        Assert.True(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 1));
        var change = Assert.Single(_changes);
        Assert.Equal(UnresolvedReason.WaitCanceled, change.Previous.UnresolvedReason);
        Assert.Equal(CancelOutcomeKind.Confirmed, change.Current.Kind);
    }

    [Fact]
    public async Task Of_two_waits_each_has_its_own_deadline_and_token()
    {
        var table = Table();
        using var source = new CancellationTokenSource();
        var first = Begin(table, 1, out _);
        _ = table.TryContinue(Hash(1), Start, 5 * Second, source.Token, out var second, out _);
        _ = table.TryContinue(Hash(1), Start, 9 * Second, default, out var third, out _);
        var (secondTask, thirdTask) = (second!.Task, third!.Task);

        table.ExpireDue(Start + Second);
        Assert.Equal(UnresolvedReason.Deadline, (await first).UnresolvedReason);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await secondTask);
        Assert.False(thirdTask.IsCompleted);

        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + (6 * Second));
        Assert.Equal(CancelOutcomeKind.Confirmed, (await thirdTask).Kind);
        Assert.Single(_changes); // the first caller had been told something else
    }

    [Fact]
    public async Task Abandoning_ends_the_cancel_and_whoever_waits_for_it()
    {
        var table = Table();
        var wait = Begin(table, 1, out _);

        Assert.True(table.Abandon(Hash(1), Start + 1));
        Assert.Equal(UnresolvedReason.Abandoned, (await wait).UnresolvedReason);
        Assert.False(table.Abandon(Hash(1), Start + 2));
        Assert.False(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 3));
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(CancelOutcomeKind.Rejected)]
    [InlineData(CancelOutcomeKind.AlreadyGone)]
    public async Task A_confirmation_after_a_weaker_answer_is_a_correction(CancelOutcomeKind weaker)
    {
        var table = Table();
        var wait = Begin(table, 1, out _);
        _ = table.Resolve(Hash(1), weaker, GoneReason.NotFound, "no", Start + 1);
        Assert.Equal(weaker, (await wait).Kind);

        Assert.True(table.Resolve(Hash(1), weaker, GoneReason.NotFound, "no", Start + 2)); // a duplicate
        Assert.Empty(_changes);
        Assert.True(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 3));
        var change = Assert.Single(_changes);
        Assert.Equal((weaker, CancelOutcomeKind.Confirmed), (change.Previous.Kind, change.Current.Kind));
    }

    [Fact]
    public async Task A_rejected_order_may_be_canceled_anew()
    {
        var table = Table();
        var first = Begin(table, 1, out _);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Rejected, default, "no", Start + 1);
        _ = await first;

        var second = Begin(table, 1, out _);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 2);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await second).Kind);
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task A_throttled_cancel_stays_unresolved_and_the_deadline_names_the_throttle()
    {
        var table = Table(resends: 0);
        var wait = Begin(table, 1, out var copy);
        table.MarkWritten(copy.Entry, copy.Generation, Start, 1);
        Assert.True(table.Postpone(Hash(1), UnresolvedReason.Throttled, "slow down", null, Start + 1));
        Assert.False(wait.IsCompleted);
        Assert.False(table.TryTakeSend(Start + Second, out _));

        table.ExpireDue(Start + Second);
        var outcome = await wait;
        Assert.Equal((UnresolvedReason.Throttled, "slow down"), (outcome.UnresolvedReason, outcome.Reason));
    }

    [Fact]
    public async Task A_throttled_cancel_is_sent_again_after_a_growing_delay_and_only_so_often()
    {
        var table = Table(resends: 2);
        _ = table.Begin(Hash(1), default, Start, 60 * Second, default, out var wait, out var copy);
        var task = wait!.Task;
        var now = Start;
        var delays = new List<long>();
        table.MarkWritten(copy.Entry, copy.Generation, now, 1);
        for (var i = 0; i < 2; i++)
        {
            _ = table.Postpone(Hash(1), UnresolvedReason.Throttled, null, null, now);
            Assert.False(table.TryTakeSend(now, out _));
            delays.Add(table.NextDue - now);
            now = table.NextDue;
            Assert.Equal(AcceptResult.Joined, table.TryContinue(Hash(1), now, 100 * Second, default, out _, out _));
            while (!table.TryTakeSend(now, out copy))
            {
                now = table.NextDue; // the budget's pause
            }

            Assert.False(table.TryTakeSend(now, out _));
            table.MarkWritten(copy.Entry, copy.Generation, now, 1);
        }

        Assert.InRange(delays[0], Second / 40, Second / 20);
        Assert.InRange(delays[1], Second / 20, Second / 10);
        _ = table.Postpone(Hash(1), UnresolvedReason.Throttled, null, null, now);
        Assert.False(table.TryTakeSend(now + (10 * Second), out _));
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, now);
        Assert.Equal(3, (await task).Attempts);
    }

    [Fact]
    public async Task A_full_table_turns_a_cancel_away_when_told_to()
    {
        var table = Table(capacity: 2);
        _ = Begin(table, 1, out _);
        var second = Begin(table, 2, out _);

        Assert.Equal(AcceptResult.Full, table.Begin(Hash(3), default, Start, Second, default, out var none, out _));
        Assert.Null(none);
        Assert.Equal(AcceptResult.Joined, table.TryContinue(Hash(2), Start, Second, default, out _, out _));

        _ = table.Resolve(Hash(2), CancelOutcomeKind.Confirmed, default, null, Start + 1);
        _ = await second;
        _ = Begin(table, 3, out _);
    }

    [Fact]
    public async Task A_remembered_rejection_makes_room()
    {
        var table = Table(capacity: 1);
        var first = Begin(table, 1, out _);
        _ = table.Resolve(Hash(1), CancelOutcomeKind.Rejected, default, null, Start);
        _ = await first;
        Assert.Equal(0, table.Count);
        _ = Begin(table, 2, out _);
        Assert.False(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start));
    }

    [Fact]
    public async Task Waiting_for_room_is_served_in_turn_and_sent_by_the_clock()
    {
        var table = Table(capacity: 1, full: InFlightFullPolicy.Wait);
        var first = Begin(table, 1, out _);
        Assert.Equal(AcceptResult.WaitsForRoom, table.Begin(Hash(2), default, Start, Second, default, out var second, out _));
        var secondTask = second!.Task;
        Assert.Equal(AcceptResult.Full, table.Begin(Hash(3), default, Start, Second, default, out _, out _));
        Assert.False(table.TryTakeSend(Start, out _));

        _ = table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + 1);
        _ = await first;
        Assert.True(table.TryTakeSend(Start + 1, out var copy));
        Assert.Equal(Hash(2), copy.Hash);
        table.MarkWritten(copy.Entry, copy.Generation, Start + 2, 1);
        _ = table.Resolve(Hash(2), CancelOutcomeKind.Confirmed, default, null, Start + 3);
        var outcome = await secondTask;
        Assert.Equal((CancelOutcomeKind.Confirmed, 1), (outcome.Kind, outcome.Attempts));
    }

    [Fact]
    public async Task Waiting_for_room_ends_at_the_deadline_by_token_or_by_abandoning_with_nothing_sent()
    {
        var table = Table(capacity: 2, full: InFlightFullPolicy.Wait);
        _ = Begin(table, 1, out _, 100 * Second);
        _ = Begin(table, 2, out _, 100 * Second);
        using var source = new CancellationTokenSource();
        _ = table.Begin(Hash(3), default, Start, Second, default, out var late, out _);
        _ = table.Begin(Hash(4), default, Start, 50 * Second, source.Token, out var withdrawn, out _);
        var (lateTask, withdrawnTask) = (late!.Task, withdrawn!.Task);

        table.ExpireDue(Start + Second);
        Assert.Equal(UnresolvedReason.TableFull, (await lateTask).UnresolvedReason);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await withdrawnTask);

        _ = table.Begin(Hash(5), default, Start, 50 * Second, default, out var given, out _);
        var givenTask = given!.Task;
        Assert.True(table.Abandon(Hash(5), Start));
        Assert.Equal(UnresolvedReason.Abandoned, (await givenTask).UnresolvedReason);

        _ = table.Abandon(Hash(1), Start);
        Assert.False(table.TryTakeSend(Start + (60 * Second), out _));
    }

    [Fact]
    public async Task Stopping_fails_everything_at_once_with_the_reason_and_reports_what_nobody_waits_for()
    {
        var table = Table(capacity: 2, full: InFlightFullPolicy.Wait);
        var waited = Begin(table, 1, out _);
        var expired = Begin(table, 2, out _, Second / 2);
        _ = table.Begin(Hash(3), default, Start, Second, default, out var parked, out _);
        var parkedTask = parked!.Task;
        table.ExpireDue(Start + (Second / 2));
        _ = await expired;

        table.Stop(UnresolvedReason.Disposed, "over", Start + Second);

        foreach (var outcome in new[] { await waited, await parkedTask })
        {
            Assert.Equal((UnresolvedReason.Disposed, "over"), (outcome.UnresolvedReason, outcome.Reason));
        }

        var change = Assert.Single(_changes);
        Assert.Equal((Hash(2), UnresolvedReason.Disposed), (change.Hash, change.Current.UnresolvedReason));
        Assert.Equal(AcceptResult.Stopped, table.Begin(Hash(4), default, Start, Second, default, out _, out _));
        Assert.Equal(AcceptResult.Stopped, table.TryContinue(Hash(1), Start, Second, default, out _, out _));

        // An answer that was read before the stop was noticed still corrects; a second stop repeats nothing.
        Assert.True(table.Resolve(Hash(1), CancelOutcomeKind.Confirmed, default, null, Start + Second));
        Assert.Equal(2, _changes.Count);
        table.Stop(UnresolvedReason.Disposed, null, Start + (2 * Second));
        Assert.Equal(2, _changes.Count);
    }

    [Fact]
    public void Too_many_waits_for_one_order_are_turned_away()
    {
        var table = Table(capacity: 2);
        _ = Begin(table, 1, out _);
        var results = Enumerable.Range(0, 20)
            .Select(_ => table.TryContinue(Hash(1), Start, Second, default, out var ignored, out var copy))
            .ToList();
        Assert.Equal(7, results.Count(r => r == AcceptResult.Joined));
        Assert.Equal(13, results.Count(r => r == AcceptResult.Full));
    }

    [Fact]
    public async Task Random_traffic_from_many_threads_ends_with_every_wait_told_once_and_an_empty_table()
    {
        const int Threads = 4;
        const int Orders = 64;
        const int Rounds = 1_500;
        var table = Table(capacity: 48, full: InFlightFullPolicy.Wait);
        var seed = Seed.Create(TestContext.Current.TestOutputHelper!).Next(1 << 30);
        var told = 0;
        var accepted = 0;
        var stop = false;
        var answers = new Thread(() =>
        {
            var random = new Random(seed);
            while (!Volatile.Read(ref stop))
            {
                var now = Stopwatch.GetTimestamp();
                while (table.TryTakeSend(now, out var copy))
                {
                    table.MarkWritten(copy.Entry, copy.Generation, now, 1);
                }

                table.ExpireDue(now);
                _ = table.Resolve(Hash(random.Next(Orders)), (CancelOutcomeKind)random.Next(1, 4), default, null, now);
            }
        });
        answers.Start();
        var callers = Enumerable.Range(0, Threads).Select(t => Task.Run(async () =>
        {
            var random = new Random(seed + 1 + t);
            for (var i = 0; i < Rounds; i++)
            {
                using var source = new CancellationTokenSource();
                var hash = Hash(random.Next(Orders));
                var now = Stopwatch.GetTimestamp();
                var result = table.TryContinue(hash, now, Second / 100, source.Token, out var wait, out var copy);
                if (result == AcceptResult.NotThere)
                {
                    result = table.Begin(hash, default, now, Second / 100, source.Token, out wait, out copy);
                }

                if (wait is null)
                {
                    continue;
                }

                _ = Interlocked.Increment(ref accepted);
                var task = wait.Task;
                if (result == AcceptResult.Send)
                {
                    table.MarkWritten(copy.Entry, copy.Generation, now, 1);
                }

                if (random.Next(4) == 0)
                {
                    await source.CancelAsync();
                }

                try
                {
                    _ = await task;
                }
                catch (OperationCanceledException)
                {
                    // That caller's own choice; it was told all the same.
                }

                _ = Interlocked.Increment(ref told);
            }
        })).ToArray();
        await Task.WhenAll(callers);
        Volatile.Write(ref stop, true);
        answers.Join();

        Assert.Equal(accepted, told);
        for (var i = 0; i < Orders; i++)
        {
            _ = table.Resolve(Hash(i), CancelOutcomeKind.Confirmed, default, null, Stopwatch.GetTimestamp());
        }

        Assert.Equal(0, table.Count);
    }

    private static OrderHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        bytes[31] = (byte)number;
        bytes[30] = (byte)(number >> 8);
        return new OrderHash(bytes);
    }

    private static ValueTask<CancelOutcome> Begin(InFlightTable table, int number, out CancelCopy copy, long? timeout = null)
    {
        Assert.Equal(AcceptResult.Send, table.Begin(Hash(number), default, Start, timeout ?? Second, default, out var wait, out copy));
        return wait!.Task;
    }

    private InFlightTable Table(
        int capacity = 16, InFlightFullPolicy full = InFlightFullPolicy.Reject, int resends = 3, long ackTimeout = long.MaxValue) =>
        new(capacity, full, new ResendPolicy(resends, ackTimeout), new ResendBudget(1000), _ => 1, change =>
        {
            lock (_changes)
            {
                _changes.Add(change);
            }
        });
}
