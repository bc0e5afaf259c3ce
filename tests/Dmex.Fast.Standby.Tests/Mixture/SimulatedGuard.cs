using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>Engines and standbys on hosts of their own at one cluster, in virtual time. No live message is lost unless asked for.</summary>
internal sealed class SimulatedGuard : IDisposable
{
    private readonly Random _random;
    private int _hosts;

    public SimulatedGuard(int seed = 1, int lossPercent = 0)
    {
        _random = new Random(seed);
        Cluster = new SimulatedCluster(World, _random) { LossPercent = lossPercent };
    }

    public VirtualWorld World { get; } = new();

    public StandbyKey Key { get; } = TestKey.New();

    public SimulatedCluster Cluster { get; }

    public void Dispose() => Key.Dispose();

    public void RunFor(double seconds) => World.RunFor(TimeSpan.FromSeconds(seconds));

    public SimulatedHost NewHost() => new(World, _hosts++, _random);

    /// <summary>An engine whose trading loop pulses; it is not started.</summary>
    public (SimulatedHost Host, StandbyEngine Engine) NewEngine(CancelBook book, StandbyClusterOptions options)
    {
        var host = NewHost();
        var engine = new StandbyEngine(options, Key, new SimulatedLink(Cluster, host), book, host) { IsTurnedByCaller = true };
        host.Repeat(TimeSpan.FromMilliseconds(1), () => _ = engine.Send());
        host.Repeat(options.Beat, () =>
        {
            engine.Pulse();
            engine.Tick();
        });
        return (host, engine);
    }

    public (SimulatedHost Host, StandbyEngine Engine) StartEngine(CancelBook book, LagPolicy policy = LagPolicy.Alarm)
    {
        var options = MixtureScenario.OptionsOf("engine");
        options.OnLag = policy;
        var started = NewEngine(book, options);
        var start = started.Engine.StartAsync().AsTask();
        RunFor(seconds: 4);
        Assert.True(start.IsCompletedSuccessfully, start.Exception?.ToString());
        return started;
    }

    public (SimulatedHost Host, StandbyService Service, ModelFirer Firer) StartStandby(string name)
    {
        var host = NewHost();
        var firer = new ModelFirer(World, host, new ModelVenue(World));
        var service = new StandbyService(MixtureScenario.OptionsOf(name), Key, new SimulatedLink(Cluster, host), firer, host)
        {
            IsTurnedByCaller = true,
        };
        service.Start();
        host.Repeat(TimeSpan.FromMilliseconds(10), service.Tick);
        return (host, service, firer);
    }

    public async Task EndAsync(StandbyEngine engine)
    {
        var ending = engine.DisposeAsync().AsTask();
        RunFor(seconds: 5);
        await ending;
    }
}
