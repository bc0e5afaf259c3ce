using System.Diagnostics;
using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class AccountRateLimiterTests
{
    private const long Start = TrackerRig.Start;
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void A_burst_goes_at_once_and_then_what_the_rate_gives()
    {
        var rate = Limiter();
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => rate.TryTake(1, Start, out var ignored)));
        Assert.False(rate.TryTake(1, Start, out var again));
        Assert.InRange(again - Start, Second / 100, (Second / 100) + 1);
        Assert.True(rate.TryTake(1, again, out _));
        Assert.True(rate.TryTake(10, Start + (10 * Second), out _));
        Assert.False(rate.TryTake(1, Start + (10 * Second), out _));
    }

    [Fact]
    public void Several_are_taken_together_or_not_at_all()
    {
        var rate = Limiter();
        Assert.True(rate.TryTake(8, Start, out _));
        Assert.False(rate.TryTake(4, Start, out var again));
        Assert.True(rate.TryTake(2, Start, out _));
        Assert.True(again > Start);
    }

    [Fact]
    public void The_reserve_is_the_panics_and_is_taken_last()
    {
        var rate = Limiter(reserve: 5);
        Assert.True(rate.TryTake(10, Start, out _));
        Assert.False(rate.TryTake(1, Start, out _));
        Assert.Equal(5, rate.TakeForPanic(100, Start));
        Assert.Equal(0, rate.TakeForPanic(100, Start));
    }

    [Fact]
    public void A_long_panic_gets_the_rate_and_not_twice_of_it()
    {
        var rate = Limiter(reserve: 50);
        var taken = 0;
        for (var now = Start; now < Start + (10 * Second); now += Second / 100)
        {
            taken += rate.TakeForPanic(100, now);
        }

        Assert.InRange(taken, 1000, 1060);
    }

    [Fact]
    public void What_a_panic_gives_back_is_not_open_to_others_beyond_the_burst()
    {
        var rate = Limiter(reserve: 5);
        Assert.True(rate.TryTake(10, Start, out _));
        rate.GiveBack(rate.TakeForPanic(5, Start));
        Assert.False(rate.TryTake(1, Start, out _));
        Assert.Equal(5, rate.TakeForPanic(100, Start));

        var full = Limiter();
        full.GiveBack(100);
        Assert.False(full.TryTake(11, Start, out _));
    }

    [Fact]
    public void A_panic_that_waits_for_the_rate_is_not_starved_by_what_asks_more_often()
    {
        var rate = Limiter();
        var (panicked, others) = (0, 0);
        Assert.True(rate.TryTake(10, Start, out _));
        for (var now = Start; now < Start + Second; now += Second / 1000)
        {
            others += rate.TryTake(1, now, out _) ? 1 : 0;
            if ((now - Start) % (Second / 100) == 0)
            {
                var taken = rate.TakeForPanic(3, now);
                panicked += taken / 3;
                rate.SettlePanic(3, taken, taken / 3 * 3, copies: 3, now);
            }
        }

        Assert.True(panicked >= 10, $"{panicked} orders of three copies, and {others} others");
    }

    [Fact]
    public void A_panic_that_has_what_it_wants_or_is_not_heard_of_again_keeps_nothing_from_others()
    {
        var rate = Limiter();
        rate.SettlePanic(20, rate.TakeForPanic(20, Start), 10, copies: 1, Start);
        Assert.False(rate.TryTake(1, Start + (Second / 100), out var again));
        Assert.True(rate.TryTake(1, again, out _));
        rate.SettlePanic(20, rate.TakeForPanic(20, again), 0, copies: 1, again);
        Assert.True(rate.TryTake(1, Start + (Second / 10), out _));
    }

    [Fact]
    public void What_a_panic_sends_again_waits_for_what_it_has_not_sent_yet()
    {
        var rig = new TrackerRig(TrackerRig.Options(
            book: 8, ackTimeout: Second / 1000, rate: new RateBudgetOptions { FramesPerSecond = 100, Burst = 1 }));
        var panic = new PanicTally();
        panic.Begin(1, respectsRate: true, triggered: 0);
        var rate = rig.Tracker.Rate!;
        rate.SettlePanic(1, rate.TakeForPanic(1, Start), 1, copies: 1, Start);
        rig.FiredWritten(rig.Fire(1, panic), 1, Start);
        var fired = 0;
        for (var now = Start; now < Start + Second; now += Second / 1000)
        {
            _ = rig.RunTo(now);
            if ((now - Start) % (Second / 100) == 0)
            {
                var taken = rate.TakeForPanic(1, now);
                rate.SettlePanic(1, taken, taken, copies: 1, now);
                fired += taken;
            }
        }

        Assert.InRange(fired, 10, 100);
    }

    private static AccountRateLimiter Limiter(int reserve = 0) =>
        new(new RateBudgetOptions { FramesPerSecond = 100, Burst = 10, PanicReserve = reserve });
}
