namespace Dmex.Fast.Connections;

/// <summary>Takes what comes from a connection. Called on the connection's own threads: must not block and must not be user code.</summary>
internal interface IConnectionSink
{
    /// <summary>The connection is made and carries frames; it is not ready before <see cref="VenueConnection.MarkReady"/>.</summary>
    void OnConnected(VenueConnection connection);

    /// <summary>The connection could not be made; called instead of <see cref="OnLost"/>.</summary>
    void OnConnectFailed(VenueConnection connection, Exception exception);

    /// <summary>A whole message; its memory is used again after the call.</summary>
    void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText);

    /// <summary>The connection stands elsewhere now.</summary>
    void OnStateChanged(VenueConnection connection, ConnectionState state);

    /// <summary>The connection ended; called once.</summary>
    void OnLost(VenueConnection connection, ConnectionLoss loss);
}
