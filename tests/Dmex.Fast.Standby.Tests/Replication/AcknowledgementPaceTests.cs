using Dmex.Fast.Standby.Messages;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class AcknowledgementPaceTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly AcknowledgementPace _pace = new(Beat);

    [Fact]
    public void The_first_change_of_an_idle_period_is_acknowledged_at_once()
    {
        Assert.True(TryTake(milliseconds: 0, watermark: 1));
        Assert.True(TryTake(milliseconds: 50, watermark: 2));
        Assert.True(TryTake(milliseconds: 60, watermark: 3));
    }

    [Fact]
    public void What_changes_again_soon_waits_until_ten_milliseconds_have_passed()
    {
        Assert.True(TryTake(milliseconds: 20, watermark: 1));
        Assert.False(TryTake(milliseconds: 21, watermark: 2));
        Assert.False(TryTake(milliseconds: 29.9, watermark: 3));
        Assert.True(TryTake(milliseconds: 30, watermark: 3));
    }

    [Fact]
    public void What_does_not_change_is_said_again_at_each_beat()
    {
        Assert.True(TryTake(milliseconds: 0, watermark: 7));
        Assert.False(TryTake(milliseconds: 99, watermark: 7));
        Assert.True(TryTake(milliseconds: 100, watermark: 7));
        Assert.False(TryTake(milliseconds: 110, watermark: 7));
    }

    [Fact]
    public void A_fence_and_an_ability_are_changes()
    {
        Assert.True(_pace.TryTake(Tick, new AcknowledgementMessage(1, 1, Fenced: 0, FenceId: 0, CanFire: false)));
        Assert.True(_pace.TryTake(Tick * 2, new AcknowledgementMessage(1, 1, Fenced: 0, FenceId: 0, CanFire: true)));
        Assert.True(_pace.TryTake(Tick * 3, new AcknowledgementMessage(1, 1, Fenced: 1, FenceId: 5, CanFire: true)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void At_any_rate_the_traffic_is_bounded_and_the_last_change_is_acknowledged_within_two_ticks(int seed)
    {
        Random random = new(seed);
        ulong watermark = 0;
        ulong acknowledged = 0;
        var (sent, changedAt, now, nextTick) = (0, TimeSpan.Zero, TimeSpan.Zero, Tick);
        while (now < TimeSpan.FromSeconds(5))
        {
            now += TimeSpan.FromMicroseconds(random.Next(20) == 0 ? random.Next(40_000) : random.Next(1, 400));
            for (; nextTick <= now; nextTick += Tick)
            {
                Note(nextTick);
                Assert.True(acknowledged == watermark || nextTick - changedAt < Tick, $"seed {seed}: late at {nextTick}");
            }

            changedAt = acknowledged == watermark ? now : changedAt;
            watermark++;
            Note(now);
        }

        Assert.InRange(sent, 100, (int)(now / AcknowledgementPace.MinGap) + 1);

        void Note(TimeSpan at)
        {
            if (_pace.TryTake(at, new AcknowledgementMessage(watermark, 1, 0, 0, CanFire: true)))
            {
                acknowledged = watermark;
                sent++;
            }
        }
    }

    private bool TryTake(double milliseconds, ulong watermark) => _pace.TryTake(
        TimeSpan.FromMilliseconds(milliseconds), new AcknowledgementMessage(watermark, 1, Fenced: 0, FenceId: 0, CanFire: true));
}
