namespace Dmex.Fast;

/// <summary>A connection changed state.</summary>
public sealed class StateChangedEventArgs : EventArgs
{
    /// <summary>Describes a change.</summary>
    public StateChangedEventArgs(int connectionId, ConnectionState state)
    {
        ConnectionId = connectionId;
        State = state;
    }

    /// <summary>The connection, counted from 1.</summary>
    public int ConnectionId { get; }

    /// <summary>The state that it is in now.</summary>
    public ConnectionState State { get; }
}
