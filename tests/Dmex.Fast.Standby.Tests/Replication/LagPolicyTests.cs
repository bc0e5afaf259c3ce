using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

/// <summary>What an engine does while no standby holds what it armed.</summary>
public sealed class LagPolicyTests : IDisposable
{
    private readonly SimulatedGuard _guard = new();
    private readonly CancelBook _book = TestBook.New(100);
    private int _number;

    public void Dispose()
    {
        _book.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task An_engine_that_refuses_arms_nothing_new_until_a_standby_has_caught_up()
    {
        var standby = _guard.StartStandby("s1").Host;
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

        _ = _guard.StartStandby("s2");
        RunFor(seconds: 2);
        Assert.False(engine.State.IsLagging);
        Assert.Equal(ArmResult.Armed, Arm());
        await _guard.EndAsync(engine);
    }

    [Fact]
    public async Task An_engine_that_raises_an_alarm_goes_on_arming()
    {
        var engine = StartEngine(LagPolicy.Alarm);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 2);
        Assert.True(engine.State.IsLagging);
        Assert.Equal(ArmResult.Armed, Arm());
        await _guard.EndAsync(engine);
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
        await _guard.EndAsync(engine);
    }

    [Fact]
    public async Task A_book_takes_orders_again_when_its_engine_has_ended()
    {
        var engine = StartEngine(LagPolicy.Refuse);
        Assert.Equal(ArmResult.Armed, Arm());
        RunFor(seconds: 2);
        Assert.Equal(ArmResult.RefusedByLag, Arm());
        await _guard.EndAsync(engine);
        Assert.Equal(ArmResult.Armed, Arm());
    }

    private ArmResult Arm() => _book.Arm(TestBook.Hash(++_number), TestBook.Signature(_number), tag: 1);

    private void RunFor(double seconds) => _guard.RunFor(seconds);

    private StandbyEngine StartEngine(LagPolicy policy) => _guard.StartEngine(_book, policy).Engine;
}
