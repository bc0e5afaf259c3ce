using Dmex.Fast.Standby.Replication;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class RosterAndLagTests
{
    [Fact]
    public void Only_a_standby_that_can_fire_and_was_heard_lately_counts()
    {
        var roster = new StandbyRoster(At(2));
        roster.Acknowledge(At(0), 1, watermark: 10, canFire: true);
        roster.Acknowledge(At(1), 2, watermark: 20, canFire: true);
        roster.Acknowledge(At(1), 3, watermark: 30, canFire: false);
        Assert.Equal((2, 1, 0), (roster.CountHolding(At(1), 10), roster.CountHolding(At(1), 20), roster.CountHolding(At(1), 21)));
        Assert.Equal(1, roster.CountHolding(At(2), 10));
        Assert.Equal(20UL, roster.Best(At(2)));
        Assert.Equal(0UL, roster.Best(At(3)));
        roster.Forget(2);
        Assert.Equal(2, roster.List(At(3)).Count);
    }

    [Fact]
    public void The_lag_is_the_age_of_the_oldest_change_that_nobody_holds()
    {
        var lag = new ReplicationLag();
        Assert.Equal(At(0), lag.Sample(At(1), head: 0, held: 0));
        Assert.Equal(At(1), lag.Sample(At(2), head: 5, held: 0));
        Assert.Equal(At(2), lag.Sample(At(3), head: 9, held: 4));
        Assert.Equal(At(2), lag.Sample(At(4), head: 9, held: 5));
        Assert.Equal(At(0), lag.Sample(At(5), head: 9, held: 9));
    }

    [Fact]
    public async Task A_wait_ends_when_enough_standbys_hold_the_change()
    {
        var waits = new ReplicationWaits();
        var one = waits.Add(5, 1, CancellationToken.None);
        var two = waits.Add(5, 2, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var canceled = waits.Add(9, 1, cancel.Token);
        waits.Complete(sequence => sequence <= 5 ? 1 : 0);
        await one;
        Assert.False(two.IsCompleted);
        await cancel.CancelAsync();
        _ = await Assert.ThrowsAsync<TaskCanceledException>(() => canceled);
        waits.Fail(new InvalidOperationException("fenced"));
        Assert.Equal("fenced", (await Assert.ThrowsAsync<InvalidOperationException>(() => two)).Message);
        Assert.True(waits.IsEmpty);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
