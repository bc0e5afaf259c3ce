using System.Diagnostics;
using Dmex.Fast.Cancels;
using Dmex.Fast.Connections;
using Dmex.Fast.Transport;

namespace Dmex.Fast;

/// <summary>
/// What a <see cref="DmexClient"/> is made of, wired together: connection, table, desk, clock and events. Takes what comes
/// from the connection's threads and hands it on.
/// </summary>
internal sealed class ClientCore : IConnectionSink, IAsyncDisposable
{
    private readonly ClockThread _clock;
    private readonly DmexClient _client;
    private volatile bool _ready;

    public ClientCore(DmexClientOptions options, DmexClient client)
    {
        _client = client;
        Events = new ClientEvents(options);
        Events.SetSender(client);
        Table = new InFlightTable(
            options.InFlightCapacity,
            options.WhenInFlightFull,
            new ResendPolicy(options.MaxResendsPerOrder),
            (long)(options.CancelTimeout.TotalSeconds * Stopwatch.Frequency),
            Events.Post);
        _clock = new ClockThread("dmex-clock", Tick);
        Connection = new VenueConnection(1, Settings(options), this, _clock.WakeBy);
        Desk = new CancelDesk(
            Table,
            Connection,
            options.Classifier,
            options.UnrecognisedThreshold,
            _clock.WakeBy,
            Events.Post,
            exception => Events.Post(new HandlerFailedEventArgs(exception)));
    }

    public ClientEvents Events { get; }

    public InFlightTable Table { get; }

    public CancelDesk Desk { get; }

    public VenueConnection Connection { get; }

    /// <summary>Whether cancels are carried.</summary>
    public bool IsReady => _ready;

    public async Task ConnectAsync(DmexClientOptions options, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        _clock.Start();
        await Connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (options.AfterConnect is { } afterConnect)
        {
            var remaining = options.ConnectTimeout - Stopwatch.GetElapsedTime(start);
            await PrepareAsync(afterConnect, remaining, options, cancellationToken).ConfigureAwait(false);
        }

        Events.Release();

        if (!Connection.MarkReady())
        {
            throw Ended();
        }

        _ready = Connection.Loss is null;
    }

    /// <summary>Closes in order: the connection, then what is unresolved is reported, then the threads end.</summary>
    public async ValueTask DisposeAsync()
    {
        _ready = false;
        await Connection.CloseAsync().ConfigureAwait(false);
        Table.Stop(UnresolvedReason.Disposed, "The client was disposed.", Stopwatch.GetTimestamp());
        _clock.Dispose();
        Connection.Dispose();
        Events.Dispose();
    }

    public ValueTask<SendOutcome> SendTextAsync(ReadOnlySpan<byte> utf8Text, bool whilePreparing, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || !(_ready || whilePreparing)
            ? new ValueTask<SendOutcome>(NotSent(cancellationToken))
            : Connection.SendTextAsync(utf8Text, cancellationToken);

    /// <summary>The outcome of a send that was not tried.</summary>
    public SendOutcome NotSent(CancellationToken cancellationToken) => new()
    {
        Kind = SendOutcomeKind.NotSent,
        Reason = cancellationToken.IsCancellationRequested ? NotSentReason.Cancelled : NotSentReason.NotConnected,
        ConnectionId = Connection.Id,
    };

    /// <summary>The outcome of a cancel that was not accepted because there is no ready connection.</summary>
    public CancelOutcome NotAccepted(long now) => new()
    {
        Kind = CancelOutcomeKind.Unresolved,
        UnresolvedReason = UnresolvedReason.ConnectionLost,
        Reason = Connection.Loss?.Description ?? "The connection is not ready.",
        AcceptedTimestamp = now,
        ResolvedTimestamp = now,
    };

    void IConnectionSink.OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
        if ((isText && Desk.TakeReply(payload)) || !Events.WantsMessages)
        {
            return;
        }

        Events.Post(new MessageReceivedEventArgs(payload.ToArray(), isText));
    }

    void IConnectionSink.OnStateChanged(VenueConnection connection, ConnectionState state) =>
        Events.Post(new StateChangedEventArgs(connection.Id, state));

    void IConnectionSink.OnLost(VenueConnection connection, ConnectionLoss loss)
    {
        _ready = false;
        var reason = loss.Kind == ConnectionLossKind.ClosedHere ? UnresolvedReason.Disposed : UnresolvedReason.ConnectionLost;
        Table.Stop(reason, loss.Description, Stopwatch.GetTimestamp());
        Events.Post(new ConnectionLostEventArgs(loss));
    }

    private static ConnectionSettings Settings(DmexClientOptions options) => new()
    {
        Endpoint = options.Endpoint,
        Transport = options.Transport,
        Handshake = options.Handshake,
        ConnectTimeout = options.ConnectTimeout,
        CloseTimeout = options.CloseTimeout,
        PingInterval = options.PingInterval,
        PongTimeout = options.PongTimeout,
        SendBufferSize = options.SendBufferSize,
        MaxWaitingSends = options.MaxWaitingSends,
        MaxFrameSize = options.MaxFrameSize,
        MaxMessageSize = options.MaxMessageSize,
        Heartbeat = options.HeartbeatText is { } text ? DmexClient.Utf8(text) : default(ReadOnlyMemory<byte>),
        HeartbeatInterval = options.HeartbeatInterval,
    };

    // While the callback closes the client, the connection is closing and has no reason yet.
    private ConnectionLostException Ended() => new(Connection.Loss ?? new ConnectionLoss(
        ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.", Connection.Id));

    private async Task PrepareAsync(
        Func<ConnectedSession, CancellationToken, Task> afterConnect,
        TimeSpan remaining,
        DmexClientOptions options,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        var preparing = afterConnect(new ConnectedSession(this, _client), ending.Token);

        // It has subscribed what it wants to, up to its first wait, and may be waiting for a message.
        Events.Release();
        try
        {
            // Losing the connection ends the callback's wait too: it may be waiting for a message that never comes.
            var first = await Task.WhenAny(preparing, Connection.Lost).WaitAsync(ending.Token).ConfigureAwait(false);
            if (first != preparing)
            {
                await ending.CancelAsync().ConfigureAwait(false);
                throw Ended();
            }

            await preparing.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TransportException(
                TransportFailure.Timeout,
                $"{options.Endpoint.Host}: not ready within {options.ConnectTimeout.TotalSeconds:0.###} s (while {nameof(DmexClientOptions.AfterConnect)} ran).");
        }
    }

    private long Tick(long now) => Math.Min(Desk.Tick(now), Connection.Tick(now));
}
