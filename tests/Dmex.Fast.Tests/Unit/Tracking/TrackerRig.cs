using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Unit.Tracking;

/// <summary>
/// A tracker with what its caller does around it, by hand and in virtual time: connections come up in lives of their own, and effects are
/// kept.
/// </summary>
internal sealed class TrackerRig : IWaitOwner
{
    /// <summary>When tests begin: not 0, which means "never" to the tracker.</summary>
    public const long Start = 1_000_000_000_000;

    /// <summary>A second in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long Second = Stopwatch.Frequency;

    private readonly TrackerEffects _effects = new();
    private HashSet<OrderHash>? _before;
    private long _lives;

    /// <param name="options">The tracker's.</param>
    /// <param name="connections">How many are up at the start.</param>
    public TrackerRig(TrackerOptions? options = null, int connections = 1)
    {
        Tracker = new CancelTracker(options ?? Options());
        for (var id = 1; id <= connections; id++)
        {
            Up(id);
        }
    }

    public CancelTracker Tracker { get; }

    /// <summary>Settles what the tracker resolves, as the client's book does; null without one.</summary>
    public CancelBook? Book { get; init; }

    /// <summary>Copies that were decided on and not taken.</summary>
    public List<CancelCopy> Copies { get; } = [];

    public List<OutcomeChangedEventArgs> Changes { get; } = [];

    public List<SettledOrder> Settled { get; } = [];

    /// <summary>Waits that were told, in all.</summary>
    public int Told { get; private set; }

    /// <summary>The connection that lost its rank last; 0 for none.</summary>
    public int Demoted { get; private set; }

    public static TrackerOptions Options(
        int capacity = 16,
        int resends = 3,
        long ackTimeout = long.MaxValue,
        int perSecond = 1000,
        ConnectionPolicy policy = ConnectionPolicy.Primary,
        RateBudgetOptions? rate = null,
        int book = 0,
        long grace = 0,
        long? listLag = null) => new()
        {
            Capacity = capacity,
            BookCapacity = book,
            MaxResendsPerOrder = resends,
            MaxResendsPerSecond = perSecond,
            AckTimeout = ackTimeout,
            Policy = policy,
            Rate = rate,
            NotFoundGrace = grace,
            ListLag = listLag,
        };

    public static OrderHash Hash(int number) => TestClient.Hash(number);

    /// <summary>A connection is ready in a new life, whose number is returned.</summary>
    public long Up(int connectionId, long now = Start)
    {
        var life = ++_lives;
        Tracker.ConnectionUp(connectionId, life, now, _effects);
        CarryOut();
        return life;
    }

    /// <summary>A connection ends.</summary>
    public void Down(int connectionId, long now, string? text = null)
    {
        Tracker.ConnectionDown(connectionId, Tracker.Incarnation(connectionId), text, now, _effects);
        CarryOut();
    }

    /// <summary>Cancels an order; null when it was turned away.</summary>
    public ValueTask<CancelOutcome>? Cancel(int number, long now = Start, long? timeout = null, CancellationToken token = default)
    {
        var wait = new CancelWait(this, _ => { })
        {
            Due = (timeout ?? Second) == long.MaxValue ? long.MaxValue : now + (timeout ?? Second),
        };
        var task = wait.Task;
        var isAccepted = Tracker.Find(Hash(number)) is { Stage: CancelStage.Open } open
            ? Tracker.TryJoin(open, wait, now, _effects)
            : Tracker.TryAccept(Hash(number), default, wait, now, _effects);
        if (isAccepted)
        {
            wait.Watch(token);
        }

        CarryOut();
        return isAccepted ? task : null;
    }

    /// <summary>Cancels an order that has room and a connection; gives its one copy.</summary>
    public ValueTask<CancelOutcome> Cancel(int number, out CancelCopy copy, long now = Start, long? timeout = null)
    {
        Copies.Clear();
        var task = Cancel(number, now, timeout)!.Value;
        copy = Take();
        return task;
    }

    /// <summary>The one copy that was decided on.</summary>
    public CancelCopy Take()
    {
        var copy = Xunit.Assert.Single(Copies);
        Copies.Clear();
        return copy;
    }

    /// <summary>What falls due by a time, each at its own; returns how many copies that makes.</summary>
    public int RunTo(long now)
    {
        var before = Copies.Count;
        while (Tracker.NextDue <= now)
        {
            Tracker.Tick(Tracker.NextDue, _effects);
            CarryOut();
        }

        return Copies.Count - before;
    }

    /// <summary>Calls the tracker at a time, once.</summary>
    public void Tick(long now)
    {
        Tracker.Tick(now, _effects);
        CarryOut();
    }

    public void Written(in CancelCopy copy, long now)
    {
        Tracker.Written(copy.Cancel, copy.Generation, copy.ConnectionId, copy.Incarnation, now, _effects);
        CarryOut();
    }

    public void NotWritten(in CancelCopy copy, bool perhaps, long now)
    {
        Tracker.NotWritten(copy.Cancel, copy.Generation, perhaps, copy.ConnectionId, copy.Incarnation, now, _effects);
        CarryOut();
    }

    public void Withdraw(in CancelCopy copy, long now)
    {
        Tracker.Withdraw(copy, now, _effects);
        CarryOut();
    }

    /// <summary>The venue says something about an order; false when the tracker does not know it.</summary>
    public bool Reply(
        int number, ReplyKind kind, long now, int connectionId = 1, GoneReason gone = GoneReason.None, TimeSpan? retryAfter = null,
        string? text = null)
    {
        if (Tracker.Find(Hash(number)) is not { } cancel)
        {
            return false;
        }

        Reply(cancel, new TrackedReply(kind, gone, retryAfter, text, false), connectionId, now);
        return true;
    }

    public void Reply(TrackedCancel cancel, in TrackedReply reply, int connectionId, long now, long? incarnation = null)
    {
        Tracker.Replied(cancel, reply, connectionId, incarnation ?? Tracker.Incarnation(connectionId), now, _effects);
        CarryOut();
    }

    public bool Abandon(int number, long now)
    {
        if (Tracker.Find(Hash(number)) is not { Stage: CancelStage.Open } cancel)
        {
            return false;
        }

        Tracker.Abandon(cancel, now, _effects);
        CarryOut();
        return true;
    }

    public void Stop(UnresolvedReason reason, string? text, long now)
    {
        Tracker.Stop(reason, text, now, _effects);
        CarryOut();
    }

    /// <summary>A panic fires a slot of the book.</summary>
    public TrackedCancel Fire(int number, PanicTally panic, int connectionId = 1, long now = Start, int slot = 0, uint generation = 1)
    {
        var cancel = Tracker.Fire(new FiredOrder(Hash(number), slot, generation), panic, connectionId, now, _effects);
        CarryOut();
        return cancel;
    }

    /// <summary>The kernel has taken a panic's copy.</summary>
    public void FiredWritten(TrackedCancel cancel, int connectionId, long now)
    {
        Tracker.Written(cancel, cancel.Generation, connectionId, Tracker.Incarnation(connectionId), now, _effects);
        CarryOut();
    }

    /// <summary>A later panic takes a slot of the book over.</summary>
    public void TakeOver(int number, PanicTally panic, long now, int slot = 0, uint generation = 1)
    {
        Tracker.TakeOver(new FiredOrder(Hash(number), slot, generation), panic, now, _effects);
        CarryOut();
    }

    /// <summary>A read of the venue's list, compared a few places at a time.</summary>
    public void Read(long began, long ended, params ReadOnlySpan<int> open)
    {
        var read = new ListRead(began, ended, [], _before);
        foreach (var number in open)
        {
            _ = read.Open.Add(Hash(number));
        }

        Read(read);
    }

    /// <inheritdoc cref="Read(long, long, ReadOnlySpan{int})"/>
    public void Read(in ListRead read)
    {
        _before = read.Open;
        for (var (cursor, isMore) = (0, true); isMore;)
        {
            isMore = Tracker.Compare(read, ref cursor, max: 5, read.EndedAt, _effects);
            CarryOut();
        }
    }

    void IWaitOwner.EndWait(CancelWait wait, CancellationToken token)
    {
        if (Tracker.EndWait(wait))
        {
            wait.CanceledBy = token;
            wait.Deliver();
        }
    }

    void IWaitOwner.GiveBack(CancelWait wait)
    {
        // Each is used once.
    }

    private void CarryOut()
    {
        while (_effects.TakeDecided() is { } wait)
        {
            Told++;
            wait.Deliver();
        }

        Copies.AddRange(_effects.Copies);
        Changes.AddRange(_effects.Changes);
        Settled.AddRange(_effects.Settled);
        foreach (var order in _effects.Settled)
        {
            if (order.Keeper is { } keeper && Book?.Firing.TryGetSignature(order.Slot, order.SlotGeneration, out keeper.Signature) == false)
            {
                Tracker.ForgetSettled(keeper);
            }

            _ = Book?.Firing.Settle(order);
        }

        Demoted = _effects.Demoted != 0 ? _effects.Demoted : Demoted;
        _effects.Clear();
    }
}
