namespace Dmex.Fast.Connections;

/// <summary>
/// Takes what comes from a <see cref="ConnectionSet"/>. Called on the connections' own threads, several at once: must not
/// block and must not be user code.
/// </summary>
internal interface IConnectionSetSink
{
    /// <summary>Prepares a connection that was just made for use, on another thread; false when there is nothing to prepare.</summary>
    bool TryPrepare(VenueConnection connection, out Task preparing);

    /// <summary>A connection carries frames from now on.</summary>
    void OnReady(VenueConnection connection);

    /// <summary>A connection ended, with its reason.</summary>
    /// <param name="loss">The reason, with the connection's number.</param>
    /// <param name="wasReady">Whether it had carried frames.</param>
    /// <param name="wasLast">Whether no other is ready.</param>
    void OnDown(ConnectionLoss loss, bool wasReady, bool wasLast);

    /// <summary>A whole message; its memory is used again after the call.</summary>
    void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText);

    /// <summary>A connection stands elsewhere now.</summary>
    void OnStateChanged(int connectionId, ConnectionState state);
}
