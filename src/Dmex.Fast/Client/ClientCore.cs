using System.Diagnostics;
using System.IO.Pipelines;
using System.Numerics;
using Dmex.Fast.Connections;
using Dmex.Fast.Panics;
using Dmex.Fast.Signers;
using Dmex.Fast.Tracking;
using Dmex.Fast.Warmup;

namespace Dmex.Fast.Client;

/// <summary>
/// What a <see cref="DmexClient"/> is made of, wired together: connections, table, desk, clock and events. Takes what comes
/// from the connections' threads and hands it on.
/// </summary>
internal sealed class ClientCore : IConnectionSetSink, IAsyncDisposable
{
    private readonly ClockThread _clock;
    private readonly DmexClient _client;
    private readonly DmexClientOptions _options;
    private readonly FrameBudget? _rate;
    private LocalWarming? _warming;
    private volatile bool _hasBeenReady;
    private volatile bool _closing;
    private volatile bool _closed;
    private ConnectionLoss? _loss;

    public ClientCore(DmexClientOptions options, DmexClient client, SignerPool? signers, Func<IDuplexPipe>? connector)
    {
        _client = client;
        _options = options;
        Events = new ClientEvents(options);
        Events.SetSender(client);
        _warming = options.KeepWarm ? new LocalWarming(signers) : null;
        _clock = new ClockThread("dmex-clock", Tick);
        Connections = new ConnectionSet(
            Settings(options, connector),
            options.Policy,
            new ReconnectPolicy(options.ReconnectDelay, options.MaxReconnectDelay),
            this,
            _clock.WakeBy);
        _rate = options.RateBudget is { } rate ? new FrameBudget(rate) : null;
        var answers = new ConnectionAnswers();
        Table = new InFlightTable(
            options.InFlightCapacity,
            options.WhenInFlightFull,
            new ResendPolicy(options.MaxResendsPerOrder, Ticks(options.AckTimeout), Ticks(options.NotFoundGrace)),
            new ResendBudget(options.MaxResendsPerSecond),
            Connections.Targets,
            Events.Post,
            _rate,
            answers);
        Panic = options.Book is null ? null : new PanicBurst(
            options.Book,
            Connections,
            options.SendBufferSize,
            new ResendPolicy(int.MaxValue, Ticks(options.AckTimeout), Ticks(options.NotFoundGrace)),
            new ResendBudget(options.MaxResendsPerSecond),
            _rate,
            answers,
            exception => Events.Post(new HandlerFailedEventArgs(exception)));
        Desk = new CancelDesk(
            Table,
            Connections,
            options.Policy == ConnectionPolicy.Broadcast,
            Panic,
            options.Classifier,
            options.UnrecognizedThreshold,
            _clock.WakeBy,
            Events.Post,
            exception => Events.Post(new HandlerFailedEventArgs(exception)));
    }

    public ClientEvents Events { get; }

    public InFlightTable Table { get; }

    public CancelDesk Desk { get; }

    public ConnectionSet Connections { get; }

    /// <summary>Fires the book; null without one.</summary>
    public PanicBurst? Panic { get; }

    /// <summary>The connection that carries the work; null when none is ready, or the client is closing.</summary>
    public VenueConnection? Primary => _closing ? null : Connections.Primary;

    /// <summary>Why a connection ended last; null while none has.</summary>
    public ConnectionLoss? Loss => Volatile.Read(ref _loss);

    /// <summary>Where the best of the connections stands.</summary>
    public ConnectionState State =>
        _closed ? ConnectionState.Closed
        : _closing ? ConnectionState.Closing
        : Connections.ReadyMask != 0 ? ConnectionState.Ready
        : Connections.Status().Any(status => status.State == ConnectionState.Preparing) ? ConnectionState.Preparing
        : ConnectionState.Connecting;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _clock.Start();
        Panic?.Start();
        await Connections.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes in order: the connections, then what is unresolved is reported, then the threads end.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        await Connections.CloseAsync().ConfigureAwait(false);
        Panic?.Dispose();
        Table.Stop(UnresolvedReason.Disposed, "The client was disposed.", Stopwatch.GetTimestamp());
        _clock.Dispose();
        _warming?.Dispose();
        _rate?.Dispose();
        Connections.Dispose();
        _closed = true;
        Events.Dispose();
    }

    public ValueTask<SendOutcome> SendTextAsync(ReadOnlySpan<byte> utf8Text, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || Primary is not { } primary
            ? new ValueTask<SendOutcome>(NotSent(cancellationToken))
            : primary.SendTextAsync(utf8Text, cancellationToken);

    /// <summary>Whether cancels are accepted: from the first time that a connection is ready.</summary>
    public bool Accepts => _hasBeenReady;

    /// <summary>The outcome of a cancel that comes before any connection was ready.</summary>
    public static CancelOutcome NotAccepted(long now) => new()
    {
        Kind = CancelOutcomeKind.Unresolved,
        UnresolvedReason = UnresolvedReason.ConnectionLost,
        Reason = "No connection has been ready yet.",
        AcceptedTimestamp = now,
        ResolvedTimestamp = now,
    };

    /// <summary>Whether the account's rate allows one more cancel now, with all its copies; it is counted then.</summary>
    public bool TryTakeFrame() => _rate is null
        || _rate.TryTake(_options.Policy == ConnectionPolicy.Broadcast ? Math.Max(1, BitOperations.PopCount(Connections.ReadyMask)) : 1);

    /// <summary>The outcome of a send that was not tried.</summary>
    public static SendOutcome NotSent(CancellationToken cancellationToken) =>
        NotSent(cancellationToken.IsCancellationRequested ? NotSentReason.Canceled : NotSentReason.NotConnected);

    /// <inheritdoc cref="NotSent(CancellationToken)"/>
    public static SendOutcome NotSent(NotSentReason reason) => new() { Kind = SendOutcomeKind.NotSent, Reason = reason };

    bool IConnectionSetSink.TryPrepare(VenueConnection connection, out Task preparing)
    {
        var afterConnect = _options.AfterConnect;
        preparing = afterConnect is null ? Task.CompletedTask : Task.Run(() => PrepareAsync(connection, afterConnect));
        return afterConnect is not null;
    }

    void IConnectionSetSink.OnReady(VenueConnection connection)
    {
        _hasBeenReady = true;
        Events.Release();
        Desk.OnReady();
    }

    void IConnectionSetSink.OnDown(ConnectionLoss loss, bool wasReady, bool wasLast)
    {
        Volatile.Write(ref _loss, loss);
        if (wasReady && !_closing)
        {
            Desk.OnDown(loss, wasLast);
        }

        Events.Post(new ConnectionLostEventArgs(loss));
    }

    void IConnectionSetSink.OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
        if ((isText && Desk.TakeReply(connection, payload)) || !Events.WantsMessages)
        {
            return;
        }

        Events.Post(new MessageReceivedEventArgs(payload.ToArray(), isText));
    }

    void IConnectionSetSink.OnStateChanged(int connectionId, ConnectionState state) =>
        Events.Post(new StateChangedEventArgs(connectionId, state));

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static ConnectionSettings[] Settings(DmexClientOptions options, Func<IDuplexPipe>? connector)
    {
        Uri[] endpoints = [options.Endpoint, .. options.MoreEndpoints];
        return [.. Enumerable.Range(0, options.Connections).Select(i => Settings(options, connector, endpoints[i % endpoints.Length]))];
    }

    /// <summary>What one connection needs to know of the options.</summary>
    internal static ConnectionSettings Settings(DmexClientOptions options, Func<IDuplexPipe>? connector, Uri endpoint) => new()
    {
        Connector = connector,
        Endpoint = endpoint,
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

    private async Task PrepareAsync(VenueConnection connection, Func<ConnectedSession, CancellationToken, Task> afterConnect)
    {
        using var ending = new CancellationTokenSource();
        ending.CancelAfter(connection.ConnectTimeLeft);
        var preparing = afterConnect(new ConnectedSession(connection, _client), ending.Token);

        // It has subscribed what it wants to, up to its first wait, and may be waiting for a message.
        Events.Release();
        try
        {
            // Losing the connection ends the callback's wait too: it may be waiting for a message that never comes.
            var first = await Task.WhenAny(preparing, connection.Lost).WaitAsync(ending.Token).ConfigureAwait(false);
            if (first != preparing)
            {
                await ending.CancelAsync().ConfigureAwait(false);
                throw Ended(connection);
            }

            await preparing.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            throw new TransportException(
                TransportFailure.Timeout,
                $"{connection.Endpoint.Host}: not ready within {_options.ConnectTimeout.TotalSeconds:0.###} s (while {nameof(DmexClientOptions.AfterConnect)} ran).");
        }
    }

    // While the callback closes the client, the connection is closing and has no reason yet.
    private static ConnectionLostException Ended(VenueConnection connection) => new(connection.Loss ?? new ConnectionLoss(
        ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.", connection.Id));

    private long Tick(long now) => Math.Min(Math.Min(Desk.Tick(now), Connections.Tick(now)), KeepWarm(now));

    private long KeepWarm(long now)
    {
        try
        {
            return _warming?.Tick(now) ?? long.MaxValue;
        }
        catch (Exception e)
        {
            // A disposed key or a fault: the next cancel will say the same to its caller.
            _warming = null;
            Events.Post(new HandlerFailedEventArgs(e));
            return long.MaxValue;
        }
    }
}
