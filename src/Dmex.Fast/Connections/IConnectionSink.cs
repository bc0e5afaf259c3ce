namespace Dmex.Fast.Connections;

/// <summary>
/// Takes what comes from a connection. Called on the connections' own threads, several at once: must not block, must not throw and
/// must not be user code.
/// </summary>
internal interface IConnectionSink
{
    /// <summary>A whole message; its memory is reused after the call.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="payload">Valid UTF-8 when <paramref name="isText"/>; any bytes otherwise.</param>
    /// <param name="isText">Whether it came in text frames; a reply may come in binary frames just as well.</param>
    void OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText);

    /// <summary>
    /// A connection changed state. The changes of one connection number, over all its incarnations, are told one after the other in
    /// the order in which they happened. When it is <see cref="ConnectionState.Closed"/>, either <see cref="VenueConnection.Loss"/>
    /// or <see cref="VenueConnection.Failure"/> says why.
    /// </summary>
    void OnStateChanged(VenueConnection connection, ConnectionState state);

    /// <summary>
    /// Something threw that must not: a caller's continuation or its context, or code of this library. Reported, and survived.
    /// </summary>
    void OnFault(Exception exception);
}
