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

    private static AccountRateLimiter Limiter(int reserve = 0) =>
        new(new RateBudgetOptions { FramesPerSecond = 100, Burst = 10, PanicReserve = reserve });
}
