using System.Net;
using Dmex.Fast.Options;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast;

/// <summary>
/// How a <see cref="DmexClient"/> connects and what it does when something goes wrong. Set before connecting; a client
/// reads the options once, at its start. Every bound has a default.
/// </summary>
public sealed class DmexClientOptions
{
    /// <summary>
    /// The endpoint that the venue documents, where orders are real: used only when it is assigned to <see cref="Endpoint"/>. Another
    /// page of the venue's documents names another host.
    /// </summary>
    public static readonly Uri DocumentedEndpoint = new("wss://api.dmex.app/ws");

    /// <summary>
    /// The venue's WebSocket, <c>wss://host[:port]/path</c>. It must be named: there is no default, so that a configuration that was not
    /// read cannot cancel real orders.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Further endpoints of the same venue; the connections go to <see cref="Endpoint"/> and these in turn.</summary>
    public IList<Uri> MoreEndpoints { get; } = [];

    /// <summary>The account's rate; null for no limit. A cancel that finds none left goes out as soon as there is.</summary>
    public RateBudgetOptions? RateBudget { get; set; }

    /// <summary>
    /// The armed cancels that <see cref="DmexClient.PanicAsync(BookScope, PanicOptions?, CancellationToken)"/> fires; null without any. It
    /// is the caller's, serves one client at a time, and must be disposed after it.
    /// </summary>
    public CancelBook? Book { get; set; }

    /// <summary>Allows a book whose orders were armed for another endpoint than those of this client.</summary>
    public bool AllowBookOfOtherEndpoint { get; set; }

    /// <summary>How many connections are kept, 1 to 16.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>How the connections share the work.</summary>
    public ConnectionPolicy Policy { get; set; } = ConnectionPolicy.Primary;

    /// <summary>
    /// Allows <c>ws://</c>, without encryption, to hosts other than loopback. Off by default: signed cancels and what the
    /// venue answers would be readable and changeable on the way.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>
    /// The account whose orders are canceled and listed; the key's address when null. A key or a signature of another address than
    /// <see cref="Signer"/> is refused.
    /// </summary>
    public EthereumAddress? Account { get; set; }

    /// <summary>
    /// Who signs for the <see cref="Account"/>, which must be set too: a delegate that the account has authorized at the venue. The account
    /// itself when null. A <see cref="Book"/> holds the signatures of this address.
    /// </summary>
    public EthereumAddress? Signer { get; set; }

    /// <summary>
    /// The venue's own list of open orders as a second witness of every cancel; null (the default) for no list. The account must be known.
    /// </summary>
    public OpenOrdersOptions? OpenOrders { get; set; }

    /// <summary>
    /// Verifies each signature against the public key before it is handed out, against faults of the hardware, by which a single wrong
    /// signature gives the key away. On by default.
    /// </summary>
    public bool VerifyAfterSign { get; set; } = true;

    /// <summary>The time for name, TCP, TLS, handshake and <see cref="AfterConnect"/> together.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long <see cref="DmexClient.CancelAsync(in OrderHash, CancellationToken)"/> waits before it says unresolved.</summary>
    public TimeSpan CancelTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The time for the close handshake, and again for handlers still running, when the client is disposed.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>When a cancel is sent again.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>How connections are established and re-established.</summary>
    public ReconnectOptions Reconnect { get; set; } = new();

    /// <summary>How a dead connection is noticed, and a live one kept ready.</summary>
    public LivenessOptions Liveness { get; set; } = new();

    /// <summary>How a standby on the same host watches this engine.</summary>
    public StandbyOptions Standby { get; set; } = new();

    /// <summary>How much the client holds, sends and accepts.</summary>
    public LimitsOptions Limits { get; set; } = new();

    /// <summary>Headers, User-Agent and subprotocols of the WebSocket handshake.</summary>
    public HandshakeOptions Handshake { get; set; } = new();

    /// <summary>Trust roots, pins and socket buffers.</summary>
    public TransportOptions Transport { get; set; } = new();

    /// <summary>Decides what the venue's messages mean.</summary>
    public IReplyClassifier Classifier { get; set; } = new ReplyClassifier();

    /// <summary>
    /// Runs after each connecting and reconnecting, for each connection, before it counts as ready: to subscribe to events, to
    /// log in. When it throws, connecting fails with its exception, or the connection is tried again later. Messages that come before its
    /// first wait are kept for the handlers that it subscribes; a handler subscribed later than here may miss the first ones.
    /// </summary>
    public Func<ConnectedSession, CancellationToken, Task>? AfterConnect { get; set; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">
    /// Options are wrong; the message names each with the expected form, and the parameter is the first of them.
    /// </exception>
    public void Validate() => Check().ThrowIfAny();

    /// <summary>What is wrong with the options, each with its name and the expected form; empty when nothing is.</summary>
    public IReadOnlyList<string> GetErrors() => Check().Messages;

    private OptionErrors Check()
    {
        var errors = new OptionErrors();
        if (Endpoint is null)
        {
            errors.Add(
                nameof(Endpoint),
                $"the venue must be named, as wss://host[:port]/path. The venue documents {DocumentedEndpoint} "
                + $"({nameof(DocumentedEndpoint)}), where orders are real.");
        }
        else
        {
            CheckEndpoint(errors, Endpoint, nameof(Endpoint));
        }

        foreach (var endpoint in MoreEndpoints)
        {
            CheckEndpoint(errors, endpoint, nameof(MoreEndpoints));
        }

        errors.Positive(ConnectTimeout, nameof(ConnectTimeout));
        errors.Positive(CancelTimeout, nameof(CancelTimeout));
        errors.Positive(CloseTimeout, nameof(CloseTimeout));
        CheckBook(errors);
        CheckOpenOrders(errors);
        CheckConnections(errors);
        CheckGroups(errors);
        return errors;
    }

    private void CheckGroups(OptionErrors errors)
    {
        if (errors.IsThere(Retry, nameof(Retry)))
        {
            Retry.Check(errors, nameof(Retry));
        }

        if (errors.IsThere(Reconnect, nameof(Reconnect)))
        {
            Reconnect.Check(errors, nameof(Reconnect));
        }

        if (errors.IsThere(Limits, nameof(Limits)))
        {
            Limits.Check(errors, nameof(Limits));
        }

        if (errors.IsThere(Liveness, nameof(Liveness)))
        {
            Liveness.Check(errors, nameof(Liveness), (Limits?.SendBufferSize ?? 0) - 14);
        }

        if (errors.IsThere(Standby, nameof(Standby)))
        {
            Standby.Check(errors, nameof(Standby), Book);
        }

        if (errors.IsThere(Handshake, nameof(Handshake)))
        {
            errors.AddThrown(nameof(Handshake), Handshake.Validate);
        }

        if (errors.IsThere(Transport, nameof(Transport)))
        {
            Transport.Check(errors, nameof(Transport) + ".");
        }

        _ = errors.IsThere(Classifier, nameof(Classifier));
    }

    private void CheckConnections(OptionErrors errors)
    {
        errors.Between(Connections, 1, ConnectionTable.MaxConnections, nameof(Connections));
        RateBudget?.Check(errors, nameof(RateBudget));
        if (Policy is not (ConnectionPolicy.Primary or ConnectionPolicy.Broadcast))
        {
            errors.Add(nameof(Policy), $"{nameof(ConnectionPolicy.Primary)} or {nameof(ConnectionPolicy.Broadcast)}, not {Policy}.");
        }

        if (Policy == ConnectionPolicy.Broadcast && RateBudget is { } rate && rate.Burst < Connections)
        {
            // A cancel goes out on all connections or waits until it can: with less, it would wait indefinitely.
            errors.Add(
                nameof(RateBudget),
                $"{nameof(rate.Burst)} of at least one per connection under {Policy}: {Connections}, not {rate.Burst}.");
        }
    }

    private void CheckEndpoint(OptionErrors errors, Uri endpoint, string option)
    {
        if (!errors.IsThere(endpoint, option))
        {
            return;
        }

        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("ws" or "wss") || endpoint.Host.Length == 0)
        {
            errors.Add(option, $"wss://host[:port]/path, not {endpoint}.");
        }
        else if (endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            errors.Add(option, "a WebSocket URI has no user and no fragment (RFC 6455 §3).");
        }
        else if (endpoint.Scheme is "ws" && !AllowPlaintext && !IsLoopback(endpoint))
        {
            errors.Add(
                option,
                $"wss:// for {endpoint.Host}; ws:// is not encrypted and allowed to loopback only, "
                + $"unless {nameof(AllowPlaintext)} is set.");
        }
    }

    private void CheckBook(OptionErrors errors)
    {
        if (Book is not { } book)
        {
            return;
        }

        if ((Signer ?? Account) is { } signer && signer != book.Account)
        {
            errors.Add(nameof(Book), $"a book of the {(Signer is null ? "account" : "signer")} {signer}, not of {book.Account}.");
        }

        if (Endpoint is not null && !AllowBookOfOtherEndpoint && book.Endpoint != Endpoint && !MoreEndpoints.Contains(book.Endpoint))
        {
            errors.Add(nameof(Book), $"a book for {Endpoint}, not for {book.Endpoint}, unless {nameof(AllowBookOfOtherEndpoint)} is set.");
        }
    }

    private void CheckOpenOrders(OptionErrors errors)
    {
        if (Signer is not null && Account is null)
        {
            errors.Add(nameof(Signer), $"{nameof(Account)} set too: the account that the signer signs for.");
        }

        OpenOrders?.Check(errors, nameof(OpenOrders));
        if (OpenOrders?.Endpoint is not { } endpoint)
        {
            return;
        }

        const string Option = $"{nameof(OpenOrders)}.{nameof(OpenOrdersOptions.Endpoint)}";
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https") || endpoint.Host.Length == 0)
        {
            errors.Add(Option, $"https://host[:port]/path, not {endpoint}.");
        }
        else if (endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            errors.Add(Option, "an address without user and fragment.");
        }
        else if (endpoint.Scheme is "http" && !AllowPlaintext && !IsLoopback(endpoint))
        {
            errors.Add(
                Option,
                $"https:// for {endpoint.Host}; http:// is not encrypted and allowed to loopback only, unless {nameof(AllowPlaintext)} "
                + "is set.");
        }
    }

    // Not "localhost" by resolving it: a name that another machine answers for would slip through.
    private static bool IsLoopback(Uri endpoint) =>
        string.Equals(endpoint.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(endpoint.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
