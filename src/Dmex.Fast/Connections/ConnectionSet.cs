using System.Diagnostics;
using System.Numerics;

namespace Dmex.Fast.Connections;

/// <summary>
/// A client's connections: makes them, makes them anew for ever, and knows which are ready and which carries the work.
/// Thread-safe; which are ready is read without a lock.
/// </summary>
internal sealed partial class ConnectionSet
{
    // A connection that does not last so long counts as a failed attempt: a venue that accepts and closes is not hammered.
    private static readonly long LeastLife = Stopwatch.Frequency;

    private readonly Lock _lock = new();
    private readonly ConnectionSlot[] _slots;
    private readonly ConnectionPolicy _policy;
    private readonly ReconnectPolicy _reconnect;
    private readonly IConnectionSetSink _sink;
    private readonly Action<long> _wakeBy;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _starting;
    private int _failedFirst;
    private bool _stopped;

    // Bits of the ready connections in the low half; the primary's bit in the high half.
    private ulong _carriers;

    /// <param name="settings">One a connection.</param>
    /// <param name="policy">How they share the work.</param>
    /// <param name="reconnect">When they are tried again.</param>
    /// <param name="sink">Takes what comes from them.</param>
    /// <param name="wakeBy">Makes sure that <see cref="Tick"/> is called by then.</param>
    public ConnectionSet(
        IReadOnlyList<ConnectionSettings> settings,
        ConnectionPolicy policy,
        ReconnectPolicy reconnect,
        IConnectionSetSink sink,
        Action<long> wakeBy)
    {
        _slots = [.. settings.Select((setting, i) => new ConnectionSlot(i + 1, setting))];
        _policy = policy;
        _reconnect = reconnect;
        _sink = sink;
        _wakeBy = wakeBy;
    }

    /// <summary>How many there are, ready or not.</summary>
    public int Count => _slots.Length;

    /// <summary>The ready connections, as bits: bit 0 is connection 1.</summary>
    public uint ReadyMask => (uint)Volatile.Read(ref _carriers);

    /// <summary>The connection that carries the work; null when none is ready.</summary>
    public VenueConnection? Primary
    {
        get
        {
            var primary = (uint)(Volatile.Read(ref _carriers) >> 32);
            return primary == 0 ? null : _slots[BitOperations.TrailingZeroCount(primary)].Ready;
        }
    }

    /// <summary>A connection that is ready; null when this one is not.</summary>
    public VenueConnection? Find(int connectionId) => _slots[connectionId - 1].Ready;

    /// <summary>The connections that a copy goes to by the policy, as bits, without those to avoid where there is a choice; 0 when none is ready.</summary>
    public uint Targets(uint avoid)
    {
        var carriers = Volatile.Read(ref _carriers);
        var ready = (uint)carriers;
        var others = ready & ~avoid;
        if (_policy == ConnectionPolicy.Broadcast)
        {
            return others != 0 ? others : ready;
        }

        var primary = (uint)(carriers >> 32);
        return (primary & avoid) == 0 || others == 0 ? primary : others & (0 - others);
    }

    /// <summary>Begins to connect; completes when the first connection is ready, and fails when each has failed once.</summary>
    /// <exception cref="Exception">What the first connection's attempt ended with.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var now = Stopwatch.GetTimestamp();
        foreach (var slot in _slots)
        {
            Connect(slot, now);
        }

        _wakeBy(now);
        return _firstReady.Task;
    }

    /// <summary>Where each connection stands.</summary>
    public IReadOnlyList<ConnectionStatus> Status()
    {
        var primary = Primary;
        lock (_lock)
        {
            return [.. _slots.Select(slot => new ConnectionStatus(
                slot.Id,
                slot.Settings.Endpoint,
                slot.Current?.State ?? ConnectionState.Connecting,
                primary is not null && ReferenceEquals(slot.Ready, primary),
                slot.Connects,
                slot.LastLoss,
                slot.LastFailure))];
        }
    }

    /// <summary>Does what is due at this time and says when to look again. Called by the clock's thread alone.</summary>
    public long Tick(long now)
    {
        var due = long.MaxValue;
        foreach (var slot in _slots)
        {
            VenueConnection? current;
            VenueConnection[]? ending = null;
            var isDue = false;
            lock (_lock)
            {
                current = slot.Current;
                if (slot.Ending.Count > 0)
                {
                    ending = [.. slot.Ending];
                }

                if (slot.IsDown && !_stopped)
                {
                    isDue = now >= slot.NextAttempt;
                    due = isDue ? due : Math.Min(due, slot.NextAttempt);
                }
            }

            foreach (var old in ending ?? [])
            {
                due = Math.Min(due, TickEnding(slot, old, now));
            }

            if (isDue)
            {
                due = Math.Min(due, now + Stopwatch.Frequency / 100);
                Connect(slot, now);
            }
            else if (current is not null)
            {
                due = Math.Min(due, current.Tick(now));
            }
        }

        return due;
    }

    /// <summary>Closes every connection in order and makes none again.</summary>
    public async Task CloseAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(Stop().Select(connection => connection.CloseAsync())).ConfigureAwait(false);
    }

    /// <summary>Ends everything at once and waits for the threads.</summary>
    public void Dispose()
    {
        foreach (var connection in Stop())
        {
            connection.Dispose();
        }

        _starting?.Dispose();
        _stopping.Dispose();
    }

    private List<VenueConnection> Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            List<VenueConnection> connections = [];
            foreach (var slot in _slots)
            {
                connections.AddRange(slot.Ending);
                if (slot.Current is { } current)
                {
                    connections.Add(current);
                }
            }

            return connections;
        }
    }

    private long TickEnding(ConnectionSlot slot, VenueConnection old, long now)
    {
        if (!old.IsOver)
        {
            return Math.Min(old.Tick(now), now + Stopwatch.Frequency);
        }

        old.Dispose();
        lock (_lock)
        {
            _ = slot.Ending.Remove(old);
        }

        return long.MaxValue;
    }

    private void Connect(ConnectionSlot slot, long now)
    {
        VenueConnection connection;
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            if (slot.Current is { } old)
            {
                slot.Ending.Add(old);
            }

            connection = new VenueConnection(slot.Id, slot.Settings, this, _wakeBy, slot.Addresses);
            slot.Current = connection;
            slot.IsDown = false;
        }

        _sink.OnStateChanged(slot.Id, ConnectionState.Connecting);
        var token = slot.Connects == 0 && slot.Failures == 0 ? _starting!.Token : _stopping.Token;
        _ = connection.ConnectAsync(token);
    }
}
