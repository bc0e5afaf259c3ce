using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>Two rows of the failure matrix: the wall clock jumps, and the cluster's disk is slow. Neither fires; in virtual time.</summary>
public sealed class ClockAndDiskTests : IDisposable
{
    private readonly SimulatedGuard _guard = new();
    private readonly CancelBook _book = TestBook.New(1000);
    private int _number;

    public void Dispose()
    {
        _book.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_by_hours_fires_nothing_and_hides_no_end_of_the_engine()
    {
        var (standbyHost, service, firer) = _guard.StartStandby("s1");
        var (engineHost, engine) = _guard.StartEngine(_book);
        Trade(engineHost, engine);
        foreach (var hours in (int[])[3, -7, 0, 24 * 400])
        {
            standbyHost.WallClockJump = TimeSpan.FromHours(hours);
            _guard.RunFor(seconds: 5);
            engineHost.WallClockJump = TimeSpan.FromHours(-hours);
            _guard.RunFor(seconds: 5);
            var state = engine.State;
            Assert.Equal(
                (EngineTouch.Guarded, false, false, 0, 0),
                (state.Touch, state.IsLatched, state.IsLagging, state.Stalls, service.State.Stalls));
        }

        Assert.Empty(firer.Fires);
        Assert.Equal(FireReason.None, service.State.Evidence.Reason);
        engineHost.Kill();
        standbyHost.WallClockJump = TimeSpan.FromHours(-24);
        _guard.RunFor(seconds: 1);
        Assert.Empty(firer.Fires);
        _guard.RunFor(seconds: 1.5);
        Assert.Equal(FireReason.Silence, Assert.Single(firer.Fires).Evidence.Reason);
        await _guard.EndAsync(engine);
    }

    [Fact]
    public async Task A_slow_disk_of_the_cluster_fires_nothing_and_is_told_as_a_durable_lag()
    {
        var (_, service, firer) = _guard.StartStandby("s1");
        var (host, engine) = _guard.StartEngine(_book);
        Trade(host, engine);
        _guard.RunFor(seconds: 2);
        Assert.InRange(engine.State.DurableLag, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
        _guard.Cluster.DiskTime = TimeSpan.FromSeconds(1.5);
        var longest = TimeSpan.Zero;
        for (var second = 0; second < 60; second++)
        {
            _guard.RunFor(seconds: 1);
            var state = engine.State;
            longest = state.DurableLag > longest ? state.DurableLag : longest;
            Assert.Equal((EngineTouch.Guarded, false, false), (state.Touch, state.IsLatched, state.IsLagging));
            Assert.InRange(state.Lag, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
            Assert.True(engine.IsReplicated(TestBook.Hash(_number - 20)));
        }

        Assert.InRange(longest, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.Empty(firer.Fires);
        Assert.Equal(FireReason.None, service.State.Evidence.Reason);
        await _guard.EndAsync(engine);
    }

    /// <summary>The newest hundred orders are in the book.</summary>
    private void Trade(SimulatedHost host, StandbyEngine engine) => host.Repeat(TimeSpan.FromMilliseconds(20), () =>
    {
        engine.Pulse();
        _ = _book.Arm(TestBook.Hash(++_number), TestBook.Signature(_number), tag: 1);
        _ = _book.Disarm(TestBook.Hash(_number - 100));
    });
}
