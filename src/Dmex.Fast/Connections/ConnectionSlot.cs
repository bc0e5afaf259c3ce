using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>
/// One of a client's connections through its incarnations: the present one, those before it that are still ending, and when to try
/// again. Guarded by the set's lock, but for what is said to be thread-safe or volatile.
/// </summary>
internal sealed class ConnectionSlot
{
    private readonly ConcurrentStack<ConnectionThreads> _idleThreads = new();
    private VenueConnection? _ready;

    /// <param name="id">Counted from 1.</param>
    /// <param name="settings">Fixed.</param>
    /// <param name="reconnect">How long to wait before it is tried again.</param>
    /// <param name="fault">Told what a notification throws.</param>
    public ConnectionSlot(int id, ConnectionSettings settings, ReconnectPolicy reconnect, Action<Exception> fault)
    {
        Schedule = new ReconnectSchedule(reconnect);
        Id = id;
        Settings = settings;
        Notifications = new NotificationQueue(fault);
    }

    /// <summary>Counted from 1.</summary>
    public int Id { get; }

    public ConnectionSettings Settings { get; }

    /// <summary>Keeps the address that was good last.</summary>
    public AddressOrder Addresses { get; } = new();

    /// <summary>Tells the changes of state of all its incarnations in order.</summary>
    public NotificationQueue Notifications { get; }

    /// <summary>
    /// The present connection: being made, up, or ended and not replaced yet. Null before the first attempt, and while one begins.
    /// </summary>
    public VenueConnection? Current { get; set; }

    /// <summary>Ended connections whose threads have not: they wait for the venue to close, in bounds.</summary>
    public List<VenueConnection> Ending { get; } = [];

    /// <summary>The connection that carries frames; null when none does. Volatile.</summary>
    public VenueConnection? Ready
    {
        get => Volatile.Read(ref _ready);
        set => Volatile.Write(ref _ready, value);
    }

    /// <summary>The state of <see cref="Current"/>: ready from when it carries frames, which is after it says so itself.</summary>
    public ConnectionState State => Current switch
    {
        null => ConnectionState.Connecting,
        { State: ConnectionState.Ready } current when !ReferenceEquals(current, Ready) => ConnectionState.Preparing,
        { } current => current.State,
    };

    /// <summary>When to try again while it is down.</summary>
    public ReconnectSchedule Schedule { get; }

    /// <summary>Whether <see cref="Current"/> has ended or could not be made.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it was ready.</summary>
    public int Connects { get; set; }

    /// <summary>When it became ready last.</summary>
    public long ReadySince { get; set; }

    public ConnectionLoss? LastLoss { get; set; }

    public Exception? LastFailure { get; set; }

    /// <summary>What the first attempt ended with; null when it has not failed.</summary>
    public Exception? FirstFailure { get; set; }

    /// <summary>Threads that an ended incarnation has left; false when there are none. Thread-safe.</summary>
    public bool TryTakeThreads([NotNullWhen(true)] out ConnectionThreads? threads) => _idleThreads.TryPop(out threads);

    /// <summary>Keeps threads for the next incarnation. Thread-safe.</summary>
    public void ReturnThreads(ConnectionThreads threads) => _idleThreads.Push(threads);
}
