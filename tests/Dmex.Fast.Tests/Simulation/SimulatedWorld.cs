using System.Buffers.Binary;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// A tracker in virtual time, between models of callers, connections, a book, panics and a venue. Plays one scenario after another; the
/// <see cref="Oracle"/> looks after every event. Deterministic; not thread-safe.
/// </summary>
internal sealed partial class SimulatedWorld : IWaitOwner
{
    /// <summary>How many orders a scenario has at most.</summary>
    public const int MaxOrders = 512;

    private const int MaxWaits = 4096;

    private static readonly OrderHash[] Hashes = [.. Enumerable.Range(0, MaxOrders).Select(HashOf)];

    private readonly SimulatedOrder[] _orders = [.. Enumerable.Range(0, MaxOrders).Select(_ => new SimulatedOrder())];
    private readonly SimulatedConnection[] _connections =
        [.. Enumerable.Range(0, ConnectionTable.MaxConnections + 1).Select(_ => new SimulatedConnection())];
    private readonly SimulatedPanic[] _panics = [.. Enumerable.Range(0, 16).Select(i => new SimulatedPanic { Index = i })];
    private readonly Dictionary<CancelWait, SimulatedWait> _waitOf = new(MaxWaits, ReferenceEqualityComparer.Instance);
    private readonly EventQueue _events = new();
    private readonly TrackerEffects _effects = new();
    private readonly SimulatedBook _book = new();
    private readonly SimulatedVenue _venue;
    private readonly Oracle _oracle;
    private SimulatedWait? _freeWait;
    private Scenario _scenario;
    private CancelTracker _tracker;
    private int _nextStep;
    private long _heldUntil;
    private bool _isHealed;

    public SimulatedWorld()
    {
        _scenario = null!;
        _tracker = null!;
        _venue = new SimulatedVenue(this);
        _oracle = new Oracle(this);
    }

    /// <summary>Events so far, over all scenarios.</summary>
    public long Events { get; private set; }

    /// <summary>The time, in ticks.</summary>
    public long Now { get; private set; }

    /// <summary>What is played.</summary>
    public Scenario Scenario => _scenario;

    /// <summary>What is looked at.</summary>
    public CancelTracker Tracker => _tracker;

    /// <summary>The random numbers of the scenario.</summary>
    public Randomness Random { get; private set; }

    /// <summary>The faults have ended.</summary>
    public bool IsHealed => _isHealed;

    /// <summary>When they did.</summary>
    public long HealedAt { get; private set; }

    /// <summary>Receives what happens, for people to read; null for nobody.</summary>
    public List<string>? Trace { get; set; }

    /// <summary>The orders of the scenario.</summary>
    public ReadOnlySpan<SimulatedOrder> Orders => _orders.AsSpan(0, _scenario.Orders);

    /// <summary>The model of the book.</summary>
    public SimulatedBook Book => _book;

    /// <summary>The panics, under way or not.</summary>
    public ReadOnlySpan<SimulatedPanic> Panics => _panics;

    /// <summary>A connection, counted from 1.</summary>
    public SimulatedConnection Connection(int connectionId) => _connections[connectionId];

    /// <summary>The order of a hash.</summary>
    public SimulatedOrder OrderOf(in OrderHash hash) => _orders[BinaryPrimitives.ReadInt32LittleEndian(hash.AsSpan()[16..])];

    /// <summary>Plays a scenario to its end.</summary>
    /// <exception cref="SimulationFaultException">The oracle saw a fault.</exception>
    public void Play(Scenario scenario)
    {
        Begin(scenario);
        while (true)
        {
            var stepAt = _nextStep < scenario.Steps.Length ? scenario.Steps[_nextStep].At : _isHealed ? long.MaxValue : scenario.End;
            var due = _tracker.NextDue;
            var tickAt = due == long.MaxValue ? long.MaxValue : Math.Max(due + scenario.TimerLag, _heldUntil);
            var at = Math.Min(Math.Min(stepAt, _events.NextAt), tickAt);
            if (at == long.MaxValue || (_isHealed && _oracle.IsTimeUp))
            {
                break;
            }

            Now = Math.Max(Now, at);
            Events++;
            if (stepAt == at)
            {
                TakeStep();
            }
            else if (_events.NextAt == at)
            {
                var (kind, which) = _events.Take();
                TakeEvent(kind, which);
            }
            else
            {
                _tracker.Tick(Now, _effects);
                _oracle.Ticked();
            }

            CarryOut();
            FirePanics();
            CarryOut();
            ReadOn();
            _oracle.Look();
        }

        _oracle.LookAtEnd();
        Events++;
        _tracker.Stop(UnresolvedReason.Disposed, null, Now, _effects);
        _oracle.IsStopped = true;
        CarryOut();
        _oracle.LookAfterStop();
    }

    /// <summary>Has something happen later.</summary>
    public void Schedule(long at, EventKind kind, int which) => _events.Add(Math.Max(at, Now), kind, which);

    /// <summary>Whether the book says that the venue has had an order.</summary>
    public bool IsKnownLive(SimulatedOrder order) => order.IsKnownLive && _book.SlotOf(order) >= 0;

    /// <summary>The open cancel of an order, as the engine finds it; null for none.</summary>
    public TrackedCancel? FindOpen(SimulatedOrder order) => Find(order) is { Stage: CancelStage.Open } cancel ? cancel : null;

    void IWaitOwner.EndWait(CancelWait wait, CancellationToken token) => throw new InvalidOperationException("No token is given.");

    void IWaitOwner.GiveBack(CancelWait wait) => throw new InvalidOperationException("No result is taken.");

    private static OrderHash HashOf(int index)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        for (var i = 0; i < OrderHash.Size; i += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], Randomness.Mix((ulong)((index * 4) + (i / sizeof(ulong)))));
        }

        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], index);
        return new OrderHash(bytes);
    }

    private void Begin(Scenario scenario)
    {
        _scenario = scenario;
        Random = new Randomness(scenario.Seed);
        Now = Scenario.Start;
        _tracker = new CancelTracker(scenario.Options);
        _events.Clear();
        _effects.Clear();
        while (_effects.TakeDecided() is not null)
        {
            // Left by a scenario that ended in a fault.
        }

        _book.Reset(scenario.Options.BookCapacity, scenario.Orders);
        for (var i = 0; i < scenario.Orders; i++)
        {
            _orders[i].Reset(i, Hashes[i]);
        }

        foreach (var panic in _panics)
        {
            panic.IsActive = false;
            panic.IsLatched = false;
            panic.Pending = 0;
        }

        ResetWaits();
        ResetTraffic();
        ResetReads();
        _lastPanic = 0;
        _nextStep = 0;
        _heldUntil = 0;
        _isHealed = false;
        _venue.Reset();
        _oracle.Reset();
        for (var id = 1; id <= scenario.Connections; id++)
        {
            Reconnect(id);
            CarryOut();
        }
    }

    private TrackedCancel? Find(SimulatedOrder order)
    {
        var slot = _book.SlotOf(order);
        return (slot >= 0 ? _tracker.FindFired(slot, _book.Generation[slot]) : null) ?? _tracker.Find(order.Hash);
    }

    private void TakeEvent(EventKind kind, int which)
    {
        switch (kind)
        {
            case EventKind.HandOver:
                HandOver(which);
                break;
            case EventKind.Arrive:
                Arrive(which);
                break;
            case EventKind.TellWritten or EventKind.TellNotSent or EventKind.TellPerhaps:
                TellOutcome(which, kind);
                break;
            case EventKind.Reply:
                TakeReply(which);
                break;
            case EventKind.Resume:
                Resume(which);
                break;
            case EventKind.TellDown:
                TellDown(which);
                break;
            case EventKind.Reconnect:
                Reconnect(which);
                break;
            case EventKind.BeginRead:
                _isReading = false;
                BeginRead(Scenario.Millisecond);
                break;
            case EventKind.EndRead:
                EndRead();
                break;
            case EventKind.FireOn:
                _panics[which].IsWaitingForRate = false;
                break;
            default:
                Report(_panics[which]);
                break;
        }
    }
}
