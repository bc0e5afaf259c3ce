using System.Diagnostics;
using System.Numerics;

namespace Dmex.Fast.Connections;

/// <summary>
/// A client's connections: makes them, reconnects indefinitely, and knows which are ready and which is the primary.
/// Thread-safe; which are ready is read without a lock.
/// </summary>
internal sealed partial class ConnectionSet : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConnectionSlot[] _slots;
    private readonly IConnectionSetSink _sink;
    private readonly Action<long> _wakeBy;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _stopToken;
    private readonly Func<int, Action<Exception>, ConnectionThreads> _startThreads;
    private CancellationTokenSource? _starting;
    private CancellationToken _startToken;
    private long _incarnations;
    private int _failedFirst;
    private bool _stopped;

    // Bits of the ready connections in the low half; the primary's bit in the high half.
    private ulong _carriers;

    /// <param name="settings">One a connection.</param>
    /// <param name="reconnect">When they are tried again.</param>
    /// <param name="sink">Takes what comes from them.</param>
    /// <param name="wakeBy">Makes sure that <see cref="Tick"/> is called by then.</param>
    /// <param name="startThreads">Starts the threads of a connection; null for the system's.</param>
    public ConnectionSet(
        IReadOnlyList<ConnectionSettings> settings,
        ReconnectPolicy reconnect,
        IConnectionSetSink sink,
        Action<long> wakeBy,
        Func<int, Action<Exception>, ConnectionThreads>? startThreads = null)
    {
        _slots = [.. settings.Select((setting, i) => new ConnectionSlot(i + 1, setting, reconnect, sink.OnFault))];
        _startThreads = startThreads ?? ((id, fault) => new ConnectionThreads(id, fault));
        _sink = sink;
        _wakeBy = wakeBy;
        _stopToken = _stopping.Token;
    }

    /// <summary>How many there are, ready or not.</summary>
    public int Count => _slots.Length;

    /// <summary>The ready connections, as bits: bit 0 is connection 1.</summary>
    public uint ReadyMask => (uint)Volatile.Read(ref _carriers);

    /// <summary>The connection that carries cancels under <see cref="ConnectionPolicy.Primary"/>; null when none is ready.</summary>
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

    /// <summary>
    /// Makes another ready connection the primary, the next one in turn: this one owes answers. False when it is not the primary, or
    /// no other is ready.
    /// </summary>
    /// <param name="connectionId">Counted from 1.</param>
    public bool Demote(int connectionId)
    {
        lock (_lock)
        {
            var bit = 1u << (connectionId - 1);
            var ready = (uint)_carriers;
            var others = ready & ~bit;
            if ((uint)(_carriers >> 32) != bit || others == 0)
            {
                return false;
            }

            var after = others & ~(bit | (bit - 1));
            SetCarriers(ready, NextOf(after != 0 ? after : others));
            return true;
        }
    }

    /// <summary>
    /// Begins to connect; completes when the first connection is ready, and fails when each has failed once. In the background it
    /// completes at once, and what fails is tried again indefinitely, the first attempts too.
    /// </summary>
    /// <param name="background">Whether not to wait.</param>
    /// <param name="cancellationToken">Ends the first attempts, unless in the background.</param>
    /// <exception cref="Exception">What the first connection's attempt ended with.</exception>
    public Task StartAsync(bool background, CancellationToken cancellationToken)
    {
        if (background)
        {
            _startToken = _stopToken;
            _ = _firstReady.TrySetResult();
        }
        else
        {
            _starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            _startToken = _starting.Token;
        }

        var now = Stopwatch.GetTimestamp();
        foreach (var slot in _slots)
        {
            Connect(slot, now);
        }

        _wakeBy(now);
        return _firstReady.Task;
    }

    /// <summary>
    /// Tries every connection that is down at once, whatever delay had been planned or asked for, and forgets earlier failures.
    /// </summary>
    public void ReconnectNow()
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            foreach (var slot in _slots)
            {
                slot.Schedule.Reset(now);
            }
        }

        _wakeBy(now);
    }

    /// <summary>The state of each connection.</summary>
    public IReadOnlyList<ConnectionStatus> Status()
    {
        lock (_lock)
        {
            var primary = Primary;
            return [.. _slots.Select(slot => new ConnectionStatus(
                slot.Id,
                slot.Settings.Endpoint,
                slot.State,
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
                    isDue = now >= slot.Schedule.NextAttempt;
                    due = isDue ? due : Math.Min(due, slot.Schedule.NextAttempt);
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
        EndStart();
    }

    /// <summary>Ends everything at once and waits for the threads.</summary>
    public void Dispose()
    {
        foreach (var connection in Stop())
        {
            connection.Dispose();
            connection.Threads?.Dispose();
        }

        foreach (var slot in _slots)
        {
            while (slot.TryTakeThreads(out var threads))
            {
                threads.Dispose();
            }
        }

        _starting?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Closed while it started, perhaps before every connection had begun: those that had not will never fail.</summary>
    private void EndStart()
    {
        Exception? failure;
        lock (_lock)
        {
            failure = _slots[0].FirstFailure;
        }

        _ = _firstReady.TrySetException(failure ?? new ConnectionLostException(new ConnectionLoss(
            ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.", _slots[0].Id, DateTimeOffset.UtcNow)));
        _ = _firstReady.Task.Exception; // no caller may be waiting for it any more
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

        Retire(slot, old);
        return long.MaxValue;
    }

    /// <summary>Takes the threads of an incarnation that is over, for the next.</summary>
    private void Retire(ConnectionSlot slot, VenueConnection old)
    {
        old.Dispose();
        lock (_lock)
        {
            if (slot.Ending.Remove(old) && old.Threads is { } threads)
            {
                slot.ReturnThreads(threads);
            }
        }
    }

    private void Connect(ConnectionSlot slot, long now)
    {
        VenueConnection? old;
        lock (_lock)
        {
            old = slot.Current;
            slot.Current = null;
            if (old is not null)
            {
                slot.Ending.Add(old);
            }
        }

        if (old is not null && old.IsOver)
        {
            Retire(slot, old);
        }

        ConnectionThreads? threads = null;
        try
        {
            if (!slot.TryTakeThreads(out threads))
            {
                threads = _startThreads(slot.Id, _sink.OnFault);
            }
        }
        catch (TransportException e)
        {
            NoteFailure(slot, e);
            return;
        }

        Begin(slot, threads);
    }

    private void Begin(ConnectionSlot slot, ConnectionThreads threads)
    {
        VenueConnection connection;
        CancellationToken token;
        lock (_lock)
        {
            if (_stopped)
            {
                slot.ReturnThreads(threads);
                return;
            }

            connection = new VenueConnection(slot.Id, slot.Settings, this, _wakeBy, ++_incarnations, slot, threads);
            slot.Current = connection;
            slot.IsDown = false;
            token = slot.Connects == 0 && slot.FirstFailure is null ? _startToken : _stopToken;
            slot.Notifications.Add(() => TellState(connection, ConnectionState.Connecting));
        }

        slot.Notifications.Run();
        _ = connection.ConnectAsync(token);
    }
}
