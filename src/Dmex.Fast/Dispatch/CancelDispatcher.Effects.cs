using System.Diagnostics;
using Dmex.Fast.Connections;
using Dmex.Fast.Protocol;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Dispatch;

/// <content>Effects carried out, outside the lock: waits delivered, copies sent, changes told.</content>
internal sealed partial class CancelDispatcher
{
    /// <summary>Carries effects out and gives them back; returns when the timer is to tick next.</summary>
    private long Complete(TrackerEffects effects)
    {
        var due = effects.NextDue;
        CarryOut(effects);
        EffectsPool.Return(effects);
        return due;
    }

    private void CarryOut(TrackerEffects effects)
    {
        if (effects.IsEmpty)
        {
            return;
        }

        while (effects.TakeDecided() is { } wait)
        {
            // Before it is delivered: it may stand for another cancel then.
            _sink.Metrics?.Decided(wait.Decided, wait.Parent);
            wait.Deliver();
        }

        if (effects.Demoted != 0)
        {
            _connections.Demote(effects.Demoted);
        }

        SendCopies(effects.Copies);
        if (effects.Settled.Count > 0)
        {
            _book!.HandToJournal(); // whose file learns of it behind
        }

        _sink.Metrics?.Resent(effects.Resent);
        _sink.Metrics?.Corrected(effects.Changes.Count);
        foreach (var change in effects.Changes)
        {
            _sink.Changed(change);
        }

        if (effects.PanicProgressed)
        {
            _sink.PanicProgressed();
        }
    }

    /// <summary>Several copies for one connection go out together, as a panic's do, where its batch is free.</summary>
    private void SendCopies(List<CancelCopy> copies)
    {
        for (var i = 0; i < copies.Count;)
        {
            var connectionId = copies[i].ConnectionId;
            var end = i + 1;
            while (end < copies.Count && copies[end].ConnectionId == connectionId)
            {
                end++;
            }

            i = end - i > 1 ? SendTogether(copies, i, end) : i;
            for (; i < end; i++)
            {
                Send(copies[i]);
            }
        }
    }

    /// <summary>Sends as many as fit into the connection's batch; returns the first that is left.</summary>
    private int SendTogether(List<CancelCopy> copies, int from, int to)
    {
        var first = copies[from];
        var batch = _retries[first.ConnectionId - 1];
        if (FindConnection(first.ConnectionId, first.Incarnation) is not { } connection || !batch.TryTake(Stopwatch.GetTimestamp()))
        {
            return from;
        }

        batch.Incarnation = first.Incarnation;
        for (; from < to && batch.Count < batch.Capacity && copies[from].Incarnation == first.Incarnation; from++)
        {
            if (TryWrite(copies[from], batch.Next, connection.NextMaskingKey()))
            {
                batch.Add(copies[from].Cancel, copies[from].Generation);
            }
        }

        if (batch.Count > 0)
        {
            Send(batch);
        }
        else
        {
            batch.Release();
        }

        return from;
    }

    private void Send(in CancelCopy copy)
    {
        if (FindConnection(copy.ConnectionId, copy.Incarnation) is not { } connection)
        {
            var notSent = new SendOutcome
            {
                Kind = SendOutcomeKind.NotSent,
                Reason = NotSentReason.NotConnected,
                ConnectionId = copy.ConnectionId,
                Incarnation = copy.Incarnation,
            };
            ((ISendObserver)this).Sent(copy.Cancel, copy.Generation, notSent);
            return;
        }

        Span<byte> frame = stackalloc byte[CancelFrame.Length];
        if (TryWrite(copy, frame, connection.NextMaskingKey()))
        {
            connection.SendFrame(frame, this, copy.Cancel, copy.Generation);
        }
    }

    /// <summary>Writes the frame of a copy; false when the book does not hold it any more, which the tracker is told.</summary>
    private bool TryWrite(in CancelCopy copy, Span<byte> frame, uint maskingKey)
    {
        if (copy.Slot == TrackedCancel.NoSlot)
        {
            CancelFrame.Write(frame, copy.Hash, copy.Signature, maskingKey);
            return true;
        }

        if (_book!.Firing.CopyFrame(copy.Slot, copy.SlotGeneration, frame, maskingKey))
        {
            return true;
        }

        var effects = EffectsPool.Rent();
        lock (_lock)
        {
            _tracker.Withdraw(copy, Stopwatch.GetTimestamp(), effects);
            Seal(effects);
        }

        Finish(effects);
        return false;
    }

    /// <summary>A connection, if it is still in the life that a copy is for.</summary>
    private VenueConnection? FindConnection(int connectionId, long incarnation) =>
        _connections.Find(connectionId) is { } connection && connection.Incarnation == incarnation ? connection : null;
}
