using Dmex.Fast.Connections;

namespace Dmex.Fast;

/// <summary>A connection that was just made, for <see cref="DmexClientOptions.AfterConnect"/>. Thread-safe; valid during the callback.</summary>
public sealed class ConnectedSession
{
    private readonly ClientCore _core;

    internal ConnectedSession(ClientCore core, DmexClient client)
    {
        _core = core;
        Client = client;
    }

    /// <summary>The client, to subscribe to its events; it carries no cancels yet.</summary>
    public DmexClient Client { get; }

    /// <summary>The endpoint.</summary>
    public Uri Endpoint => _core.Connection.Endpoint;

    /// <summary>The subprotocol that the venue chose; null when it chose none.</summary>
    public string? Subprotocol => _core.Connection.Subprotocol;

    /// <summary>Sends a text message on this connection, before anything else.</summary>
    /// <param name="utf8Text">Valid UTF-8 of at most <see cref="DmexClientOptions.SendBufferSize"/> − 14 bytes; copied.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    /// <exception cref="ArgumentException">The text is not valid UTF-8 or too long.</exception>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<byte> utf8Text, CancellationToken cancellationToken = default) =>
        _core.SendTextAsync(utf8Text.Span, whilePreparing: true, cancellationToken);

    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<char> text, CancellationToken cancellationToken = default) =>
        _core.SendTextAsync(DmexClient.Utf8(text.Span), whilePreparing: true, cancellationToken);
}
