namespace Dmex.Fast.Connections;

/// <summary>
/// Takes what comes from a <see cref="ConnectionSet"/>. Of one connection, <see cref="OnReady"/>, <see cref="OnDown"/> and the
/// changes of state are told one after the other, in order.
/// </summary>
internal interface IConnectionSetSink : IConnectionSink
{
    /// <summary>Prepares a connection that was just made for use, on another thread; false when there is nothing to prepare.</summary>
    bool TryPrepare(VenueConnection connection, out Task preparing);

    /// <summary>A connection carries frames from now on. At most once per incarnation.</summary>
    void OnReady(VenueConnection connection);

    /// <summary>A connection that had been made ended. At most once per incarnation, and after its <see cref="OnReady"/>.</summary>
    /// <param name="connection">The incarnation that ended.</param>
    /// <param name="loss">The reason.</param>
    /// <param name="wasReady">Whether <see cref="OnReady"/> was called for it.</param>
    /// <param name="wasLast">Whether it was ready and no other is.</param>
    void OnDown(VenueConnection connection, ConnectionLoss loss, bool wasReady, bool wasLast);
}
