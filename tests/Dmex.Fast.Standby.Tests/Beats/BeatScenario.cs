using Dmex.Fast.Standby.Deciding;

namespace Dmex.Fast.Standby.Tests.Beats;

/// <summary>
/// Hours of an engine and a standby with one fault after another: those of the failure matrix. Says what went wrong first: a fire that
/// was false, or one that did not come in time.
/// </summary>
internal sealed class BeatScenario
{
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(600);

    private readonly Random _random;
    private readonly BeatWorld _world;
    private readonly bool _holds;
    private string? _failure;

    private BeatScenario(int seed)
    {
        _random = new Random(seed);
        _holds = _random.Next(4) == 0;
        _world = new BeatWorld(_random, _holds ? IsolationPolicy.Hold : IsolationPolicy.Fire);
    }

    /// <summary>Plays a scenario.</summary>
    /// <param name="seed">Of everything in it.</param>
    /// <param name="hours">Of virtual time.</param>
    /// <returns>What went wrong; null for nothing.</returns>
    public static string? Play(int seed, double hours)
    {
        var scenario = new BeatScenario(seed);
        var end = TimeSpan.FromHours(hours);
        while (scenario._world.Now < end && scenario._failure is null)
        {
            scenario.PlayFault();
        }

        return scenario._failure is null ? null : $"seed {seed}: {scenario._failure}";
    }

    /// <summary>The first of some seeds that fails.</summary>
    public static string? Find(int firstSeed, int seeds, double hours)
    {
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            if (Play(seed, hours) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private void PlayFault()
    {
        _world.RunFor(Seconds(4, 8));
        Check("a healthy time");
        var fault = _random.Next(18);
        if (fault < 10)
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
                var pause = Seconds(0.1, 1.6);
                _world.PauseEngine(pause);
                _world.RunFor(pause);
                Check("the engine stopped for less than the Ttl");
                break;
            case 1:
                _world.IsMuted = true;
                _world.RunFor(Seconds(5, 15));
                _world.IsMuted = false;
                Check("the engine muted for 600 ms of each second");
                break;
            case 2:
                var stop = Seconds(0.3, 20);
                _world.StopStandby(stop);
                _world.RunFor(stop + TimeSpan.FromSeconds(1));
                Check("the standby stopped");
                break;
            case 3:
                CutOff("the standby cut off for less than IsolatedAfter", BeatWorld.Standby);
                break;
            case 4:
                CutOff("the standby cut off with one server", BeatWorld.Standby, _random.Next(BeatWorld.Servers));
                break;
            case 5:
                KillServers("a server killed", 1);
                break;
            case 6:
                KillServers("a majority of the servers killed", 2);
                break;
            case 7:
                _world.StopEngineCleanly();
                _world.RunFor(Seconds(1, 30));
                Check("the engine stopped on purpose");
                _world.NewEngine();
                break;
            case 8:
                _world.EngineIsAlive = false;
                _world.RunFor(Seconds(0.1, 1.4));
                _world.NewEngine();
                Check("an engine started again within the Ttl");
                break;
            default:
                _world.RestartStandby();
                _world.RunFor(Seconds(0.1, 3));
                Check("the standby started again");
                break;
        }
    }

    private void PlayFatal(int fault)
    {
        switch (fault)
        {
            case 10:
                _world.EngineIsAlive = false;
                Expect("the engine killed", FireStep.FireAll, BeatWorld.Ttl);
                break;
            case 11:
                _world.PauseEngine(TimeSpan.FromSeconds(30));
                Expect("the engine stopped", FireStep.FireAll, BeatWorld.Ttl);
                _world.PauseEngine(TimeSpan.Zero);
                break;
            case 12:
                _world.Move(BeatWorld.Engine, 1);
                Expect("the engine cut off", FireStep.FireAll, BeatWorld.Ttl);
                break;
            case 13:
                _world.RepeatsBeats = true;
                _world.RunFor(TimeSpan.FromSeconds(3));
                _world.EngineIsAlive = false;
                Expect("the engine killed, and its beats coming late and twice", FireStep.FireAll, BeatWorld.Ttl);
                _world.RepeatsBeats = false;
                break;
            case 14:
                var stop = Seconds(1, 5);
                _world.StopStandby(stop);
                _world.EngineIsAlive = false;
                Expect("the engine killed while the standby was stopped", FireStep.FireAll, stop + BeatWorld.Ttl);
                break;
            case 15:
                _world.EngineIsAlive = false;
                _world.Kill(0);
                _world.Kill(1);
                PlayIsolated();
                _world.Start(0);
                _world.Start(1);
                break;
            case 16:
                var server = _random.Next(BeatWorld.Servers);
                _world.EngineIsAlive = false;
                _world.Kill(server);
                Expect("the engine and a server killed", FireStep.FireAll, BeatWorld.Ttl);
                _world.Start(server);
                break;
            default:
                _world.Decision.Fence(_world.Now, _world.Generation);
                Expect("fenced by another standby", FireStep.FireRest, DecisionOptions.SecondAfter);
                break;
        }

        _world.Heal();
        _world.RunFor(Seconds(0.1, 12));
        Check("after the fire");
        _world.NewEngine();
    }

    private void PlayIsolated()
    {
        if (!_holds)
        {
            Expect("the engine and a majority killed", FireStep.FireAll, BeatWorld.IsolatedAfter);
            return;
        }

        // Held as long as there is no majority; when it is back, there are witnesses.
        _world.RunFor(TimeSpan.FromSeconds(15));
        Check("the engine and a majority killed, and the standby holding");
        _world.Start(0);
        _world.Start(1);
        Expect("the majority back", FireStep.FireAll, BeatWorld.Ttl);
    }

    private void CutOff(string name, params int[] hosts)
    {
        foreach (var host in hosts)
        {
            _world.Move(host, 1);
        }

        _world.RunFor(Seconds(0.5, 9));
        _world.Heal();
        _world.RunFor(TimeSpan.FromSeconds(1));
        Check(name);
    }

    private void KillServers(string name, int count)
    {
        var first = _random.Next(BeatWorld.Servers);
        for (var i = 0; i < count; i++)
        {
            _world.Kill((first + i) % BeatWorld.Servers);
        }

        _world.RunFor(Seconds(1, 15));
        Check(name);
        for (var i = 0; i < count; i++)
        {
            _world.Start((first + i) % BeatWorld.Servers);
        }
    }

    private void Check(string name)
    {
        if (_world.Steps.Count > 0)
        {
            Fail(name, $"{_world.Steps[0].Step} at {_world.Steps[0].At}, on {_world.Decision.Evidence}");
        }
    }

    private void Expect(string name, FireStep step, TimeSpan within)
    {
        Check($"before: {name}");
        var from = _world.Now;
        int stalls;
        do
        {
            // Each time that it was stopped itself, its clock began anew.
            stalls = _world.Decision.Stalls;
            _world.RunFor(within + Slack);
        }
        while (_world.Decision.Stalls != stalls && _world.Steps.Count == 0);

        if (_world.Steps.Count != 1 || _world.Steps[0].Step != step)
        {
            Fail(name, $"{_world.Steps.Count} steps by {_world.Now} instead of {step} within {within} after {from}");
        }

        _world.Steps.Clear();
    }

    private void Fail(string name, string what) => _failure ??= $"{name}: {what}";

    private TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));
}
