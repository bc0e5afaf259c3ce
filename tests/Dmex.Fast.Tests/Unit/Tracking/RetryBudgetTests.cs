using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class RetryBudgetTests
{
    private const long Start = TrackerRig.Start;
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void At_once_a_seconds_worth_goes_and_then_what_the_rate_gives()
    {
        var budget = new RetryBudget(100);
        Assert.Equal(100, Take(budget, Start));
        Assert.Equal(0, Take(budget, Start));
        Assert.Equal(50, Take(budget, Start + (Second / 2)));
        Assert.Equal(100, Take(budget, Start + (100 * Second)));
    }

    [Fact]
    public void A_limit_pauses_and_then_half_goes_evenly_and_half_more_with_each_second()
    {
        var budget = new RetryBudget(1000);
        _ = Take(budget, Start);
        budget.NoteThrottled(Start, 5 * Second);
        Assert.True(budget.IsThrottled(Start));
        Assert.Equal(0, Take(budget, Start + (5 * Second) - 1));
        Assert.Equal(0, Take(budget, Start + (5 * Second))); // what a pause would have given is not caught up on
        Assert.InRange(TakeFor(budget, Start + (5 * Second), Second), 480, 500);
        Assert.InRange(TakeFor(budget, Start + (6 * Second), Second), 730, 751);
        Assert.False(budget.IsThrottled(Start + (7 * Second)));
    }

    [Fact]
    public void After_a_silence_a_limited_budget_gives_no_burst()
    {
        var budget = new RetryBudget(1000);
        _ = Take(budget, Start);
        budget.NoteThrottled(Start, 0);
        Assert.InRange(Take(budget, Start + (Second * 99 / 100)), 1, 10);
    }

    [Fact]
    public void Words_of_a_limit_during_a_pause_lengthen_it_and_halve_no_further()
    {
        var budget = new RetryBudget(1000);
        for (var i = 0; i < 50; i++)
        {
            budget.NoteThrottled(Start, 0);
        }

        budget.NoteThrottled(Start, Second);
        Assert.Equal(0, Take(budget, Start + Second - 1));
        Assert.InRange(TakeFor(budget, Start + Second, Second), 480, 501);
    }

    [Fact]
    public void Never_less_than_ten_a_second_and_never_more_than_the_full_rate()
    {
        var budget = new RetryBudget(1000);
        var now = Start;
        for (var i = 0; i < 20; i++, now += Second / 5)
        {
            budget.NoteThrottled(now, 0);
        }

        now += Second / 10;
        Assert.InRange(TakeFor(budget, now, Second), 9, 16);

        var slow = new RetryBudget(2);
        slow.NoteThrottled(Start, 0);
        Assert.InRange(TakeFor(slow, Start + (Second / 10), Second), 1, 2);
    }

    [Fact]
    public void When_there_is_none_it_says_when_to_ask_again()
    {
        var budget = new RetryBudget(100);
        _ = Take(budget, Start);
        Assert.False(budget.HasOne(Start, out var again));
        Assert.InRange(again - Start, Second / 100, (Second / 100) + 1);
        Assert.True(budget.HasOne(again + 1, out _));
        budget.NoteThrottled(again, Second);
        Assert.False(budget.HasOne(again, out var afterPause));
        Assert.True(afterPause >= again + Second);
    }

    private static int Take(RetryBudget budget, long now)
    {
        var taken = 0;
        for (; budget.HasOne(now, out _); taken++)
        {
            budget.Take();
        }

        return taken;
    }

    private static int TakeFor(RetryBudget budget, long from, long duration)
    {
        var taken = 0;
        for (var now = from; now < from + duration; now += Second / 1000)
        {
            taken += Take(budget, now);
        }

        return taken;
    }
}
