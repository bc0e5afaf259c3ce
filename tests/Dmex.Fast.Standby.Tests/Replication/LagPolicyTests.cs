using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

/// <summary>What an engine does while no standby holds what it armed.</summary>
public sealed class LagPolicyTests : IDisposable
{
    private readonly VirtualWorld _world = new();
    private readonly Random _random = new(1);
    private readonly StandbyKey _key = TestKey.New();
    private readonly SimulatedCluster _cluster;
    private readonly CancelBook _book = TestBook.New(100);
    private int _hosts;
    private int _number;

    public LagPolicyTests() => _cluster = new SimulatedCluster(_world, _random) { LossPercent = 0 };

    public void Dispose()
    {
        _book.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task An_engine_that_refuses_arms_nothing_new_until_a_standby_has_caught_up()
    {
        var standby = StartStandby("s1");
        var engine = StartEngine(LagPolicy.Refuse);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 3);
        Assert.Equal(ArmResult.Armed, Arm());
        standby.Kill();
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 0.9);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 0.5);
        Assert.True(engine.State.IsLagging);
        Assert.Equal(ArmResult.RefusedByLag, Arm());
        Assert.Equal(4, _book.Count);

        // What is in the book may change, and leave it.
        Assert.Equal(ArmResult.Updated, _book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 2));
        Assert.Equal(DisarmResult.Removed, _book.Disarm(TestBook.Hash(2)));

        _ = StartStandby("s2");
        RunFor(seconds: 2);
        Assert.False(engine.State.IsLagging);
        Assert.Equal(ArmResult.Armed, Arm());
        await EndAsync(engine);
    }

    [Fact]
    public async Task An_engine_that_raises_an_alarm_goes_on_arming()
    {
        var engine = StartEngine(LagPolicy.Alarm);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 2);
        Assert.True(engine.State.IsLagging);
        Assert.Equal(ArmResult.Armed, Arm());
        await EndAsync(engine);
    }

    [Fact]
    public async Task An_order_under_a_latch_is_fired_however_the_standbys_lag()
    {
        var engine = StartEngine(LagPolicy.Refuse);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 2);
        Assert.Equal(ArmResult.RefusedByLag, Arm());
        _ = _book.Firing.Latch(BookScope.All);
        Assert.Equal(ArmResult.FiredByLatch, Arm());
        await EndAsync(engine);
    }

    [Fact]
    public async Task A_book_takes_orders_again_when_its_engine_has_ended()
    {
        var engine = StartEngine(LagPolicy.Refuse);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 2);
        Assert.Equal(ArmResult.RefusedByLag, Arm());
        await EndAsync(engine);
        Assert.Equal(ArmResult.Armed, Arm());
    }

    private ArmResult Arm() => _book.Arm(TestBook.Hash(++_number), TestBook.Signature(_number), tag: 1);

    private void RunFor(double seconds) => _world.RunFor(TimeSpan.FromSeconds(seconds));

    private StandbyEngine StartEngine(LagPolicy policy)
    {
        var options = MixtureScenario.OptionsOf("engine");
        options.OnLag = policy;
        var host = new SimulatedHost(_world, _hosts++, _random);
        var engine = new StandbyEngine(options, _key, new SimulatedLink(_cluster, host), _book, host) { IsTurnedByCaller = true };
        host.Repeat(TimeSpan.FromMilliseconds(1), () => _ = engine.Send());
        host.Repeat(options.Beat, () =>
        {
            engine.Pulse();
            engine.Tick();
        });
        var start = engine.StartAsync().AsTask();
        RunFor(seconds: 1);
        Assert.True(start.IsCompletedSuccessfully, start.Exception?.ToString());
        return engine;
    }

    private SimulatedHost StartStandby(string name)
    {
        var host = new SimulatedHost(_world, _hosts++, _random);
        var firer = new ModelFirer(_world, host, new ModelVenue(_world));
        var standby = new StandbyService(MixtureScenario.OptionsOf(name), _key, new SimulatedLink(_cluster, host), firer, host)
        {
            IsTurnedByCaller = true,
        };
        standby.Start();
        host.Repeat(TimeSpan.FromMilliseconds(10), standby.Tick);
        return host;
    }

    private async Task EndAsync(StandbyEngine engine)
    {
        var ending = engine.DisposeAsync().AsTask();
        RunFor(seconds: 3);
        await ending;
    }
}
