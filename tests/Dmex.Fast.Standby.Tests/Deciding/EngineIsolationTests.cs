using Dmex.Fast.Standby.Deciding;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Deciding;

public sealed class EngineIsolationTests
{
    private static readonly DecisionOptions Options =
        new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), IsolationPolicy.Fire, Servers: 3, DryRun: false);

    [Fact]
    public void It_is_guarded_while_a_standby_acknowledges()
    {
        var isolation = Begun();
        Assert.Equal(EngineTouch.Unguarded, isolation.Touch);
        for (var at = 0.1; at < 20; at += 0.1)
        {
            isolation.Acknowledged(At(at));
            Assert.Equal(EngineTouch.Guarded, isolation.Tick(At(at), 0));
        }

        Assert.False(isolation.IsLatched);
    }

    [Fact]
    public void Without_standbys_and_servers_it_is_isolated_before_they_can_fire_and_latches()
    {
        var isolation = Begun();
        Assert.Equal(1.6, RunUntil(isolation, EngineTouch.Isolated, witnesses: 1), 0.051);
        Assert.True(isolation.IsLatched);
        isolation.Acknowledged(At(5));
        Assert.Equal(EngineTouch.Guarded, isolation.Tick(At(5), 3));
        Assert.True(isolation.IsLatched);
        isolation.Begin(At(6));
        Assert.False(isolation.IsLatched);
    }

    [Fact]
    public void Without_standbys_but_with_servers_it_is_unguarded_and_goes_on()
    {
        var isolation = Begun();
        isolation.Acknowledged(At(0));
        Assert.Equal(1.6, RunUntil(isolation, EngineTouch.Unguarded, witnesses: 2), 0.051);
        Assert.False(isolation.IsLatched);
    }

    [Fact]
    public void With_the_policy_to_alarm_an_isolated_engine_says_so_and_goes_on_until_a_fence()
    {
        var isolation = Begun(EngineIsolationPolicy.Alarm);
        Assert.Equal(1.6, RunUntil(isolation, EngineTouch.Isolated, witnesses: 1), 0.051);
        Assert.False(isolation.IsLatched);
        isolation.Acknowledged(At(5));
        Assert.Equal(EngineTouch.Guarded, isolation.Tick(At(5), 0));
        isolation.Fence();
        Assert.True(isolation.IsLatched);
    }

    [Fact]
    public void Its_own_stop_is_no_isolation()
    {
        var isolation = Begun();
        isolation.Acknowledged(At(0));
        _ = isolation.Tick(At(0), 0);
        Assert.Equal(EngineTouch.Guarded, isolation.Tick(At(8), 0));
        Assert.Equal(1, isolation.Stalls);
        Assert.False(isolation.IsLatched);
    }

    [Fact]
    public void A_fence_latches_whatever_is_heard_afterwards()
    {
        var isolation = Begun();
        isolation.Fence();
        isolation.Acknowledged(At(0.1));
        Assert.Equal(EngineTouch.Fenced, isolation.Tick(At(0.2), 3));
        Assert.True(isolation.IsLatched);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static EngineIsolation Begun(EngineIsolationPolicy policy = EngineIsolationPolicy.Latch)
    {
        var isolation = new EngineIsolation(Options, policy);
        isolation.Begin(TimeSpan.Zero);
        return isolation;
    }

    private static double RunUntil(EngineIsolation isolation, EngineTouch touch, int witnesses)
    {
        var before = isolation.Touch;
        for (var at = 0.0; at < 5; at += 0.05)
        {
            if (isolation.Tick(At(at), witnesses) is var now && now != before)
            {
                Assert.Equal(touch, now);
                return at;
            }
        }

        throw new InvalidOperationException("Nothing changed in five seconds.");
    }
}
