using System.Diagnostics;

namespace Dmex.Fast.Connections;

/// <content>What happens to connections: made, ready, lost, failed. On their own threads.</content>
internal sealed partial class ConnectionSet : IConnectionSink, IDisposable
{
    void IConnectionSink.OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText) =>
        _sink.OnMessage(connection, payload, isText);

    void IConnectionSink.OnStateChanged(VenueConnection connection, ConnectionState state)
    {
        bool isCurrent;
        lock (_lock)
        {
            isCurrent = ReferenceEquals(_slots[connection.Id - 1].Current, connection);
        }

        if (isCurrent)
        {
            _sink.OnStateChanged(connection.Id, state);
        }
    }

    void IConnectionSink.OnConnected(VenueConnection connection)
    {
        if (_sink.TryPrepare(connection, out var preparing))
        {
            _ = FinishAsync(connection, preparing);
        }
        else
        {
            MakeReady(connection);
        }
    }

    void IConnectionSink.OnConnectFailed(VenueConnection connection, Exception exception) => NoteFailure(connection, exception);

    void IConnectionSink.OnLost(VenueConnection connection, ConnectionLoss loss)
    {
        var slot = _slots[connection.Id - 1];
        var now = Stopwatch.GetTimestamp();
        bool wasReady;
        bool wasLast;
        long nextAttempt;
        lock (_lock)
        {
            wasReady = ReferenceEquals(slot.Ready, connection);
            wasLast = wasReady && Withdraw(slot);
            slot.LastLoss = loss;
            if (ReferenceEquals(slot.Current, connection))
            {
                var lasted = wasReady && now - slot.ReadySince >= LeastLife;
                ScheduleAttempt(slot, lasted ? 0 : slot.Failures, loss.Exception, now);
                slot.Failures = lasted ? 0 : slot.Failures + 1;
            }

            nextAttempt = slot.NextAttempt;
        }

        _sink.OnDown(loss, wasReady, wasLast);
        if (!wasReady)
        {
            FailFirst(slot, new ConnectionLostException(loss));
        }

        _wakeBy(nextAttempt);
    }

    private async Task FinishAsync(VenueConnection connection, Task preparing)
    {
        try
        {
            await preparing.ConfigureAwait(false);
            MakeReady(connection);
        }
#pragma warning disable CA1031 // Whatever the user's preparation throws ends this connection, and is told as its reason.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                _slots[connection.Id - 1].LastFailure = e;
            }

            FailFirst(_slots[connection.Id - 1], e);
            connection.Abort(e);
        }
    }

    private void MakeReady(VenueConnection connection)
    {
        var slot = _slots[connection.Id - 1];
        if (!connection.MarkReady())
        {
            return; // lost or closed meanwhile, which was told
        }

        lock (_lock)
        {
            if (connection.Loss is not null || !ReferenceEquals(slot.Current, connection))
            {
                return;
            }

            slot.Ready = connection;
            slot.ReadySince = Stopwatch.GetTimestamp();
            slot.Connects++;
            slot.LastFailure = null;
            var bit = 1u << (slot.Id - 1);
            var ready = (uint)_carriers | bit;
            var primary = (uint)(_carriers >> 32);
            Volatile.Write(ref _carriers, ((ulong)(primary == 0 ? bit : primary) << 32) | ready);
        }

        _sink.OnReady(connection);
        _ = _firstReady.TrySetResult();

        // The clock has not looked at this connection yet: its first ping is due before the clock's next look, perhaps.
        _wakeBy(Stopwatch.GetTimestamp());
    }

    private void NoteFailure(VenueConnection connection, Exception exception)
    {
        var slot = _slots[connection.Id - 1];
        long nextAttempt;
        lock (_lock)
        {
            slot.LastFailure = exception;
            slot.Failures++;
            ScheduleAttempt(slot, slot.Failures, exception, Stopwatch.GetTimestamp());
            nextAttempt = slot.NextAttempt;
        }

        FailFirst(slot, exception);
        _wakeBy(nextAttempt);
    }

    private void ScheduleAttempt(ConnectionSlot slot, int failures, Exception? exception, long now)
    {
        slot.IsDown = true;
        slot.NextAttempt = now + _reconnect.Delay(failures, exception);
    }

    /// <summary>Takes a connection out of those that carry; true when none is left.</summary>
    private bool Withdraw(ConnectionSlot slot)
    {
        slot.Ready = null;
        var bit = 1u << (slot.Id - 1);
        var ready = (uint)_carriers & ~bit;
        var primary = (uint)(_carriers >> 32);
        primary = primary == bit ? ready & (0 - ready) : primary;
        Volatile.Write(ref _carriers, ((ulong)primary << 32) | ready);
        return ready == 0;
    }

    /// <summary>Starting fails when the first attempt of every connection has: with what the first one's ended with.</summary>
    private void FailFirst(ConnectionSlot slot, Exception exception)
    {
        lock (_lock)
        {
            if (slot.FirstFailure is not null || slot.Connects > 0)
            {
                return;
            }

            slot.FirstFailure = exception;
            if (++_failedFirst < _slots.Length)
            {
                return;
            }
        }

        _ = _firstReady.TrySetException(_slots[0].FirstFailure!);
    }
}
