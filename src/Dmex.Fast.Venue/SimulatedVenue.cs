using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Venue.Orders;
using Dmex.Fast.Venue.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dmex.Fast.Venue;

/// <summary>
/// A simulated DMEX on 127.0.0.1 for tests, demos and benchmarks: holds open orders with their owners, takes signed
/// cancels over WebSocket, answers each of them, keeps a transcript, and goes wrong on demand. It shares no code with the
/// client. The format of its replies is an assumption of this project, as the exchange documents only the request; see
/// docs/venue.md. All members are thread-safe.
/// </summary>
public sealed class SimulatedVenue : IAsyncDisposable
{
    private readonly VenueCore _core;
    private readonly VenueEndpoint _endpoint;
    private readonly WebApplication _app;
    private readonly X509Certificate2? _serverCertificate;
    private readonly CancellationTokenSource _stopping = new();
    private int _disposed;

    private SimulatedVenue(VenueOptions options)
    {
        _core = new VenueCore(options);
        _endpoint = new VenueEndpoint(_core);
        if (options.Tls)
        {
            _serverCertificate = options.Certificate ?? VenueCertificate.Create();
            Certificate = VenueCertificate.PublicPart(_serverCertificate);
        }

        _app = Build(options);
        Url = new Uri("ws://127.0.0.1/");
    }

    /// <summary>Where to connect: <c>ws://</c> or <c>wss://127.0.0.1:port/path</c>.</summary>
    public Uri Url { get; private set; }

    /// <summary>The certificate without its key, or null when the venue runs without TLS.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Where open orders are listed: <c>http://</c> or <c>https://127.0.0.1:port/api/orders</c>, without its query.</summary>
    public Uri ListUrl => new UriBuilder(Options.Tls ? "https" : "http", Url.Host, Url.Port, OrderApi.ListPath).Uri;

    /// <summary>The options that the venue was started with.</summary>
    public VenueOptions Options => _core.Options;

    /// <summary>The faults from now on; see <see cref="VenueFaults"/>. What is queued already meets the new ones.</summary>
    /// <exception cref="ArgumentException">The set contradicts itself; the old one stays.</exception>
    public VenueFaults Faults
    {
        get => _core.Faults;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate(nameof(value));
            _core.Faults = value;
        }
    }

    /// <summary>A copy of the records of all messages that are kept, oldest first.</summary>
    public IReadOnlyList<VenueCancelRecord> Transcript => _core.Transcript.Snapshot();

    /// <summary>The oldest records that were dropped for lack of room; see <see cref="VenueOptions.TranscriptCapacity"/>.</summary>
    public long TranscriptDropped => _core.Transcript.Dropped;

    /// <summary>The messages received since the start.</summary>
    public long MessagesReceived => _core.Transcript.Received;

    /// <summary>A copy of the first 10,000 signatures that deferred verification found to be wrong.</summary>
    public IReadOnlyList<VenueViolation> Violations => _core.Verifier?.Violations ?? [];

    /// <summary>The number of signatures that deferred verification found to be wrong.</summary>
    public long ViolationCount => _core.Verifier?.ViolationCount ?? 0;

    /// <summary>A copy of the newest 4,096 HTTP requests with their headers, oldest first.</summary>
    public IReadOnlyList<VenueHandshake> RequestLog => _endpoint.Handshakes;

    /// <summary>The WebSocket connections that are open, or just being opened.</summary>
    public int ConnectionCount => _core.Sessions.Count;

    /// <summary>The orders that are open.</summary>
    public int OpenCount => _core.Orders.Count - _core.Orders.CanceledCount - _core.Orders.FilledCount;

    /// <summary>The orders that were canceled, by a message or by the venue.</summary>
    public int CanceledCount => _core.Orders.CanceledCount;

    /// <summary>The orders that were filled.</summary>
    public int FilledCount => _core.Orders.FilledCount;

    /// <summary>
    /// The orders that were canceled by a message whose signature was verified to be the owner's. With deferred
    /// verification it is complete after <see cref="WaitUntilVerifiedAsync"/>.
    /// </summary>
    public long CanceledWithValidSignature => _core.CanceledWithValidSignature;

    /// <summary>
    /// Makes a certificate for <see cref="VenueOptions.Certificate"/>, so that a restarted venue is trusted as before. The
    /// caller's, who disposes it after the venue.
    /// </summary>
    public static X509Certificate2 CreateCertificate() => VenueCertificate.Create();

    /// <summary>Starts a venue.</summary>
    /// <param name="options">How it listens and answers.</param>
    /// <param name="ct">Gives up the start.</param>
    /// <returns>The venue, listening.</returns>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatedVenue> StartAsync(VenueOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var venue = new SimulatedVenue(options);
        try
        {
            await venue._app.StartAsync(ct);
            var address = new Uri(venue._app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!.Addresses.First());
            venue.Url = new UriBuilder(options.Tls ? "wss" : "ws", "127.0.0.1", address.Port, options.Path).Uri;
            return venue;
        }
        catch
        {
            await venue.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an order.</summary>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <param name="ownerAddress">Its owner's Ethereum address, 20 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong, or an order of this hash was opened before.</exception>
    public void OpenOrder(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> ownerAddress) =>
        OpenOrder(hash, ownerAddress, VenueOrderDetails.Default);

    /// <inheritdoc cref="OpenOrder(ReadOnlySpan{byte}, ReadOnlySpan{byte})" path="/*[not(self::param)]"/>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <param name="ownerAddress">Its owner's Ethereum address, 20 bytes.</param>
    /// <param name="details">What the list says about it.</param>
    public void OpenOrder(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> ownerAddress, VenueOrderDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        var key = new VenueHash(hash);
        Open(in key, VenueAddress.From(ownerAddress, nameof(ownerAddress)), details);
        _core.PushOrderUpdate(in key, VenueOrderState.Open);
    }

    /// <summary>Opens several orders of one owner. When one of them fails, those before it stay open.</summary>
    /// <param name="hashes">Their hashes, one behind the other, 32 bytes each.</param>
    /// <param name="ownerAddress">Their owner's Ethereum address, 20 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong, or an order of one of the hashes was opened before.</exception>
    public void OpenOrders(ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> ownerAddress)
    {
        if (hashes.Length % VenueHash.Size != 0)
        {
            throw new ArgumentException(
                $"Order hashes have {VenueHash.Size} bytes each, and {hashes.Length} bytes are not a multiple of that.", nameof(hashes));
        }

        var owner = VenueAddress.From(ownerAddress, nameof(ownerAddress));
        for (var i = 0; i < hashes.Length; i += VenueHash.Size)
        {
            var key = new VenueHash(hashes.Slice(i, VenueHash.Size));
            Open(in key, in owner, VenueOrderDetails.Default);
            _core.PushOrderUpdate(in key, VenueOrderState.Open);
        }
    }

    /// <summary>Opens an order that lands late: until then its cancel is answered with <c>order_not_found</c>.</summary>
    /// <param name="delay">How late.</param>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <param name="ownerAddress">Its owner's Ethereum address, 20 bytes.</param>
    /// <returns>Completes when the order is open; canceled when the venue is disposed before.</returns>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public Task OpenOrderAfter(TimeSpan delay, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> ownerAddress)
    {
        return OpenLateAsync(delay, new VenueHash(hash), VenueAddress.From(ownerAddress, nameof(ownerAddress)), _stopping.Token);
    }

    /// <summary>Lets an address sign for an owner: a delegate wallet. The owner may still sign.</summary>
    /// <param name="ownerAddress">The owner's Ethereum address, 20 bytes.</param>
    /// <param name="delegateAddress">The delegate's, 20 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void AuthorizeDelegate(ReadOnlySpan<byte> ownerAddress, ReadOnlySpan<byte> delegateAddress) => _core.Authorize(
        VenueAddress.From(ownerAddress, nameof(ownerAddress)), VenueAddress.From(delegateAddress, nameof(delegateAddress)));

    /// <summary>Fills an order.</summary>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <returns>Whether it was open until now.</returns>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public bool FillOrder(ReadOnlySpan<byte> hash) => Close(hash, VenueOrderState.Filled);

    /// <summary>Cancels an order without a message, as an exchange's operator would.</summary>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <returns>Whether it was open until now.</returns>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public bool MarkCanceledOnVenue(ReadOnlySpan<byte> hash) => Close(hash, VenueOrderState.Canceled);

    /// <summary>What became of an order.</summary>
    /// <param name="hash">Its hash, 32 bytes.</param>
    /// <returns>Its state, or null when no order of this hash is known.</returns>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public VenueOrderState? GetState(ReadOnlySpan<byte> hash)
    {
        var key = new VenueHash(hash);
        return _core.Orders.Find(in key)?.State;
    }

    /// <summary>Waits until deferred verification has caught up; completes at once when signatures are verified inline.</summary>
    /// <param name="ct">Ends the wait, not the verification.</param>
    /// <exception cref="ObjectDisposedException">The venue was disposed before.</exception>
    public Task WaitUntilVerifiedAsync(CancellationToken ct = default) =>
        _core.Verifier is { } verifier ? verifier.WaitAsync().WaitAsync(ct) : Task.CompletedTask;

    /// <summary>Closes all connections in an orderly way; a client that does not answer within 2 s is cut off.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">The reason in the close frame, at most 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">The code or the reason cannot stand in a close frame (RFC 6455 §5.5 and §7.4).</exception>
    public async Task CloseConnectionsAsync(int code = VenueCloseCode.GoingAway, string reason = "")
    {
        VenueCloseCode.Require(code, nameof(code));
        ArgumentNullException.ThrowIfNull(reason);
        if (Encoding.UTF8.GetByteCount(reason) > 123)
        {
            throw new ArgumentException("A close reason has at most 123 bytes of UTF-8.", nameof(reason));
        }

        await Task.WhenAll(_core.Sessions.Values.Select(session => session.CloseAsync(code, reason)));
    }

    /// <summary>Cuts all connections with a TCP reset.</summary>
    public void ResetConnections()
    {
        foreach (var session in _core.Sessions.Values)
        {
            session.Reset();
        }
    }

    /// <summary>Sends a text message on all connections and waits until they have taken it.</summary>
    /// <param name="text">The message.</param>
    public async Task SendToAllAsync(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var message = Encoding.UTF8.GetBytes(text);
        await Task.WhenAll(_core.Sessions.Values.Select(async session =>
        {
            if (await session.Ready is { } writer)
            {
                await writer.SendAsync(message, System.Net.WebSockets.WebSocketMessageType.Text);
            }
        }));
    }

    /// <summary>Writes the certificate, without its key, as PEM: a trust root for clients.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <exception cref="InvalidOperationException">The venue runs without TLS.</exception>
    public void ExportCertificatePem(string path)
    {
        if (Certificate is null)
        {
            throw new InvalidOperationException("The venue runs without TLS and has no certificate (VenueOptions.Tls).");
        }

        File.WriteAllText(path, Certificate.ExportCertificatePem() + "\n");
    }

    /// <summary>Stops listening, closes the connections with 1001, and cuts those that do not follow.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        _core.Faults = _core.Faults with { StopReading = false };
        // Listening ends first: who reconnects at once must not meet a venue that is about to go.
        var stopping = _app.StopAsync();
        var closing = CloseConnectionsAsync(VenueCloseCode.GoingAway, "the venue stops");
        await Task.WhenAny(closing, Task.Delay(TimeSpan.FromMilliseconds(500)));
        ResetConnections();
        await closing;
        await stopping;
        await _app.DisposeAsync();
        _core.Dispose();
        if (Options.Certificate is null)
        {
            _serverCertificate?.Dispose();
        }

        _stopping.Dispose();
    }

    private WebApplication Build(VenueOptions options)
    {
        // The empty builder reads no configuration of the embedding process (files, environment) and logs nothing.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => ConfigureListener(listen));
        });
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions
        {
            // With a timeout, the interval sends pings; without one, it would send unsolicited pongs.
            KeepAliveInterval = options.KeepAliveInterval ?? Timeout.InfiniteTimeSpan,
            KeepAliveTimeout = options.KeepAliveInterval is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(30),
        });
        app.Run(_endpoint.HandleAsync);
        return app;
    }

    private void ConfigureListener(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (_serverCertificate is not null)
        {
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _serverCertificate,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
        }
    }

    private async Task OpenLateAsync(TimeSpan delay, VenueHash hash, VenueAddress owner, CancellationToken stop)
    {
        await Task.Delay(delay, stop);
        Open(in hash, in owner, VenueOrderDetails.Default);
        _core.PushOrderUpdate(in hash, VenueOrderState.Open);
    }

    private void Open(in VenueHash hash, in VenueAddress owner, VenueOrderDetails details)
    {
        if (!_core.Orders.TryOpen(in hash, in owner, details))
        {
            throw new ArgumentException($"An order of hash {hash} was opened before; a hash names one order only.", nameof(hash));
        }
    }

    private bool Close(ReadOnlySpan<byte> hash, VenueOrderState state)
    {
        var key = new VenueHash(hash);
        if (_core.Orders.Find(in key) is not { } order || !_core.Orders.TryClose(order, state))
        {
            return false;
        }

        _core.PushOrderUpdate(in key, state);
        return true;
    }
}
