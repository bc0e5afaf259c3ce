using System.Net;
using System.Text;
using Dmex.Fast.Signing;
using Dmex.Fast.Tracking;

namespace Dmex.Fast;

/// <summary>
/// How a <see cref="DmexClient"/> connects and what it does when something goes wrong. Set before connecting; a client
/// reads the options once, at its start. Every bound has a default.
/// </summary>
public sealed class DmexClientOptions
{
    /// <summary>The documented endpoint. Another page of the venue's documents names another host: it is configuration.</summary>
    public static readonly Uri DefaultEndpoint = new("wss://api.dmex.app/ws");

    /// <summary>The venue's WebSocket, <c>wss://host[:port]/path</c>.</summary>
    public Uri Endpoint { get; set; } = DefaultEndpoint;

    /// <summary>Further endpoints of the same venue; the connections go to <see cref="Endpoint"/> and these in turn.</summary>
    public IList<Uri> MoreEndpoints { get; } = [];

    /// <summary>The account's rate; null for no limit. A cancel that finds none left goes out as soon as there is.</summary>
    public RateBudgetOptions? RateBudget { get; set; }

    /// <summary>
    /// The armed cancels that <see cref="DmexClient.PanicAsync"/> fires; null without any. It is the caller's, serves one
    /// client at a time, and must be disposed after it.
    /// </summary>
    public CancelBook? Book { get; set; }

    /// <summary>Allows a book whose orders were armed for another endpoint than those of this client.</summary>
    public bool AllowBookOfOtherEndpoint { get; set; }

    /// <summary>How many connections are kept, 1 to 16.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>How the connections share the work.</summary>
    public ConnectionPolicy Policy { get; set; } = ConnectionPolicy.Primary;

    /// <summary>
    /// A lost connection is made anew at once; after a failed attempt the next one follows after a random time up to this,
    /// a bound that doubles with each further failure.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest bound of the time between two attempts.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After this long without an answer to a cancel, on a connection that brings no answer to any other cancel either, it is
    /// sent again, on another connection where there is one.
    /// </summary>
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For this long after a cancel was accepted, "order not found" is taken to mean that it overtook its order, and it is sent
    /// again; after that, it is what the caller is told.
    /// </summary>
    public TimeSpan NotFoundGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many cancels may be sent again in a second, over all orders; halved each time the venue speaks of a limit, and
    /// recovering. What a dead connection has left unanswered goes out whatever this says, unless the venue has spoken of a
    /// limit lately.
    /// </summary>
    public int MaxResendsPerSecond { get; set; } = 1000;

    /// <summary>
    /// The longest pause that the venue's word can bring about: a rate limit in a reply, or Retry-After when it refuses a connection.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Allows <c>ws://</c>, without encryption, to hosts other than loopback. Off by default: signed cancels and what the
    /// venue answers would be readable and changeable on the way.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>The account whose orders are canceled. When set, a key or a signature of another address is refused.</summary>
    public EthereumAddress? Account { get; set; }

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

    /// <summary>
    /// Whether the client signs, frames and encrypts something that goes nowhere once a second, so that a cancel after a
    /// silence meets warm caches: some 50 µs of its clock's thread a second.
    /// </summary>
    public bool KeepWarm { get; set; } = true;

    /// <summary>After this long without a byte from the venue a ping is sent, and again.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a byte from the venue, pings notwithstanding, the connection is lost.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromMilliseconds(1900);

    /// <summary>How many orders may be unresolved at once.</summary>
    public int InFlightCapacity { get; set; } = 16_384;

    /// <summary>
    /// How often a cancel that was put off or not answered is sent again by itself, with growing pauses; 0 for never. It then
    /// stays in the table, and asking for it once more begins anew. What a dead connection has left unanswered does not count.
    /// </summary>
    public int MaxResendsPerOrder { get; set; } = 10;

    /// <summary>Bytes of each of the two send buffers: the longest run of frames in one write, and the largest message that can be sent, less 14.</summary>
    public int SendBufferSize { get; set; } = 32 * 1024;

    /// <summary>How many callers may wait for room in the send buffers (cancels are bounded by <see cref="InFlightCapacity"/> instead).</summary>
    public int MaxWaitingSends { get; set; } = 1024;

    /// <summary>The largest frame that is accepted from the venue, in bytes of payload.</summary>
    public int MaxFrameSize { get; set; } = 1 << 20;

    /// <summary>The largest message that is accepted from the venue, in bytes over all its frames.</summary>
    public int MaxMessageSize { get; set; } = 4 << 20;

    /// <summary>How many messages may wait for a slow handler; the oldest are dropped and counted.</summary>
    public int EventQueueCapacity { get; set; } = 4096;

    /// <summary>How many bytes of messages may wait for a slow handler; the oldest are dropped and counted.</summary>
    public long EventQueueBytes { get; set; } = 32 << 20;

    /// <summary>
    /// After this many cancels written and as many messages received since without a single match, at least a second
    /// after the first cancel, <see cref="DmexClient.RepliesUnrecognized"/> is raised.
    /// </summary>
    public int UnrecognizedThreshold { get; set; } = 16;

    /// <summary>Headers, User-Agent and subprotocols of the WebSocket handshake.</summary>
    public HandshakeOptions Handshake { get; set; } = new();

    /// <summary>Trust roots, pins and socket buffers.</summary>
    public TransportOptions Transport { get; set; } = new();

    /// <summary>Decides what the venue's messages mean.</summary>
    public IReplyClassifier Classifier { get; set; } = new ReplyClassifier();

    /// <summary>
    /// Runs after each connecting and reconnecting, for each connection, before it counts as ready: to subscribe to events, to
    /// log in. When it throws, connecting fails with its exception, or the connection is tried again later. Messages that come before its first wait are kept for the handlers that it
    /// subscribes; a handler subscribed later than here may miss the first ones.
    /// </summary>
    public Func<ConnectedSession, CancellationToken, Task>? AfterConnect { get; set; }

    /// <summary>A text that is sent every <see cref="HeartbeatInterval"/>, for a venue that asks for one; null sends none.</summary>
    public string? HeartbeatText { get; set; }

    /// <summary>The time between two heartbeats.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names it and the expected form.</exception>
    public void Validate()
    {
        ValidateEndpoint(Endpoint, nameof(Endpoint));
        foreach (var endpoint in MoreEndpoints)
        {
            ValidateEndpoint(endpoint, nameof(MoreEndpoints));
        }

        ValidateTimes();
        ValidateBook();
        RateBudget?.Validate(nameof(RateBudget));
        AtLeast(InFlightCapacity, 1, nameof(InFlightCapacity));
        AtMost(InFlightCapacity, 1 << 24, nameof(InFlightCapacity));
        AtLeast(Connections, 1, nameof(Connections));
        AtMost(Connections, ConnectionTable.MaxConnections, nameof(Connections));
        if (!Enum.IsDefined(Policy))
        {
            throw Invalid(nameof(Policy), $"{nameof(ConnectionPolicy.Primary)} or {nameof(ConnectionPolicy.Broadcast)}, not {Policy}.");
        }

        if (Policy == ConnectionPolicy.Broadcast && RateBudget is { } rate && rate.Burst < Connections)
        {
            // A cancel goes out on all connections or waits until it can: with less, for ever.
            throw Invalid(nameof(RateBudget), $"{nameof(rate.Burst)} of at least one a connection under {Policy}: {Connections}, not {rate.Burst}.");
        }

        AtLeast(MaxResendsPerOrder, 0, nameof(MaxResendsPerOrder));
        AtLeast(MaxResendsPerSecond, 1, nameof(MaxResendsPerSecond));
        AtLeast(SendBufferSize, 1024, nameof(SendBufferSize));
        AtMost(SendBufferSize, 1 << 26, nameof(SendBufferSize));
        AtLeast(MaxWaitingSends, 0, nameof(MaxWaitingSends));
        AtLeast(MaxFrameSize, 1024, nameof(MaxFrameSize));
        AtLeast(MaxMessageSize, MaxFrameSize, nameof(MaxMessageSize));
        AtLeast(EventQueueCapacity, 1, nameof(EventQueueCapacity));
        AtLeast(EventQueueBytes, 1, nameof(EventQueueBytes));
        AtLeast(UnrecognizedThreshold, 1, nameof(UnrecognizedThreshold));
        if (HeartbeatText is { } text && Encoding.UTF8.GetByteCount(text) > SendBufferSize - 14)
        {
            throw Invalid(nameof(HeartbeatText), $"at most {SendBufferSize - 14} bytes as UTF-8 ({nameof(SendBufferSize)} − 14).");
        }

        NotNull(Handshake, nameof(Handshake));
        NotNull(Transport, nameof(Transport));
        NotNull(Classifier, nameof(Classifier));
        Handshake.Validate();
        Transport.Validate();
    }

    private void ValidateEndpoint(Uri endpoint, string option)
    {
        NotNull(endpoint, option);
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("ws" or "wss") || endpoint.Host.Length == 0)
        {
            throw Invalid(option, $"wss://host[:port]/path, not {endpoint}.");
        }

        if (endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
        {
            throw Invalid(option, "a WebSocket URI has no user and no fragment (RFC 6455 §3).");
        }

        if (endpoint.Scheme is "ws" && !AllowPlaintext && !IsLoopback(endpoint))
        {
            throw Invalid(
                option, $"wss:// for {endpoint.Host}; ws:// is not encrypted and allowed to loopback only, unless {nameof(AllowPlaintext)} is set.");
        }
    }

    private void ValidateBook()
    {
        if (Book is not { } book)
        {
            return;
        }

        if (Account is { } account && account != book.Account)
        {
            throw Invalid(nameof(Book), $"a book of the account {account}, not of {book.Account}.");
        }

        if (!AllowBookOfOtherEndpoint && book.Endpoint != Endpoint && !MoreEndpoints.Contains(book.Endpoint))
        {
            throw Invalid(nameof(Book), $"a book for {Endpoint}, not for {book.Endpoint}, unless {nameof(AllowBookOfOtherEndpoint)} is set.");
        }
    }

    private void ValidateTimes()
    {
        Positive(ConnectTimeout, nameof(ConnectTimeout));
        Positive(CancelTimeout, nameof(CancelTimeout));
        Positive(CloseTimeout, nameof(CloseTimeout));
        Positive(PingInterval, nameof(PingInterval));
        Positive(PongTimeout, nameof(PongTimeout));
        Positive(HeartbeatInterval, nameof(HeartbeatInterval));
        Positive(ReconnectDelay, nameof(ReconnectDelay));
        Positive(MaxReconnectDelay, nameof(MaxReconnectDelay));
        Positive(MaxRetryAfter, nameof(MaxRetryAfter));
        Positive(AckTimeout, nameof(AckTimeout));
        if (NotFoundGrace < TimeSpan.Zero || NotFoundGrace > TimeSpan.FromDays(1))
        {
            throw Invalid(nameof(NotFoundGrace), $"a time of zero or more and at most a day, not {NotFoundGrace}.");
        }

        if (PongTimeout <= PingInterval)
        {
            throw Invalid(nameof(PongTimeout), $"longer than {nameof(PingInterval)} ({PingInterval}), not {PongTimeout}.");
        }
    }

    // Not "localhost" by resolving it: a name that another machine answers for would slip through.
    private static bool IsLoopback(Uri endpoint) =>
        string.Equals(endpoint.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(endpoint.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static void Positive(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            throw Invalid(option, $"a time above zero and at most a day, not {value}.");
        }
    }

    private static void AtLeast(long value, long least, string option)
    {
        if (value < least)
        {
            throw Invalid(option, $"at least {least}, not {value}.");
        }
    }

    private static void AtMost(long value, long most, string option)
    {
        if (value > most)
        {
            throw Invalid(option, $"at most {most}, not {value}.");
        }
    }

    private static void NotNull(object? value, string option)
    {
        if (value is null)
        {
            throw Invalid(option, "a value, not null.");
        }
    }

    private static ArgumentException Invalid(string option, string expected) => new($"{option}: {expected}", option);
}
