using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Dmex.Fast.Client;
using Dmex.Fast.OpenOrders;
using Dmex.Fast.Panics;
using Dmex.Fast.Signers;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;
using Dmex.Fast.Warmup;

namespace Dmex.Fast;

/// <summary>
/// Signs cancels, sends them over its connections, and reports the outcome of each. Thread-safe; sending allocates nothing in steady
/// state. Events are raised on the client's own event thread, one after the other; a slow handler delays other handlers only.
/// </summary>
/// <remarks>
/// A lost connection reconnects indefinitely. What it had carried unanswered goes out on another at once; with none left, those who wait
/// are told so at once (unresolved, connection lost), the cancels stay in the table, go out first on the next connection, and
/// <see cref="OutcomeChanged"/> reports their outcomes. Sending a cancel again is harmless.
/// </remarks>
public sealed partial class DmexClient : IDmexClient
{
    // Half a surrogate pair is an error (an ArgumentException), not a replacement character.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly CancelEngine _engine;
    private readonly SignerPool? _signers;
    private readonly BatchSignerPool? _batchSigners;
    private readonly EthereumAddress? _account;
    private readonly EthereumAddress? _signer;
    private readonly OpenOrderClient? _openOrders;
    private readonly long _cancelTimeout;
    private readonly TimeSpan _signerTimeout;
    private readonly Lazy<Task> _closing;
    private int _disposed;

    /// <summary>
    /// Does once what would slow the first cancel and the first panic down: the signer's tables and code, then a client's whole life in
    /// memory, answers and panics included, on threads of its own. Call it at start, before the first order; nothing leaves the process.
    /// </summary>
    /// <returns>The time that it took: about half a second at first, about a millisecond later.</returns>
    /// <remarks>Thread-safe.</remarks>
    public static TimeSpan WarmUp()
    {
        var started = Stopwatch.GetTimestamp();
        OrderSigner.WarmUp();
        Rehearsal.Once();
        return Stopwatch.GetElapsedTime(started);
    }

    private DmexClient(DmexClientOptions options, SigningKey? key, Func<IDuplexPipe>? connector = null)
    {
        _account = AccountOf(options, key);
        _signer = options.Signer ?? options.Account ?? key?.Address;
        _openOrders = options.OpenOrders is { } list
            ? new OpenOrderClient(OpenOrderClient.EndpointOf(list, options.Endpoint!), _account!.Value, list, options.Transport)
            : null;
        _cancelTimeout = Ticks(options.CancelTimeout);
        _signerTimeout = options.CancelTimeout;
        Book = options.Book;
        _signers = key is null ? null : new SignerPool(key, options.VerifyAfterSign);
        _batchSigners = key is null ? null : new BatchSignerPool(key, options.VerifyAfterSign);
        _engine = new CancelEngine(options, this, _signers, _openOrders, connector);
        _closing = new Lazy<Task>(CloseAsync);
    }

    /// <summary>A message that is not the answer to a cancel that this client waits for, with its bytes untouched.</summary>
    public event EventHandler<MessageReceivedEventArgs>? MessageReceived
    {
        add => _engine.Events.MessageReceived += value;
        remove => _engine.Events.MessageReceived -= value;
    }

    /// <summary>The outcome of a cancel changed after its caller had received a different one or had stopped waiting.</summary>
    public event EventHandler<OutcomeChangedEventArgs>? OutcomeChanged
    {
        add => _engine.Events.OutcomeChanged += value;
        remove => _engine.Events.OutcomeChanged -= value;
    }

    /// <summary>A connection ended, with its one reason; also when this client closed it.</summary>
    public event EventHandler<ConnectionLostEventArgs>? ConnectionLost
    {
        add => _engine.Events.ConnectionLost += value;
        remove => _engine.Events.ConnectionLost -= value;
    }

    /// <summary>A connection changed state.</summary>
    public event EventHandler<StateChangedEventArgs>? StateChanged
    {
        add => _engine.Events.StateChanged += value;
        remove => _engine.Events.StateChanged -= value;
    }

    /// <summary>
    /// Many cancels were written and no message matched any: raised once. The classifier may not know the venue's format.
    /// </summary>
    public event EventHandler<RepliesUnrecognizedEventArgs>? RepliesUnrecognized
    {
        add => _engine.Events.RepliesUnrecognized += value;
        remove => _engine.Events.RepliesUnrecognized -= value;
    }

    /// <summary>
    /// A handler or the classifier threw an exception, or keeping warm met one: a disposed key, say. Also when the venue's list of open
    /// orders cannot be read: once, until it can be read again.
    /// </summary>
    public event EventHandler<HandlerFailedEventArgs>? HandlerFailed
    {
        add => _engine.Events.HandlerFailed += value;
        remove => _engine.Events.HandlerFailed -= value;
    }

    /// <summary>The state of the best connection: ready as long as one is.</summary>
    public ConnectionState State => _engine.State;

    /// <summary>Why a connection ended last; null while none has.</summary>
    public ConnectionLoss? Loss => _engine.Loss;

    /// <summary>The state of each connection.</summary>
    public IReadOnlyList<ConnectionStatus> Connections => _engine.Connections.Status();

    /// <summary>The account of <see cref="DmexClientOptions.Account"/>, or else the key's or the book's; null without all.</summary>
    public EthereumAddress? Account => _account;

    /// <summary>The armed cancels of <see cref="DmexClientOptions.Book"/>; null without any.</summary>
    public CancelBook? Book { get; }

    /// <summary>How many orders are unresolved.</summary>
    public int InFlight => _engine.InFlight;

    /// <summary>Messages dropped because handlers were too slow.</summary>
    public long DroppedMessages => _engine.Events.DroppedMessages;

    /// <summary>Notices (outcomes, states) dropped because handlers were too slow.</summary>
    public long DroppedNotices => _engine.Events.DroppedNotices;

    /// <summary>Connects to the venue: done when the first connection is ready; the others follow.</summary>
    /// <param name="options">Read once; not changed.</param>
    /// <param name="key">
    /// The key of the account or of its <see cref="DmexClientOptions.Signer"/>, or null when every cancel comes with a signature. It stays
    /// the caller's, who disposes it after the client.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">
    /// An option is wrong, or the key is another address's than the signer's; the message names the option or both addresses.
    /// </exception>
    /// <exception cref="TransportException">Name, TCP or TLS failed, or time ran out; the message says where.</exception>
    /// <exception cref="WebSocketHandshakeException">The venue refused the WebSocket; the message has the HTTP status.</exception>
    /// <exception cref="ConnectionLostException">The connection ended before it was ready.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static Task<DmexClient> ConnectAsync(
        DmexClientOptions options, SigningKey? key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (key is not null && (options.Signer ?? options.Account) is { } signer && signer != key.Address)
        {
            var option = options.Signer is null ? nameof(DmexClientOptions.Account) : nameof(DmexClientOptions.Signer);
            throw new ArgumentException(
                $"The key belongs to {key.Address}, and {nameof(DmexClientOptions)}.{option} is {signer}.", nameof(key));
        }

        if (options.OpenOrders is not null && AccountOf(options, key) is null)
        {
            throw new ArgumentException(
                $"{nameof(DmexClientOptions.OpenOrders)}: {nameof(DmexClientOptions.Account)}, a book or a key says whose orders to list.",
                nameof(options));
        }

        if (options.Book is not null)
        {
            Rehearsal.Once();
        }

        return StartAsync(new DmexClient(options, key), cancellationToken);
    }

    /// <summary>A client of connections in memory.</summary>
    internal static Task<DmexClient> RehearseAsync(DmexClientOptions options, SigningKey key, RehearsalVenue venue) =>
        StartAsync(new DmexClient(options, key, venue.Accept), CancellationToken.None);

    /// <summary>Signs a cancel and writes it; says what became of the bytes. The venue's reply comes as a message.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="cancellationToken">Withdraws the cancel while it waits for room in the send buffers.</param>
    /// <exception cref="InvalidOperationException">The client has no key.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<SendOutcome> SendAsync(in OrderHash hash, CancellationToken cancellationToken = default)
    {
        return _engine.SendAsync(hash, null, Signers(), cancellationToken);
    }

    /// <summary>
    /// Writes a cancel with a signature made elsewhere; says what became of the bytes. The venue's reply comes as a message.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="signature">
    /// The personal-message signature of the hash. Its signer is recovered, and must be <see cref="Account"/> when there is one.
    /// </param>
    /// <param name="cancellationToken">Withdraws the cancel while it waits for room in the send buffers.</param>
    /// <exception cref="ArgumentException">The signature is not one of the account over this hash; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<SendOutcome> SendAsync(in OrderHash hash, in Signature signature, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        CheckSigner(hash, signature);
        return _engine.SendAsync(hash, signature, null, cancellationToken);
    }

    /// <summary>Cancels an order and waits for the venue's reply, for at most <see cref="DmexClientOptions.CancelTimeout"/>.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="cancellationToken">
    /// Ends the wait with an <see cref="OperationCanceledException"/>, not the cancel: <see cref="Abandon"/> does that.
    /// </param>
    /// <returns>What is known; unresolved when the time ran out, the last connection was lost, or the table had no room.</returns>
    /// <exception cref="InvalidOperationException">The client has no key.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, CancellationToken cancellationToken = default) =>
        Cancel(hash, null, _cancelTimeout, cancellationToken);

    /// <inheritdoc cref="CancelAsync(in OrderHash, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="hash">The order.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is not above zero, nor infinite.</exception>
    public ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Cancel(hash, null, CheckedTicks(timeout), cancellationToken);

    /// <summary>Cancels an order with a signature made elsewhere, and waits for the venue's reply.</summary>
    /// <param name="hash">The order.</param>
    /// <param name="signature">
    /// The personal-message signature of the hash. Its signer is recovered, and must be the <see cref="DmexClientOptions.Signer"/>, or else
    /// the <see cref="Account"/>, when there is one.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not the cancel.</param>
    /// <exception cref="ArgumentException">The signature is not one of the account over this hash; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<CancelOutcome> CancelAsync(in OrderHash hash, in Signature signature, CancellationToken cancellationToken = default)
    {
        CheckSigner(hash, signature);
        return Cancel(hash, signature, _cancelTimeout, cancellationToken);
    }

    /// <summary>
    /// Has a key that is kept elsewhere sign a cancel, for at most <see cref="DmexClientOptions.CancelTimeout"/>, then sends it and waits
    /// for the venue's reply. The signature's time is on this path: arm orders ahead of time where it counts.
    /// </summary>
    /// <param name="hash">The order.</param>
    /// <param name="signer">Signs for <see cref="Account"/>.</param>
    /// <param name="cancellationToken">Ends the signing, or the wait and not the cancel.</param>
    /// <exception cref="ArgumentException">The signer signs for another address than the account. Nothing was sent.</exception>
    /// <exception cref="CancelSignerException">The signer failed, took too long, or gave a wrong signature. Nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async ValueTask<CancelOutcome> CancelAsync(OrderHash hash, ICancelSigner signer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var signature = await ExternalSigning.SignAsync(signer, hash, _signer, _signerTimeout, cancellationToken).ConfigureAwait(false);
        return await Cancel(hash, signature, _cancelTimeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has a key that is kept elsewhere sign a cancel and writes it; says what became of the bytes.</summary>
    /// <inheritdoc cref="CancelAsync(OrderHash, ICancelSigner, CancellationToken)" path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="hash">The order.</param>
    /// <param name="signer">Signs for <see cref="Account"/>.</param>
    /// <param name="cancellationToken">Ends the signing, and withdraws the cancel while it waits for room in the send buffers.</param>
    public async ValueTask<SendOutcome> SendAsync(OrderHash hash, ICancelSigner signer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var signature = await ExternalSigning.SignAsync(signer, hash, _signer, _signerTimeout, cancellationToken).ConfigureAwait(false);
        return await _engine.SendAsync(hash, signature, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives a cancel up: its waits end as unresolved, abandoned, and nothing more is sent. What was sent may
    /// still take effect. False when the order is not unresolved here.
    /// </summary>
    public bool Abandon(in OrderHash hash) => _engine.Abandon(hash);

    /// <summary>
    /// Fires every armed order of <see cref="DmexClientOptions.Book"/> in a scope, priority 0 first, and waits for the venue's
    /// answers. From the call on the scope is latched: an order that is armed in it goes out at once, until
    /// <see cref="CancelBook.Reset"/>. The first cancels are in the kernel's hands when this returns, if a connection is ready.
    /// </summary>
    /// <param name="scope">Which orders; <see cref="BookScope.All"/> for all.</param>
    /// <param name="options">The default when null.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>, not the panic.</param>
    /// <returns>
    /// The report, when everything is resolved or the time is up; what is unresolved then is still retried. Await it once.
    /// </returns>
    /// <exception cref="InvalidOperationException">The client has no book, or too many panics are under way. Nothing was fired.</exception>
    /// <exception cref="ArgumentException">An option is wrong, or the scope is the default value. Nothing was fired.</exception>
    /// <exception cref="ObjectDisposedException">The client or the book is disposed.</exception>
    public ValueTask<PanicReport> PanicAsync(
        BookScope scope, PanicOptions? options = null, CancellationToken cancellationToken = default) =>
        Panic(ref options, cancellationToken, out var none) is { } panic
            ? Await(panic.Fire(scope, options), cancellationToken)
            : none;

    /// <summary>
    /// Fires those of these orders that are armed in <see cref="DmexClientOptions.Book"/>, in the order of the list, and waits for the
    /// venue's answers. Latches nothing. Orders that are not armed are counted in <see cref="PanicReport.NotArmed"/>.
    /// </summary>
    /// <inheritdoc cref="PanicAsync(BookScope, PanicOptions?, CancellationToken)" path="/*[not(self::param) and not(self::summary)]"/>
    /// <param name="orders">Which orders; copied. A hash that occurs twice counts once.</param>
    /// <param name="options">The default when null.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>, not the panic.</param>
    /// <exception cref="InvalidOperationException">The client has no book. Nothing was fired.</exception>
    /// <exception cref="ArgumentException">An option is wrong. Nothing was fired.</exception>
    /// <exception cref="ObjectDisposedException">The client or the book is disposed.</exception>
    public ValueTask<PanicReport> PanicAsync(
        ReadOnlySpan<OrderHash> orders, PanicOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (Panic(ref options, cancellationToken, out var none) is not { } panic)
        {
            return none;
        }

        HashSet<OrderHash> once = new(orders.Length);
        foreach (ref readonly var order in orders)
        {
            _ = once.Add(order);
        }

        return Await(panic.Fire([.. once], options), cancellationToken);
    }

    /// <summary>
    /// Tries every connection that is down at once, whatever delay was planned or asked for by the venue, and forgets earlier failures:
    /// for an operator who knows that the venue is back.
    /// </summary>
    /// <remarks>Thread-safe. Does not wait, and changes nothing about connections that are up.</remarks>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void ReconnectNow()
    {
        ThrowIfDisposed();
        _engine.Connections.ReconnectNow();
    }

    /// <summary>Asks the venue for the account's open orders (<see cref="DmexClientOptions.OpenOrders"/>); delays no cancel.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The open orders, as the venue lists them: all of them, or none of them and an exception.</returns>
    /// <exception cref="InvalidOperationException">The client has no list.</exception>
    /// <exception cref="OpenOrdersException">The list could not be read as a whole: nothing is known from it.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task<IReadOnlyList<OpenOrder>> ListOpenOrdersAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _engine.ListOpenOrdersAsync(cancellationToken);
    }

    /// <summary>
    /// Cancels every order that the venue lists as open, whether this client knows of it or not: reads the list
    /// (<see cref="DmexClientOptions.OpenOrders"/>), signs in batches, fires at once, and reads again, until two lists in a row have
    /// nothing more that passes the filter, or the deadline comes. Orders that appear meanwhile are canceled too.
    /// </summary>
    /// <param name="filter">Which orders; the default value for all.</param>
    /// <param name="options">The default when null.</param>
    /// <param name="cancellationToken">Ends the call, not the cancels that were sent: those are followed further.</param>
    /// <returns>What both witnesses say; when no list could be read, nothing is claimed; also when this is disposed.</returns>
    /// <exception cref="InvalidOperationException">The client has no list, or no key. Nothing was sent.</exception>
    /// <exception cref="ArgumentException">An option is wrong. Nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task<CancelAllReport> CancelAllAsync(
        OpenOrderFilter filter = default, CancelAllOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = Signers();
        options ??= new CancelAllOptions();
        options.Validate();
        return _engine.CancelAllAsync(filter, options, _batchSigners!, cancellationToken);
    }

    /// <summary>Sends a text message of the application.</summary>
    /// <param name="utf8Text">Valid UTF-8 of at most <see cref="LimitsOptions.SendBufferSize"/> − 14 bytes; copied.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    /// <exception cref="ArgumentException">The text is not valid UTF-8 or too long.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<byte> utf8Text, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _engine.SendTextAsync(utf8Text.Span, cancellationToken);
    }

    /// <inheritdoc cref="SendTextAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="text">The text; at most <see cref="LimitsOptions.SendBufferSize"/> − 14 bytes as UTF-8.</param>
    /// <param name="cancellationToken">Withdraws it while it waits for room in the send buffers.</param>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlyMemory<char> text, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _engine.SendTextAsync(Utf8(text.Span), cancellationToken);
    }

    /// <summary>
    /// Stops accepting, lets what is queued go, closes the WebSocket, reports what is unresolved, and ends the threads;
    /// each step is bounded by <see cref="DmexClientOptions.CloseTimeout"/>. May be called more than once.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _disposed, 1);
        _engine.Events.NoteDisposal();
        await _closing.Value.ConfigureAwait(false);
    }

    internal static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[StrictUtf8.GetByteCount(text)];
        _ = StrictUtf8.GetBytes(text, bytes);
        return bytes;
    }

    private static EthereumAddress? AccountOf(DmexClientOptions options, SigningKey? key) =>
        options.Account ?? key?.Address ?? options.Book?.Account;

    private static async Task<DmexClient> StartAsync(DmexClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client._engine.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ValueTask<CancelOutcome> Cancel(
        in OrderHash hash, in Signature? signature, long timeout, CancellationToken cancellationToken)
    {
        var signers = signature is null ? Signers() : null;
        ThrowIfDisposed();
        return _engine.Cancel(hash, signature, signers, timeout, cancellationToken);
    }

    private void CheckSigner(in OrderHash hash, in Signature signature)
    {
        if (SignerRecovery.RecoverAddress(hash, signature) is not { } signer)
        {
            throw new ArgumentException(
                "No signer can be recovered: a signature has r, s in [1, n − 1] with s at most n/2 and v = 27 or 28.", nameof(signature));
        }

        if (_signer is { } expected && signer != expected)
        {
            throw new ArgumentException(
                $"The signature of order {hash} is by {signer}, and {expected} signs for the account.", nameof(signature));
        }
    }

    /// <summary>What fires a panic, with its options checked; null, and what to return, when the token was canceled already.</summary>
    private PanicRunner? Panic([NotNull] ref PanicOptions? options, CancellationToken cancellationToken, out ValueTask<PanicReport> none)
    {
        ThrowIfDisposed();
        var panic = _engine.Panic ?? throw new InvalidOperationException(
            $"This client was connected without {nameof(DmexClientOptions)}.{nameof(DmexClientOptions.Book)}: nothing is armed.");
        options ??= PanicOptions.Default;
        options.Validate();
        none = cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<PanicReport>(cancellationToken) : default;
        return cancellationToken.IsCancellationRequested ? null : panic;
    }

    /// <summary>Allocates only where there is a token that may be canceled.</summary>
    private static ValueTask<PanicReport> Await(ValueTask<PanicReport> report, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new ValueTask<PanicReport>(report.AsTask().WaitAsync(cancellationToken)) : report;

    private SignerPool Signers()
    {
        ThrowIfDisposed();
        return _signers ?? throw new InvalidOperationException(
            "This client was connected without a key: give the signature, or connect with the account's key.");
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    private async Task CloseAsync()
    {
        await _engine.DisposeAsync().ConfigureAwait(false);
        _signers?.Dispose();
        _batchSigners?.Dispose();
        _openOrders?.Dispose();
    }

    private static long CheckedTicks(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return long.MaxValue;
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return Ticks(timeout);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
