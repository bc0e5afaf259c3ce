using System.Diagnostics;
using System.IO.Pipelines;
using System.Numerics;
using System.Text.Unicode;
using Dmex.Fast.Connections;
using Dmex.Fast.Diagnostics;
using Dmex.Fast.Dispatch;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Panics;
using Dmex.Fast.Protocol;
using Dmex.Fast.Signers;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;
using Dmex.Fast.Warmup;

namespace Dmex.Fast.Client;

/// <summary>
/// What a <see cref="DmexClient"/> is made of, wired together: connections, the tracker, replies, panics, the timer and events. Takes
/// what comes from the connections' threads and hands it on. Thread-safe.
/// </summary>
internal sealed class CancelEngine : IConnectionSetSink, IAsyncDisposable
{
    private readonly ClockThread _clock;
    private readonly DmexClient _client;
    private readonly DmexClientOptions _options;
    private readonly CancelDispatcher _dispatcher;
    private readonly ReplyRouter _replies;
    private readonly ClientMetrics? _metrics;
    private LocalWarming? _warming;
    private volatile bool _hasBeenReady;
    private volatile bool _closing;
    private volatile bool _closed;
    private ConnectionLoss? _loss;

    public CancelEngine(
        DmexClientOptions options, DmexClient client, SignerPool? signers, OpenOrderClient? list, Func<IDuplexPipe>? connector)
    {
        options.Book?.Attach(this); // before anything is made that would have to be ended
        _client = client;
        _options = options;
        Events = new ClientEvents(options);
        Events.SetSender(client);
        _warming = options.Liveness.KeepWarm ? new LocalWarming(signers) : null;
        _clock = new ClockThread("dmex-clock", Tick, exception => Events.Post(new HandlerFailedEventArgs(exception)));
        Connections = new ConnectionSet(
            Settings(options, connector),
            new ReconnectPolicy(options.Reconnect.Delay, options.Reconnect.MaxDelay, options.Retry.MaxRetryAfter),
            this,
            _clock.WakeBy);
        _metrics = connector is null ? new ClientMetrics(client.Account, Gauges) : null; // a rehearsal cancels no order
        var watch = new MatchWatch(options.Limits.UnrecognizedThreshold, Events.Post);
        var sink = new DispatchSink
        {
            WakeBy = _clock.WakeBy,
            Changed = Events.Post,
            Failed = exception => Events.Post(new HandlerFailedEventArgs(exception)),
            CopySent = watch.Sent,
            Metrics = _metrics,
        };
        _dispatcher = new CancelDispatcher(TrackerOptionsOf(options), Connections, options.Limits.SendBufferSize, options.Book, sink);
        _replies = new ReplyRouter(options.Classifier, _dispatcher, watch, sink.Failed);
        if (options.Book is { } book)
        {
            Panic = new PanicRunner(book, Connections, _dispatcher, options.Limits.SendBufferSize, sink.Failed, _metrics);
            sink.PanicProgressed = Panic.Wake;
            book.Firing.Forgotten = _dispatcher.Forget;
        }

        if (list is not null)
        {
            Lists = new ListReconciler(list, _dispatcher, options.OpenOrders!, sink.Failed);
        }

        Standby = new StandbyGuard(options, Panic, Lists, Events);
        _metrics?.Publish();
    }

    public ClientEvents Events { get; }

    public ConnectionSet Connections { get; }

    /// <summary>Fires the book; null without one.</summary>
    public PanicRunner? Panic { get; }

    /// <summary>Pulses for the standbys that the options name, on this host and on others.</summary>
    public StandbyGuard Standby { get; }

    /// <summary>Reads the venue's list; null without one.</summary>
    public ListReconciler? Lists { get; }

    /// <summary>Unresolved orders.</summary>
    public int InFlight => _dispatcher.OpenCount;

    /// <summary>
    /// Whether cancels are accepted: from the first time that a connection is ready, or from the start in the background.
    /// </summary>
    public bool Accepts => _hasBeenReady || _options.Reconnect.ConnectInBackground;

    /// <summary>Why a connection ended last; null while none has.</summary>
    public ConnectionLoss? Loss => Volatile.Read(ref _loss);

    /// <summary>The state of the best of the connections.</summary>
    public ConnectionState State =>
        _closed ? ConnectionState.Closed
        : _closing ? ConnectionState.Closing
        : Connections.ReadyMask != 0 ? ConnectionState.Ready
        : Connections.Status().Any(status => status.State == ConnectionState.Preparing) ? ConnectionState.Preparing
        : ConnectionState.Connecting;

    /// <summary>The connection that carries the work; null when none is ready, or the client is closing.</summary>
    private VenueConnection? Primary => _closing ? null : Connections.Primary;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Panic?.Start();
        Lists?.Start();
        Standby.Start();
        _clock.Start();
        await Connections.StartAsync(_options.Reconnect.ConnectInBackground, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes in order: the connections, then what is unresolved is reported, then the threads end.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        Standby.BeginClosing();
        if (Lists is not null)
        {
            await Lists.DisposeAsync().ConfigureAwait(false);
        }

        await Connections.CloseAsync().ConfigureAwait(false);
        Panic?.Dispose();
        _dispatcher.Stop(UnresolvedReason.Disposed, "The client was disposed.");
        _metrics?.Dispose(); // before the book may be disposed, which it reads
        if (_options.Book is { } book)
        {
            book.Firing.Forgotten = null;
            book.Detach(this);
        }

        _clock.Dispose();
        _warming?.Dispose();
        Connections.Dispose();
        _closed = true;
        Standby.Dispose();
        Events.Dispose();
    }

    /// <summary>Signs a cancel and sends it without tracking it; what is told is the outcome of the primary connection's copy.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="given">Its cancel's signature; null to sign it here.</param>
    /// <param name="signers">Sign when there is no signature.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room.</param>
    public ValueTask<SendOutcome> SendAsync(
        in OrderHash hash, in Signature? given, SignerPool? signers, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || Primary is not { } primary)
        {
            return new ValueTask<SendOutcome>(NotSent(cancellationToken));
        }

        var isBroadcast = _options.Policy == ConnectionPolicy.Broadcast;
        var copies = isBroadcast ? Math.Max(1, BitOperations.PopCount(Connections.ReadyMask)) : 1;
        if (!_dispatcher.TryTakeRate(copies, Stopwatch.GetTimestamp()))
        {
            return new ValueTask<SendOutcome>(NotSent(NotSentReason.RateBudget));
        }

        Signature signature;
        if (given is { } ready)
        {
            signature = ready;
        }
        else
        {
            signers!.Sign(hash, out signature);
        }

        Span<byte> frame = stackalloc byte[CancelFrame.Length];
        CancelFrame.Write(frame, hash, signature, primary.NextMaskingKey());
        var sending = primary.SendFrameAsync(frame, cancellationToken);
        for (var others = isBroadcast ? Connections.ReadyMask : 0; others != 0; others &= others - 1)
        {
            if (Connections.Find(ConnectionTable.Lowest(others)) is { } other && other != primary)
            {
                CancelFrame.Write(frame, hash, signature, other.NextMaskingKey());
                other.SendFrame(frame, NullSendObserver.Instance, this, 0);
            }
        }

        return sending;
    }

    /// <summary>Cancels an order and waits for its outcome.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="signature">Its cancel's; null to sign it here.</param>
    /// <param name="signers">Sign when there is no signature.</param>
    /// <param name="timeout">How long to wait, in ticks of <see cref="Stopwatch"/>; <see cref="long.MaxValue"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    public ValueTask<CancelOutcome> Cancel(
        in OrderHash hash, in Signature? signature, SignerPool? signers, long timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CancelOutcome>(cancellationToken);
        }

        var now = Stopwatch.GetTimestamp();
        if (!Accepts)
        {
            return new ValueTask<CancelOutcome>(NotAccepted(now));
        }

        var deadline = timeout >= long.MaxValue - now ? long.MaxValue : now + timeout;
        if (_dispatcher.TryJoin(hash, now, deadline, cancellationToken, out var joined))
        {
            return joined;
        }

        if (signature is { } given)
        {
            return _dispatcher.Cancel(hash, given, now, deadline, cancellationToken);
        }

        signers!.Sign(hash, out var signed);
        return _dispatcher.Cancel(hash, signed, now, deadline, cancellationToken);
    }

    /// <summary>Cancels what the venue lists as open, until nothing is.</summary>
    /// <exception cref="InvalidOperationException">The client has no list. Nothing was sent.</exception>
    public Task<CancelAllReport> CancelAllAsync(
        OpenOrderFilter filter, CancelAllOptions options, BatchSignerPool signers, CancellationToken cancellationToken)
    {
        var run = new CancelAllRun(RequireLists(), _dispatcher, signers, filter, options, _options.OpenOrders!.ListLag);
        return Task.Run(() => run.RunAsync(cancellationToken), CancellationToken.None);
    }

    /// <summary>Reads the venue's list.</summary>
    /// <exception cref="InvalidOperationException">The client has no list.</exception>
    public async Task<IReadOnlyList<OpenOrder>> ListOpenOrdersAsync(CancellationToken cancellationToken) =>
        (await RequireLists().ReadAsync(cancellationToken).ConfigureAwait(false)).Orders;

    /// <summary>Gives a cancel up; false when it is not unresolved.</summary>
    public bool Abandon(in OrderHash hash) => _dispatcher.Abandon(hash);

    public ValueTask<SendOutcome> SendTextAsync(ReadOnlySpan<byte> utf8Text, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || Primary is not { } primary
            ? new ValueTask<SendOutcome>(NotSent(cancellationToken))
            : primary.SendTextAsync(utf8Text, cancellationToken);

    bool IConnectionSetSink.TryPrepare(VenueConnection connection, out Task preparing)
    {
        var afterConnect = _options.AfterConnect;
        preparing = afterConnect is null ? Task.CompletedTask : Task.Run(() => PrepareAsync(connection, afterConnect));
        return afterConnect is not null;
    }

    void IConnectionSetSink.OnReady(VenueConnection connection)
    {
        _hasBeenReady = true;
        _metrics?.Connected();
        Events.Release();
        _dispatcher.ConnectionUp(connection);
        Panic?.Wake();
    }

    void IConnectionSetSink.OnDown(VenueConnection connection, ConnectionLoss loss, bool wasReady, bool wasLast)
    {
        Volatile.Write(ref _loss, loss);
        _metrics?.Lost(loss.Kind);
        if (wasReady && !_closing)
        {
            _dispatcher.ConnectionDown(connection, loss.Description);
            Panic?.Wake();
        }

        Events.Post(new ConnectionLostEventArgs(loss));
    }

    void IConnectionSink.OnMessage(VenueConnection connection, ReadOnlySpan<byte> payload, bool isText)
    {
        // A reply may come in a binary message too.
        var isReply = (isText || Utf8.IsValid(payload)) && _replies.Take(connection, payload);
        if (!isReply && Events.WantsMessages)
        {
            Events.Post(new MessageReceivedEventArgs(payload.ToArray(), isText));
        }
    }

    void IConnectionSink.OnStateChanged(VenueConnection connection, ConnectionState state)
    {
        Events.Post(new StateChangedEventArgs(connection.Id, state));
        if (state == ConnectionState.Closed && _options.Reconnect.ConnectInBackground)
        {
            Events.Release(); // the caller has its client, and must hear of a venue that is never reached
        }
    }

    void IConnectionSink.OnFault(Exception exception) => Events.Post(new HandlerFailedEventArgs(exception));

    /// <summary>What one connection needs to know of the options.</summary>
    internal static ConnectionSettings Settings(DmexClientOptions options, Func<IDuplexPipe>? connector, Uri endpoint) => new()
    {
        Connector = connector,
        Endpoint = endpoint,
        Transport = options.Transport,
        Handshake = options.Handshake,
        ConnectTimeout = options.ConnectTimeout,
        CloseTimeout = options.CloseTimeout,
        PingInterval = options.Liveness.PingInterval,
        PongTimeout = options.Liveness.PongTimeout,
        SendBufferSize = options.Limits.SendBufferSize,
        MaxWaitingSends = options.Limits.MaxWaitingSends,
        MaxFrameSize = options.Limits.MaxFrameSize,
        MaxMessageSize = options.Limits.MaxMessageSize,
        Heartbeat = options.Liveness.HeartbeatText is { } text ? DmexClient.Utf8(text) : default(ReadOnlyMemory<byte>),
        HeartbeatInterval = options.Liveness.HeartbeatInterval,
    };

    private static ConnectionSettings[] Settings(DmexClientOptions options, Func<IDuplexPipe>? connector)
    {
        Uri[] endpoints = [options.Endpoint!, .. options.MoreEndpoints];
        return [.. Enumerable.Range(0, options.Connections).Select(i => Settings(options, connector, endpoints[i % endpoints.Length]))];
    }

    private static TrackerOptions TrackerOptionsOf(DmexClientOptions options) => new()
    {
        Capacity = options.Limits.InFlightCapacity,
        BookCapacity = options.Book?.Capacity ?? 0,
        Policy = options.Policy,
        MaxResendsPerOrder = options.Retry.MaxResendsPerOrder,
        MaxResendsPerSecond = options.Retry.MaxResendsPerSecond,
        AckTimeout = Ticks(options.Retry.AckTimeout),
        NotFoundGrace = Ticks(options.Retry.NotFoundGrace),
        ListLag = options.OpenOrders is { } list ? Ticks(list.ListLag) : null,
        MaxRetryAfter = Ticks(options.Retry.MaxRetryAfter),
        Rate = options.RateBudget,
        Seed = (ulong)Random.Shared.NextInt64() | 1,
    };

    private ListReconciler RequireLists() => Lists ?? throw new InvalidOperationException(
        $"This client was connected without {nameof(DmexClientOptions)}.{nameof(DmexClientOptions.OpenOrders)}: it has no list to ask.");

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>The outcome of a cancel that comes before any connection was ready.</summary>
    private static CancelOutcome NotAccepted(long now) => new()
    {
        Kind = CancelOutcomeKind.Unresolved,
        UnresolvedReason = UnresolvedReason.ConnectionLost,
        Reason = "No connection has been ready yet.",
        AcceptedTimestamp = now,
        ResolvedTimestamp = now,
    };

    private static SendOutcome NotSent(CancellationToken cancellationToken) =>
        NotSent(cancellationToken.IsCancellationRequested ? NotSentReason.Canceled : NotSentReason.NotConnected);

    private static SendOutcome NotSent(NotSentReason reason) => new() { Kind = SendOutcomeKind.NotSent, Reason = reason };

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
                $"{connection.Endpoint.Host}: not ready within {_options.ConnectTimeout.TotalSeconds:0.###} s "
                + $"(while {nameof(DmexClientOptions.AfterConnect)} ran).");
        }
    }

    // While the callback closes the client, the connection is closing and has no reason yet.
    private static ConnectionLostException Ended(VenueConnection connection) => new(connection.Loss ?? new ConnectionLoss(
        ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.", connection.Id, DateTimeOffset.UtcNow));

    private ClientGauges Gauges() => new(
        Connections.Status(),
        InFlight,
        _options.Book?.Count ?? 0,
        _options.Book?.IsLatched ?? false,
        Events.DroppedNotices,
        Events.DroppedMessages);

    private long Tick(long now)
    {
        var due = Math.Min(Math.Min(_dispatcher.Tick(now), Connections.Tick(now)), Math.Min(_replies.Tick(now), KeepWarm(now)));
        return Math.Min(due, Standby.Tick(now));
    }

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
