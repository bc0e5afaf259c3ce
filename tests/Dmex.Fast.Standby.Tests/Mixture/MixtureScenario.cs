using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// An engine, two standbys and a cluster under one fault after another, with everything real but the network, the clock and the
/// venue. What must hold: (1) a dead engine's acknowledged orders are canceled within the Ttl, or IsolatedAfter without witnesses; (2) a
/// healthy engine is not fired; (3) nothing armed under a fenced generation stays open; (4) no old generation is fired after a resume.
/// </summary>
internal sealed class MixtureScenario
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IsolatedAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private readonly VirtualWorld _world = new();
    private readonly Random _random;
    private readonly SimulatedCluster _cluster;
    private readonly StandbyKey _key;
    private readonly ModelVenue _venue;
    private readonly List<(SimulatedHost Host, ModelFirer Firer, StandbyService Service)> _standbys = [];
    private readonly List<ModelEngine> _engines = [];
    private readonly List<StandbyService> _services = [];
    private readonly List<string> _trace = [];
    private ModelEngine _engine;
    private TimeSpan _resumedAt;
    private int _hosts;
    private string? _failure;

    private MixtureScenario(int seed, StandbyKey key)
    {
        _random = new Random(seed);
        _key = key;
        _cluster = new SimulatedCluster(_world, _random);
        _venue = new ModelVenue(_world);
        AddStandby("s1");
        AddStandby("s2");
        _engine = NewEngine();
    }

    public static StandbyClusterOptions OptionsOf(string name) =>
        new() { Name = name, Book = "book", Ttl = Ttl, IsolatedAfter = IsolatedAfter };

    /// <summary>Plays a scenario; what went wrong, or null.</summary>
    public static string? Play(int seed, int faults, StandbyKey key)
    {
        string? failure = null;

        // A thread without a context: what is awaited goes on where virtual time runs.
        var thread = new Thread(() =>
        {
            var scenario = new MixtureScenario(seed, key);
            try
            {
                scenario.Run(faults);
            }
            catch (Exception e)
            {
                scenario._failure ??= e.ToString();
            }

            scenario.End();
            failure = scenario._failure is null ? null
                : $"seed {seed}: {scenario._failure}\n  {string.Join("\n  ", scenario._trace.TakeLast(12))}";
        });
        thread.Start();
        thread.Join();
        return failure;
    }

    /// <summary>The first of some seeds that fails.</summary>
    public static string? Find(int firstSeed, int seeds, int faults)
    {
        using var key = Support.TestKey.New();
        return Enumerable.Range(firstSeed, seeds).Select(seed => Play(seed, faults, key)).FirstOrDefault(failure => failure is not null);
    }

    private void Run(int faults)
    {
        Complete(Await(_engine.Engine.StartAsync()));
        for (var i = 0; i < faults && _failure is null; i++)
        {
            _world.RunFor(Seconds(2, 4));
            ExpectNoFire("a healthy time");
            ExpectGuarded();
            if (_failure is null)
            {
                PlayFault(_random.Next(18));
            }
        }
    }

    private void PlayFault(int fault)
    {
        Note($"fault {fault}");
        if (fault is <= 7 or 14 or 16)
        {
            PlayHarmless(fault);
        }
        else
        {
            PlayFatal(fault);
        }
    }

    private void PlayHarmless(int fault)
    {
        switch (fault)
        {
            case 0:
                var standby = _standbys[_random.Next(2)].Host;
                _cluster.MoveHost(standby, 1);
                Harmless("a standby cut off", Seconds(0.5, 9));
                break;
            case 1:
                var stop = Seconds(0.3, 8);
                _standbys[_random.Next(2)].Host.Stop(stop);
                Harmless("a standby stopped", stop);
                break;
            case 2:
                var server = _random.Next(SimulatedCluster.Servers);
                _cluster.Kill(server);
                Harmless("a server killed", Seconds(1, 8));
                break;
            case 3:
                _cluster.HasNoLeader = true;
                Harmless("no leader", Seconds(1, 12));
                break;
            case 4:
                _cluster.LossPercent = 40;
                Harmless("loss", Seconds(1, 5));
                _cluster.LossPercent = 1;
                break;
            case 5:
                RestartStandby(_random.Next(2));
                Harmless("a standby started again", Seconds(0.5, 2));
                break;
            case 6:
                _engine.Host.Stop(Seconds(0.2, 1.4));
                Harmless("the engine stopped for less than the Ttl", Seconds(1.5, 2));
                break;
            case 7:
                RestartEngine(Seconds(0.05, 1));
                Harmless("an engine started again within the Ttl", Seconds(0.5, 2));
                break;
            case 14:
                _cluster.LoseStream();
                Harmless("the cluster lost its disks", Seconds(0.5, 3));
                break;
            default:
                _cluster.LoseStream();
                RestartEngine(Seconds(0.05, 0.3));
                Harmless("the cluster lost its disks, and an engine started again within the Ttl", Seconds(0.5, 2));
                break;
        }
    }

    private void PlayFatal(int fault)
    {
        switch (fault)
        {
            case 8:
                _engine.Host.Kill();
                Fatal("the engine killed", Ttl, isNew: true);
                break;
            case 9:
                _engine.IsHung = true;
                Fatal("the trading loop hung", Ttl + OptionsOf("x").MaxPulseGap, isNew: false);
                break;
            case 10:
                _engine.Host.Stop(TimeSpan.FromSeconds(6));
                Fatal("the engine stopped", Ttl, isNew: false);
                break;
            case 11:
                _cluster.MoveHost(_engine.Host, 1);
                Fatal("the engine cut off", Ttl, isNew: false);
                break;
            case 12:
                _cluster.HasNoLeader = true;
                _engine.Host.Kill();
                Fatal("the engine killed without a leader", Ttl, isNew: true);
                break;
            case 13:
                _cluster.Kill(0);
                _cluster.Kill(1);
                _engine.Host.Kill();
                Fatal("the engine and a majority killed", IsolatedAfter, isNew: true);
                break;
            case 15:
                _engine.Host.Kill();
                _cluster.LoseStream();
                Fatal("the engine killed, and the cluster's disks", Ttl, isNew: true);
                break;
            default:
                _standbys[_random.Next(2)].Host.Stop(TimeSpan.FromSeconds(4));
                _engine.Host.Kill();
                Fatal("the engine killed and a standby stopped", Ttl, isNew: true);
                break;
        }
    }

    private void Harmless(string name, TimeSpan time)
    {
        _world.RunFor(time);
        ExpectNoFire(name);
        _cluster.Heal();
        _world.RunFor(TimeSpan.FromSeconds(1));
        ExpectNoFire($"after {name}");
    }

    private void Fatal(string name, TimeSpan within, bool isNew)
    {
        Note(name);
        var acknowledged = _venue.Open.Where(order => order.IsAcknowledged).ToArray();
        var generation = _engine.Engine.State.Generation;
        _world.RunFor(within + Burst);
        Check(acknowledged.All(order => order.ClosedAt is not null), $"{name}: {acknowledged.Count(order => order.ClosedAt is null)} of "
            + $"{acknowledged.Length} acknowledged orders are open {within + Burst} later ({Describe()})");
        Check(isNew || _engine.IsHung || _engine.Host.IsStopped || _engine.Engine.State.IsLatched,
            $"{name}: the engine goes on after it was fired ({Describe()})");
        _cluster.Heal();
        _engine.IsHung = false;
        _engine.Host.Continue();
        _world.RunFor(TimeSpan.FromSeconds(4));
        if (!isNew)
        {
            // It went on: what it arms under the fenced generation is closed, by its latch or by the standbys.
            var open = _venue.Open.Where(order => order.Generation <= generation && order.CreatedAt < _world.Now - Burst).ToArray();
            Check(open.Length == 0, $"{name}: {open.Length} orders armed under the fenced generation {generation} are open ({Describe()})");
            Check(_engine.Engine.State.IsLatched, $"{name}: the engine is not latched ({Describe()})");
        }

        if (_failure is null)
        {
            Resume(isNew);
        }
    }

    private void Resume(bool isNew)
    {
        var former = _engine;
        var fence = former.Engine.State.FenceId;
        if (isNew)
        {
            _engine = NewEngine();
            _engine.Load(_venue.Open.Select(order => order.Hash));
            var refused = _engine.Engine.StartAsync().AsTask();
            _world.RunFor(TimeSpan.FromSeconds(3));
            if (refused.Exception?.InnerException is not StandbyFencedException fenced)
            {
                Fail($"a start after a fire ended with {refused.Status} {refused.Exception?.InnerException?.Message} ({Describe()})");
                return;
            }

            fence = fenced.FenceId;
        }

        ResumeAt(fence);
        Check(
            _standbys.TrueForAll(standby => standby.Service.State.Orphans == 0),
            $"a standby keeps what was reconciled ({Describe()})");
    }

    private void ResumeAt(ulong fence)
    {
        _engine.Reconcile();
        Note($"resume with fence {fence:x}");
        Complete(Await(_engine.Engine.ResumeAsync(fence)));
        _resumedAt = _world.Now;
        _engine.NoteGeneration();
        _standbys.ForEach(standby => standby.Firer.Fires.Clear());
        _world.RunFor(TimeSpan.FromSeconds(1));
    }

    private void RestartEngine(TimeSpan after)
    {
        var killedAt = _world.Now;
        _engine.Host.Kill();
        _world.RunFor(after);
        _engine = NewEngine();
        _engine.Load(_venue.Open.Select(order => order.Hash));
        var start = Await(_engine.Engine.StartAsync());
        if (start.Exception?.InnerException is StandbyFencedException fenced && _world.Now - killedAt >= Ttl)
        {
            // What was lost on the way held the start up for longer than the Ttl, and the standbys had to fire.
            ResumeAt(fenced.FenceId);
            return;
        }

        Complete(start);
        _engine.NoteGeneration();
    }

    private void RestartStandby(int index)
    {
        var (host, _, _) = _standbys[index];
        host.Kill();
        _standbys.RemoveAt(index);
        AddStandby($"s{index + 1}");
    }

    private ModelEngine NewEngine()
    {
        var number = _engine?.Number ?? 0;
        _engines.Add(new ModelEngine(_world, _cluster, new SimulatedHost(_world, _hosts++, _random), _key, _venue, _random, number));
        return _engines[^1];
    }

    private void AddStandby(string name)
    {
        var host = new SimulatedHost(_world, _hosts++, _random);
        var firer = new ModelFirer(_world, host, _venue);
        var service = new StandbyService(OptionsOf(name), _key, new SimulatedLink(_cluster, host), firer, host) { IsTurnedByCaller = true };
        _services.Add(service);
        service.Start();
        host.Repeat(TimeSpan.FromMilliseconds(10), service.Tick);
        _standbys.Add((host, firer, service));
    }

    /// <summary>Runs until something that was begun is done.</summary>
    /// <summary>Lets ten seconds pass at most.</summary>
    private Task Await(ValueTask begun)
    {
        var task = begun.AsTask();
        for (var i = 0; i < 200 && !task.IsCompleted; i++)
        {
            _world.RunFor(TimeSpan.FromMilliseconds(50));
        }

        return task;
    }

    private void Complete(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            Fail($"not done in ten seconds: {task.Status} {task.Exception?.InnerException?.Message} ({Describe()})");
        }
    }

    /// <summary>Gives back what engines and standbys hold, those of killed hosts too.</summary>
    private void End()
    {
        var ends = _engines.Select(engine => engine.Engine.DisposeAsync()).Concat(_services.Select(service => service.DisposeAsync()))
            .Select(end => end.AsTask()).ToArray();
        _ = Await(new ValueTask(Task.WhenAll(ends)));
        _engines.ForEach(engine => engine.Dispose());
    }

    private void ExpectNoFire(string name)
    {
        foreach (var (_, firer, _) in _standbys)
        {
            Check(firer.Fires.Count == 0, firer.Fires.Count == 0 ? string.Empty
                : $"{name}: fired at {firer.Fires[0].At} on {firer.Fires[0].Evidence}");
        }
    }

    private void ExpectGuarded()
    {
        var late = _venue.Open.Where(order => !order.IsAcknowledged && order.CreatedAt < _world.Now - TimeSpan.FromSeconds(1)).ToArray();
        Check(late.Length == 0, $"{late.Length} orders are not acknowledged a second later ({Describe()})");
        _engine.IsIdle = true;
        _world.RunFor(TimeSpan.FromMilliseconds(700));
        foreach (var (_, _, standby) in _standbys)
        {
            // What was armed under the latch while the engine resumed was fired, and a standby learns that it is closed before the engine.
            var orders = _engine.Orders.ToArray();
            var missing = orders.Where(order => !standby.Holds(order.Hash)).ToArray();
            Check(
                Array.TrueForAll(missing, order => order.ClosedAt <= _resumedAt),
                $"a standby lacks {missing.Length} of the book's {orders.Length} orders ({Describe()})");
            Check(
                standby.State.Orders - standby.State.Orphans == orders.Length - missing.Length,
                $"a standby holds orders that are not among the book's {orders.Length} ({Describe()})");
        }

        _engine.IsIdle = false;
        Check(_engine.Engine.State.Touch == EngineTouch.Guarded, $"the engine is not guarded ({Describe()})");
    }

    private string Describe() =>
        $"at {_world.Now}: {_engine.Engine.State}; {string.Join("; ", _standbys.Select(standby => standby.Service.State))}";

    private void Check(bool holds, string what)
    {
        if (!holds)
        {
            Fail(what);
        }
    }

    private void Fail(string what) => _failure ??= what;

    private void Note(string what) => _trace.Add($"{_world.Now} {what}");

    private TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));
}
