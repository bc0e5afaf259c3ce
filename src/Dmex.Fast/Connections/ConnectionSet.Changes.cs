using System.Diagnostics;

namespace Dmex.Fast.Connections;

/// <content>
/// What happens to connections: made, ready, lost, failed. Told by each slot's <see cref="NotificationQueue"/>, in order.
/// </content>
internal sealed partial class ConnectionSet : IConnectionSink
{
    void IConnectionSink.OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText) =>
        _sink.OnMessage(connection, payload, isText);

    void IConnectionSink.OnFault(Exception exception) => _sink.OnFault(exception);

    void IConnectionSink.OnStateChanged(VenueConnection connection, ConnectionState state)
    {
        switch (state)
        {
            case ConnectionState.Preparing:
                TellState(connection, state);
                Prepare(connection);
                break;
            case ConnectionState.Ready:
                BecomeReady(connection);
                break;
            case ConnectionState.Closed when connection.Loss is { } loss:
                BecomeLost(connection, loss);
                break;
            case ConnectionState.Closed when connection.Failure is { } failure:
                TellState(connection, state);
                NoteFailure(_slots[connection.Id - 1], failure);
                break;
            default:
                TellState(connection, state);
                break;
        }
    }

    private void TellState(VenueConnection connection, ConnectionState state)
    {
        bool isCurrent;
        lock (_lock)
        {
            isCurrent = ReferenceEquals(_slots[connection.Id - 1].Current, connection);
        }

        if (isCurrent)
        {
            _sink.OnStateChanged(connection, state);
        }
    }

    private void Prepare(VenueConnection connection)
    {
        if (_sink.TryPrepare(connection, out var preparing))
        {
            _ = FinishAsync(connection, preparing);
        }
        else
        {
            _ = connection.MarkReady();
        }
    }

    private async Task FinishAsync(VenueConnection connection, Task preparing)
    {
        try
        {
            await preparing.ConfigureAwait(false);
            _ = connection.MarkReady(); // false when it was lost or closed meanwhile, which was told
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

    private void BecomeReady(VenueConnection connection)
    {
        var slot = _slots[connection.Id - 1];
        lock (_lock)
        {
            if (connection.Loss is not null || !ReferenceEquals(slot.Current, connection))
            {
                return; // lost meanwhile, which is told next
            }

            slot.Ready = connection;
            slot.ReadySince = Stopwatch.GetTimestamp();
            slot.Connects++;
            slot.LastFailure = null;
            var bit = 1u << (slot.Id - 1);
            var primary = (uint)(_carriers >> 32);
            SetCarriers((uint)_carriers | bit, primary == 0 ? bit : primary);
        }

        TellState(connection, ConnectionState.Ready);
        _sink.OnReady(connection);
        _ = _firstReady.TrySetResult();

        // The clock has not looked at this connection yet: its first ping is due before the clock's next look, perhaps.
        _wakeBy(Stopwatch.GetTimestamp());
    }

    private void BecomeLost(VenueConnection connection, ConnectionLoss loss)
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
                slot.IsDown = true;
                slot.Schedule.Ended(now, wasReady ? now - slot.ReadySince : 0, connection.HasAnswered, loss);
            }

            nextAttempt = slot.Schedule.NextAttempt;
        }

        TellState(connection, ConnectionState.Closed);
        _sink.OnDown(connection, loss, wasReady, wasLast);
        if (!wasReady)
        {
            FailFirst(slot, new ConnectionLostException(loss));
        }

        _wakeBy(nextAttempt);
    }

    private void NoteFailure(ConnectionSlot slot, Exception exception)
    {
        long nextAttempt;
        lock (_lock)
        {
            slot.LastFailure = exception;
            slot.IsDown = true;
            slot.Schedule.Failed(Stopwatch.GetTimestamp(), exception);
            nextAttempt = slot.Schedule.NextAttempt;
        }

        FailFirst(slot, exception);
        _wakeBy(nextAttempt);
    }

    /// <summary>Takes a connection out of those that carry; true when none is left.</summary>
    private bool Withdraw(ConnectionSlot slot)
    {
        slot.Ready = null;
        var bit = 1u << (slot.Id - 1);
        var ready = (uint)_carriers & ~bit;
        var primary = (uint)(_carriers >> 32);
        SetCarriers(ready, primary == bit ? NextOf(ready) : primary);
        return ready == 0;
    }

    private void SetCarriers(uint ready, uint primary) => Volatile.Write(ref _carriers, ((ulong)primary << 32) | ready);

    /// <summary>The lowest bit; 0 when there is none.</summary>
    private static uint NextOf(uint connections) => connections & (0 - connections);

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
