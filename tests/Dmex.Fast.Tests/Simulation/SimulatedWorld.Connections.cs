using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <content>Connections: what they carry, keep and lose.</content>
internal sealed partial class SimulatedWorld
{
    private SimulatedCopy[] _copies = new SimulatedCopy[1024];
    private SimulatedReply[] _replies = new SimulatedReply[1024];
    private int _freeCopy;
    private int _freeReply;
    private long _lives;

    /// <summary>Sends a reply to the client, which reads it after a while.</summary>
    public void Reply(
        SimulatedOrder? order, ReplyKind kind, GoneReason gone, TimeSpan? retryAfter, int connectionId, long incarnation, long delay)
    {
        if (_freeReply < 0)
        {
            var before = _replies.Length;
            Array.Resize(ref _replies, before * 2);
            LinkReplies(before);
        }

        var which = _freeReply;
        ref var reply = ref _replies[which];
        _freeReply = reply.Next;
        reply.Order = order;
        reply.Kind = kind;
        reply.Gone = gone;
        reply.RetryAfter = retryAfter;
        reply.ConnectionId = connectionId;
        reply.Incarnation = incarnation;
        Schedule(Now + delay, EventKind.Reply, which);
    }

    /// <summary>A connection ends; what it keeps may have gone or not.</summary>
    public void Lose(int connectionId, long reconnectAfter)
    {
        var connection = _connections[connectionId];
        if (!connection.IsUp)
        {
            return;
        }

        Trace?.Add($"{Time()}   connection {connectionId} is lost");
        connection.IsUp = false;
        connection.EndedIncarnation = connection.Incarnation;
        for (var which = connection.FirstParked; which >= 0;)
        {
            ref var copy = ref _copies[which];
            var next = copy.Next;
            var perhaps = Random.Chance(500, copy.Order.Index, copy.Number, Draw.Perhaps);
            if (perhaps && Random.Chance(500, copy.Order.Index, copy.Number, Draw.PerhapsArrives))
            {
                copy.Pending++;
                Schedule(Now, EventKind.Arrive, which);
            }

            Schedule(Now + OutcomeDelay(copy), perhaps ? EventKind.TellPerhaps : EventKind.TellNotSent, which);
            which = next;
        }

        connection.FirstParked = connection.LastParked = -1;
        if (Random.Chance(900, connectionId, connection.Lives, Draw.DownIsTold) || reconnectAfter > 100 * Scenario.Millisecond)
        {
            var late = Random.Chance(200, connectionId, connection.Lives, Draw.DownIsLate) ? 20 * Scenario.Millisecond : 0;
            Schedule(Now + late, EventKind.TellDown, connectionId);
        }

        if (!connection.IsReconnecting)
        {
            connection.IsReconnecting = true;
            Schedule(Now + reconnectAfter, EventKind.Reconnect, connectionId);
        }
    }

    private void TellDown(int connectionId)
    {
        var connection = _connections[connectionId];
        Trace?.Add($"{Time()} told: connection {connectionId} has ended its life {connection.EndedIncarnation}");
        _oracle.Down(connectionId, connection.EndedIncarnation);
        _tracker.ConnectionDown(connectionId, connection.EndedIncarnation, "lost", Now, _effects);
    }

    private void Reconnect(int connectionId)
    {
        var connection = _connections[connectionId];
        connection.IsReconnecting = false;
        connection.IsUp = true;
        connection.Incarnation = ++_lives;
        connection.Lives++;
        connection.StalledUntil = 0;
        Trace?.Add($"{Time()} connection {connectionId} is up in life {connection.Incarnation}");
        _oracle.Up(connectionId, connection.Incarnation);
        _tracker.ConnectionUp(connectionId, connection.Incarnation, Now, _effects);
    }

    private void Resume(int connectionId)
    {
        var connection = _connections[connectionId];
        if (Now < connection.StalledUntil || !connection.IsUp)
        {
            return;
        }

        for (var which = connection.FirstParked; which >= 0;)
        {
            var next = _copies[which].Next;
            Write(which, connection);
            which = next;
        }

        connection.FirstParked = connection.LastParked = -1;
    }

    /// <summary>A copy comes to its connection, whose life may be over, or the book may have lost its frame.</summary>
    private void HandOver(int which)
    {
        ref var copy = ref _copies[which];
        var connection = _connections[copy.ConnectionId];
        if (!connection.IsUp || connection.Incarnation != copy.Incarnation)
        {
            Schedule(Now + OutcomeDelay(copy), EventKind.TellNotSent, which);
        }
        else if (!copy.IsBatched && copy.Decided.Slot != TrackedCancel.NoSlot
            && !_book.Holds(copy.Decided.Slot, copy.Decided.SlotGeneration))
        {
            Trace?.Add($"{Time()} withdraw: order {copy.Order.Index}");
            _oracle.Withdrawing(copy.Order, copy);
            _tracker.Withdraw(copy.Decided, Now, _effects);
            FreeCopy(which);
        }
        else if (Now < connection.StalledUntil)
        {
            copy.Next = -1;
            if (connection.FirstParked < 0)
            {
                connection.FirstParked = which;
            }
            else
            {
                _copies[connection.LastParked].Next = which;
            }

            connection.LastParked = which;
        }
        else
        {
            Write(which, connection);
        }
    }

    private void Write(int which, SimulatedConnection connection)
    {
        ref var copy = ref _copies[which];
        if (copy.Cancel.Generation != copy.Generation && !copy.IsBatched)
        {
            Schedule(Now, EventKind.TellNotSent, which); // a copy that nobody wants any more dies with its order
            return;
        }

        copy.WrittenAt = Now;
        copy.Pending++;
        Schedule(Now + Latency(copy), EventKind.Arrive, which);
        Schedule(Now + OutcomeDelay(copy), EventKind.TellWritten, which);
    }

    private void Arrive(int which)
    {
        ref var copy = ref _copies[which];
        var connection = _connections[copy.ConnectionId];
        var isLive = connection.IsUp && connection.Incarnation == copy.Incarnation;
        if (isLive || Random.Chance(500, copy.Order.Index, copy.Number, Draw.PerhapsArrives))
        {
            copy.Order.IsAtVenue |= copy.Order.Is(copy.Cancel, copy.Generation);
            _venue.Arrive(copy, connection);
        }

        FreeCopy(which);
    }

    private void TellOutcome(int which, EventKind kind)
    {
        ref var copy = ref _copies[which];
        Trace?.Add($"{Time()} {kind}: order {copy.Order.Index} on connection {copy.ConnectionId}");
        if (kind == EventKind.TellWritten)
        {
            _oracle.Written(copy.Order, copy);
            _tracker.Written(copy.Cancel, copy.Generation, copy.ConnectionId, copy.Incarnation, copy.WrittenAt, _effects);
        }
        else
        {
            var perhaps = kind == EventKind.TellPerhaps;
            _oracle.NotWritten(copy.Order, copy, perhaps);
            _tracker.NotWritten(copy.Cancel, copy.Generation, perhaps, copy.ConnectionId, copy.Incarnation, Now, _effects);
        }

        _connections[copy.ConnectionId].Batched -= copy.IsBatched ? 1 : 0;
        FreeCopy(which);
    }

    private void TakeReply(int which)
    {
        var reply = _replies[which];
        _replies[which].Order = null;
        _replies[which].Next = _freeReply;
        _freeReply = which;
        var connection = _connections[reply.ConnectionId];
        var isLive = connection.IsUp && connection.Incarnation == reply.Incarnation;
        if (!isLive && !Random.Chance(300, reply.ConnectionId, (int)reply.Incarnation, Draw.ReadBeforeEnd))
        {
            return;
        }

        Trace?.Add(
            $"{Time()} reply: {reply.Kind} {reply.Gone} {reply.RetryAfter} order {reply.Order?.Index} on connection {reply.ConnectionId}");
        if (reply.Order is not { } order)
        {
            _oracle.Throttled(reply.RetryAfter);
            _tracker.Throttled(reply.RetryAfter, Now);
            return;
        }

        var told = new TrackedReply(reply.Kind, reply.Gone, reply.RetryAfter, null, IsKnownLive(order));
        if (Find(order) is { } cancel)
        {
            _oracle.Replying(order, cancel, reply);
            _tracker.Replied(cancel, told, reply.ConnectionId, reply.Incarnation, Now, _effects);
        }
        else if (_book.SlotOf(order) >= 0)
        {
            _oracle.Said(order, reply, isKnown: false);
            _ = CancelTracker.RepliedUntracked(order.Hash, told, _effects);
        }
    }

    private int Place(SimulatedOrder order, TrackedCancel cancel, uint generation, int connectionId, long incarnation)
    {
        if (_freeCopy < 0)
        {
            var before = _copies.Length;
            Array.Resize(ref _copies, before * 2);
            LinkCopies(before);
        }

        var which = _freeCopy;
        ref var copy = ref _copies[which];
        _freeCopy = copy.Next;
        copy = new SimulatedCopy
        {
            Order = order,
            Number = order.Copies++,
            Cancel = cancel,
            Generation = generation,
            ConnectionId = connectionId,
            Incarnation = incarnation,
            Pending = 1,
        };
        return which;
    }

    private void FreeCopy(int which)
    {
        ref var copy = ref _copies[which];
        if (--copy.Pending == 0)
        {
            copy.Next = _freeCopy;
            _freeCopy = which;
        }
    }

    private long Latency(in SimulatedCopy copy) =>
        (50 + Random.Below(100, copy.Order.Index, copy.Number, Draw.Latency)) * Scenario.Microsecond;

    private long OutcomeDelay(in SimulatedCopy copy)
    {
        var isLate = !_isHealed && Random.Chance(60, copy.Order.Index, copy.Number, Draw.OutcomeIsLate);
        return Random.Below(isLate ? 500_000 : 60, copy.Order.Index, copy.Number, Draw.OutcomeDelay) * Scenario.Microsecond;
    }

    private void ResetTraffic()
    {
        _lives = 0;
        foreach (var connection in _connections)
        {
            connection.Reset();
        }

        LinkCopies(0);
        LinkReplies(0);
    }

    private void LinkCopies(int from)
    {
        for (var i = from; i < _copies.Length; i++)
        {
            _copies[i].Next = i + 1 < _copies.Length ? i + 1 : -1;
        }

        _freeCopy = from;
    }

    private void LinkReplies(int from)
    {
        for (var i = from; i < _replies.Length; i++)
        {
            _replies[i].Next = i + 1 < _replies.Length ? i + 1 : -1;
        }

        _freeReply = from;
    }
}
