using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>
/// One of a client's connections through its lives: the connection of the moment, those before it that are still ending, and
/// when to try again. Guarded by the set's lock, but for what is said to be volatile.
/// </summary>
internal sealed class ConnectionSlot
{
    private VenueConnection? _ready;

    public ConnectionSlot(int id, ConnectionSettings settings)
    {
        Id = id;
        Settings = settings;
    }

    /// <summary>Counted from 1.</summary>
    public int Id { get; }

    public ConnectionSettings Settings { get; }

    /// <summary>Keeps the address that was good last.</summary>
    public AddressOrder Addresses { get; } = new();

    /// <summary>The connection of the moment: being made, up, or ended and not replaced yet. Null before the first attempt.</summary>
    public VenueConnection? Current { get; set; }

    /// <summary>Ended connections whose threads have not: they wait for the venue to close, in bounds.</summary>
    public List<VenueConnection> Ending { get; } = [];

    /// <summary>The connection that carries frames; null when none does. Volatile.</summary>
    public VenueConnection? Ready
    {
        get => Volatile.Read(ref _ready);
        set => Volatile.Write(ref _ready, value);
    }

    /// <summary>When the next attempt is due; meaningful while <see cref="Current"/> has ended.</summary>
    public long NextAttempt { get; set; }

    /// <summary>Whether <see cref="Current"/> has ended or could not be made.</summary>
    public bool IsDown { get; set; }

    /// <summary>Attempts in turn that failed, or gave a connection that did not last.</summary>
    public int Failures { get; set; }

    /// <summary>How often it was ready.</summary>
    public int Connects { get; set; }

    /// <summary>When it became ready last.</summary>
    public long ReadySince { get; set; }

    public ConnectionLoss? LastLoss { get; set; }

    public Exception? LastFailure { get; set; }

    /// <summary>What the first attempt ended with; null when it has not failed.</summary>
    public Exception? FirstFailure { get; set; }
}
