using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Links;

namespace Dmex.Fast.Standby.Tests.Beats;

/// <summary>
/// An engine that beats over three servers, and a standby with its decision, in virtual time from a seed. Hosts are in groups, and reach
/// only those of their own: a partition is another group. A process that is stopped receives nothing until it goes on, and then late.
/// </summary>
internal sealed class BeatWorld
{
    public const int Servers = 3;
    public const int Engine = Servers;
    public const int Standby = Servers + 1;

    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan IsolatedAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MoveAfter = TimeSpan.FromMilliseconds(300);

    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly int[] _group = new int[Servers + 2];
    private readonly bool[] _isDown = new bool[Servers];
    private readonly int[] _connections = [0, 1, 2];
    private readonly Random _random;
    private readonly DecisionOptions _options;
    private WitnessTable _witnesses = new(Servers);
    private TimeSpan _standbyStoppedUntil;
    private TimeSpan _enginePausedUntil;
    private long _order;
    private ulong _number;

    public BeatWorld(Random random, IsolationPolicy onIsolated)
    {
        _random = random;
        _options = new DecisionOptions(Ttl, IsolatedAfter, onIsolated, Servers, DryRun: false);
        Decision = new FireDecision(_options);
        Decision.Begin(Now, Generation);
        Schedule(BeatEvery, BeatLoop);
        Schedule(AskEvery, AskLoop);
        Schedule(TickEvery, TickLoop);
    }

    public TimeSpan Now { get; private set; }

    public FireDecision Decision { get; private set; }

    /// <summary>Of the engine.</summary>
    public uint Generation { get; private set; } = 1;

    public bool EngineIsAlive { get; set; } = true;

    /// <summary>Muted for the first 600 ms of each second.</summary>
    public bool IsMuted { get; set; }

    public bool VenueAnswers { get; set; } = true;

    /// <summary>Each beat comes once more, up to 8 s later.</summary>
    public bool RepeatsBeats { get; set; }

    /// <summary>The steps that were not none, in order.</summary>
    public List<(TimeSpan At, FireStep Step)> Steps { get; } = [];

    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        while (_events.TryPeek(out var next, out var due) && due.At <= end)
        {
            _ = _events.Dequeue();
            Now = due.At;
            next();
        }

        Now = end;
    }

    public void Move(int host, int group) => _group[host] = group;

    public void Heal() => Array.Clear(_group);

    public void Kill(int server) => _isDown[server] = true;

    public void Start(int server) => _isDown[server] = false;

    public void PauseEngine(TimeSpan time) => _enginePausedUntil = Now + time;

    public void StopStandby(TimeSpan time) => _standbyStoppedUntil = Now + time;

    public void NewEngine()
    {
        Generation++;
        _number = 0;
        EngineIsAlive = true;
    }

    /// <summary>The engine says that it stops, over whatever reaches the standby, and ends.</summary>
    public void StopEngineCleanly()
    {
        Send(++_number, isStopping: true);
        EngineIsAlive = false;
    }

    /// <summary>The standby's process begins anew and learns the generation from the stream.</summary>
    public void RestartStandby()
    {
        var fenced = Decision.Fenced;
        Decision = new FireDecision(_options);
        _witnesses = new WitnessTable(Servers);
        Decision.Fence(Now, fenced);
        Decision.Begin(Now, Generation);
    }

    private void Schedule(TimeSpan after, Action what) => _events.Enqueue(what, (Now + after, _order++));

    private TimeSpan Milliseconds(double from, double to) => TimeSpan.FromMilliseconds(from + (_random.NextDouble() * (to - from)));

    /// <summary>Mostly below 3 ms, now and then a retransmission.</summary>
    private TimeSpan Latency() => _random.Next(500) == 0 ? Milliseconds(20, 120) : Milliseconds(0.1, 3);

    private bool IsUp(int server) => !_isDown[server];

    private bool CanReach(int host, int server) => IsUp(server) && _group[host] == _group[server];

    private void BeatLoop()
    {
        if (EngineIsAlive && Now < _enginePausedUntil)
        {
            Schedule(TickEvery, BeatLoop);
            return;
        }

        if (EngineIsAlive)
        {
            // Collections of garbage: a pause in which nothing is sent.
            var pause = _random.Next(200) == 0 ? Milliseconds(5, 150) : TimeSpan.Zero;
            Send(++_number, isStopping: false);
            Schedule(BeatEvery + pause, BeatLoop);
            return;
        }

        Schedule(BeatEvery, BeatLoop);
    }

    private void Send(ulong number, bool isStopping)
    {
        if (IsMuted && Now.Milliseconds < 600)
        {
            return;
        }

        var generation = Generation;
        var decision = Decision;
        for (var i = 0; i < Servers; i++)
        {
            var server = _connections[i];
            if (CanReach(Standby, server) && CanReach(Engine, server))
            {
                Receive(Latency(), () => decision.Beat(Now, generation, number, isStopping));
                if (RepeatsBeats)
                {
                    Receive(Milliseconds(0, 8000), () => decision.Beat(Now, generation, number, isStopping));
                }
            }
        }
    }

    private void AskLoop()
    {
        Schedule(AskEvery, AskLoop);
        if (Now < _standbyStoppedUntil)
        {
            return;
        }

        for (var i = 0; i < Servers; i++)
        {
            var connection = i;
            var server = _connections[connection];
            if (!CanReach(Standby, server) || (server != connection && CanReach(Standby, connection)))
            {
                Schedule(MoveAfter, () => MoveConnection(connection));
                continue;
            }

            var askedAt = Now;
            var witnesses = _witnesses;
            Schedule(Latency(), () =>
            {
                if (CanReach(Standby, server))
                {
                    Receive(Latency(), () => witnesses.Answered(connection, $"server {server}", askedAt.Ticks));
                }
            });
        }
    }

    /// <summary>A connection whose server is gone follows the addresses that servers announce, and goes home when it can.</summary>
    private void MoveConnection(int connection)
    {
        for (var i = 0; i < Servers; i++)
        {
            var server = (connection + i) % Servers;
            if (CanReach(Standby, server))
            {
                _connections[connection] = server;
                return;
            }
        }
    }

    /// <summary>Arrives at the standby; while it is stopped, when it goes on, and then by and by.</summary>
    private void Receive(TimeSpan after, Action what) => Schedule(after, () =>
    {
        if (Now < _standbyStoppedUntil)
        {
            Receive(_standbyStoppedUntil - Now + Milliseconds(20, 400), what);
            return;
        }

        what();
    });

    private void TickLoop()
    {
        if (Now < _standbyStoppedUntil)
        {
            Schedule(_standbyStoppedUntil - Now, TickLoop);
            return;
        }

        var step = Decision.Tick(Now, _witnesses.CountSince(Decision.WitnessesFrom(Now).Ticks), VenueAnswers);
        if (step != FireStep.None)
        {
            Steps.Add((Now, step));
        }

        var pause = _random.Next(2000) == 0 ? Milliseconds(5, 400) : TimeSpan.Zero;
        Schedule(TickEvery + pause, TickLoop);
    }
}
