using Dmex.Fast.Connections;

namespace Dmex.Fast;

/// <summary>
/// A connection that was just made, for <see cref="DmexClientOptions.AfterConnect"/>. Thread-safe; valid during the callback.
/// </summary>
public sealed class ConnectedSession
{
    private readonly VenueConnection _connection;

    internal ConnectedSession(VenueConnection connection, DmexClient client)
    {
        _connection = connection;
        Client = client;
    }

    /// <summary>The client, to subscribe to its events; this connection carries no cancels yet.</summary>
    public DmexClient Client { get; }

    /// <summary>The connection, counted from 1.</summary>
    public int ConnectionId => _connection.Id;

    /// <summary>The endpoint.</summary>
    public Uri Endpoint => _connection.Endpoint;

    /// <summary>The subprotocol that the venue chose; null when it chose none.</summary>
    public string? SubProtocol => _connection.SubProtocol;

    /// <summary>Sends a text message on this connection, before anything else.</summary>
    /// <param name="utf8Text">Valid UTF-8 of at most <see cref="LimitsOptions.SendBufferSize"/> − 14 bytes; copied.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    /// <exception cref="ArgumentException">The text is not valid UTF-8 or too long.</exception>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<byte> utf8Text, CancellationToken cancellationToken = default) =>
        _connection.SendTextAsync(utf8Text.Span, cancellationToken);

    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<char> text, CancellationToken cancellationToken = default) =>
        _connection.SendTextAsync(DmexClient.Utf8(text.Span), cancellationToken);
}
