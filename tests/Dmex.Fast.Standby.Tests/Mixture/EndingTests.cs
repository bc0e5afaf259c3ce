using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>What comes after a standby's or an engine's end, and what fails while they run.</summary>
public sealed class EndingTests : IDisposable
{
    private readonly SimulatedGuard _guard = new();
    private readonly CancelBook _book = TestBook.New(100);

    public void Dispose()
    {
        _book.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task Messages_that_come_after_the_end_of_a_standby_reach_nobody()
    {
        var (_, service, _) = _guard.StartStandby("s1");
        var (host, engine) = _guard.StartEngine(_book);
        var number = 0;
        host.Repeat(TimeSpan.FromMilliseconds(5), () => _ = _book.Arm(TestBook.Hash(++number), TestBook.Signature(number), tag: 1));
        _guard.RunFor(seconds: 0.1);
        var ending = service.DisposeAsync().AsTask();
        _guard.RunFor(seconds: 2); // the simulated link goes on delivering: an exception would end this run
        await ending;
        Assert.Equal(0, service.State.FailedTurns);
        await _guard.EndAsync(engine);
    }

    [Fact]
    public async Task Messages_that_come_after_the_end_of_an_engine_reach_nobody()
    {
        _ = _guard.StartStandby("s1");
        var (_, engine) = _guard.StartEngine(_book);
        await _guard.EndAsync(engine);
        _guard.RunFor(seconds: 2);
        Assert.Equal(0, engine.State.FailedTurns);
    }

    [Fact]
    public async Task A_turn_that_fails_is_told_and_the_standby_goes_on_to_fire()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        var options = MixtureScenario.OptionsOf("s1");
        var firer = new BrokenFirer();
        TaskCompletionSource<TurnFailedEventArgs> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = new StandbyService(options, key, new MemoryLink(hub), firer);
        service.TurnFailed += (_, failed) => told.TrySetResult(failed);
        service.Start();
        await using var engine = new StandbyEngine(MixtureScenario.OptionsOf("engine"), key, new MemoryLink(hub), _book);
        await engine.StartAsync();
        _ = _book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 1);
        var deadline = TimeSpan.FromSeconds(30);
        Assert.Equal("the firer is broken", (await told.Task.WaitAsync(deadline)).Error.Message);
        Assert.False(service.State.CanFire); // the state is readable all the while
        firer.IsBroken = false;
        await firer.Fired.WaitAsync(deadline); // nobody pulses
        Assert.True(service.State.FailedTurns > 0);
    }

    private sealed class BrokenFirer : IStandbyFirer
    {
        private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isBroken = true;

        public bool IsBroken
        {
            get => _isBroken;
            set => _isBroken = value;
        }

        public Task Fired => _fired.Task;

        public bool CanFire => _isBroken ? throw new InvalidOperationException("the firer is broken") : true;

        public bool VenueAnsweredSince(long timestamp) => true;

        public void Fire(StandbyFire fire) => _fired.TrySetResult();
    }
}
