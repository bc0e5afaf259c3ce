namespace Dmex.Fast.Tests.Simulation;

/// <summary>A model of the venue: which orders are open, and what it answers to a cancel, in good times and bad. Not thread-safe.</summary>
internal sealed class SimulatedVenue(SimulatedWorld world)
{
    private const int ModeCount = (int)VenueMode.Lies + 1;

    private static readonly TimeSpan?[] Pauses =
    [
        null, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(2), TimeSpan.FromHours(1),
        TimeSpan.MaxValue,
        TimeSpan.FromSeconds(-1),
    ];

    private static readonly GoneReason[] Reasons =
        [GoneReason.None, GoneReason.Unspecified, GoneReason.NotFound, GoneReason.Filled, GoneReason.Canceled, GoneReason.Expired];

    private VenueMode _mode;
    private long _modeUntil;
    private bool _isHealed;
    private int _said;

    /// <summary>Begins anew, as part of a new world.</summary>
    public void Reset()
    {
        _mode = VenueMode.Normal;
        _modeUntil = 0;
        _isHealed = false;
        _said = 0;
    }

    /// <summary>Is in a mode for a while.</summary>
    public void Enter(VenueMode mode, long until)
    {
        _mode = mode;
        _modeUntil = until;
    }

    /// <summary>Answers as it should from here on.</summary>
    public void Heal() => _isHealed = true;

    /// <summary>A cancel comes.</summary>
    public void Arrive(in SimulatedCopy copy, SimulatedConnection connection)
    {
        var order = copy.Order;
        var random = world.Random;
        if (!_isHealed && random.Chance(10, order.Index, copy.Number, Draw.Fill) && IsOpen(order))
        {
            order.Close(GoneReason.Filled, world.Now);
        }

        if (world.Now < connection.SilentUntil && connection.Incarnation == copy.Incarnation)
        {
            _ = CarryOut(order);
            return;
        }

        switch (ModeFor(copy))
        {
            case VenueMode.LosesCancels:
                break;
            case VenueMode.LosesReplies:
                _ = CarryOut(order);
                break;
            case VenueMode.Throttles:
                Answer(copy, ReplyKind.Throttled, GoneReason.None, Pause(copy), 0);
                break;
            case VenueMode.Bans:
                Answer(copy, ReplyKind.Throttled, GoneReason.None, Pause(copy), 0);
                world.Lose(copy.ConnectionId, (20 + random.Below(300, order.Index, copy.Number, Draw.Reconnect)) * Scenario.Millisecond);
                break;
            case VenueMode.Busy:
                Answer(
                    copy, ReplyKind.Busy, GoneReason.None, random.Chance(300, order.Index, copy.Number, Draw.Gone) ? Pause(copy) : null, 0);
                break;
            case VenueMode.Rejects:
                Answer(copy, ReplyKind.Rejected, GoneReason.None, null, 0);
                break;
            case VenueMode.Lies:
                Answer(copy, ReplyKind.Confirmed, GoneReason.None, null, 0);
                break;
            default:
                AnswerTruly(copy);
                break;
        }
    }

    /// <summary>Says something about an order without being asked.</summary>
    public void Say(SimulatedOrder order, ReplyKind kind)
    {
        var connectionId = 1 + world.Random.Below(world.Scenario.Connections, order.Index, _said, Draw.DuplicateConnection);
        var gone = kind == ReplyKind.Gone ? Reasons[world.Random.Below(Reasons.Length, order.Index, _said++, Draw.Gone)] : GoneReason.None;
        world.Reply(order, kind, gone, null, connectionId, world.Connection(connectionId).Incarnation, 0);
    }

    private static ReplyKind KindOf(GoneReason gone) => gone == GoneReason.None ? ReplyKind.Confirmed : ReplyKind.Gone;

    private VenueMode ModeFor(in SimulatedCopy copy)
    {
        if (_isHealed)
        {
            return VenueMode.Normal;
        }

        var random = world.Random;
        if (world.Now < _modeUntil && random.Chance(700, copy.Order.Index, copy.Number, Draw.Fault))
        {
            return _mode;
        }

        return random.Chance(world.Scenario.FaultsPerMille, copy.Order.Index, copy.Number, Draw.Fault)
            ? (VenueMode)random.Below(ModeCount, copy.Order.Index, copy.Number, Draw.FaultKind)
            : VenueMode.Normal;
    }

    /// <summary>Answers by what is so, in the way of the mode.</summary>
    private void AnswerTruly(in SimulatedCopy copy)
    {
        var mode = ModeFor(copy);
        var order = copy.Order;
        var random = world.Random;
        var later = random.Below(mode == VenueMode.Slow ? 3000 : 50, order.Index, copy.Number, Draw.ReplyDelay) * Scenario.Millisecond;
        var gone = CarryOut(order);
        switch (mode)
        {
            case VenueMode.Slow or VenueMode.Reorders:
                Answer(copy, KindOf(gone), gone, null, later);
                break;
            case VenueMode.Duplicates:
                Answer(copy, KindOf(gone), gone, null, 0);
                var other = 1 + random.Below(world.Scenario.Connections, order.Index, copy.Number, Draw.DuplicateConnection);
                world.Reply(order, KindOf(gone), gone, null, other, world.Connection(other).Incarnation, later);
                break;
            case VenueMode.Contradicts:
                var reason = Reasons[random.Below(Reasons.Length, order.Index, copy.Number, Draw.Gone)];
                var contradiction = (ReplyKind)random.Below((int)ReplyKind.Busy + 1, order.Index, copy.Number, Draw.Contradiction);
                Answer(copy, contradiction, contradiction == ReplyKind.Gone ? reason : GoneReason.None, null, 0);
                Answer(copy, KindOf(gone), gone, null, later);
                break;
            case VenueMode.Acknowledges:
                Answer(copy, ReplyKind.None, GoneReason.None, null, 0);
                Answer(copy, KindOf(gone), gone, null, later);
                break;
            default:
                Answer(copy, KindOf(gone), gone, null, 0);
                break;
        }
    }

    /// <summary>Carries a cancel out; returns why the order was not open, or None when it was.</summary>
    private GoneReason CarryOut(SimulatedOrder order)
    {
        if (world.Now < order.OpenFrom)
        {
            return GoneReason.NotFound;
        }

        var before = order.Gone;
        order.Close(GoneReason.Canceled, world.Now);
        return before;
    }

    private bool IsOpen(SimulatedOrder order) => order.OpenFrom <= world.Now && order.Gone == GoneReason.None;

    private TimeSpan? Pause(in SimulatedCopy copy) =>
        Pauses[world.Random.Below(Pauses.Length, copy.Order.Index, copy.Number, Draw.RetryAfter)];

    private void Answer(in SimulatedCopy copy, ReplyKind kind, GoneReason gone, TimeSpan? retryAfter, long later)
    {
        var latency = (50 + world.Random.Below(100, copy.Order.Index, ~copy.Number, Draw.Latency)) * Scenario.Microsecond;
        world.Reply(copy.Order, kind, gone, retryAfter, copy.ConnectionId, copy.Incarnation, latency + later);
    }
}
