using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Transport;

namespace Dmex.Fast.OpenOrders;

/// <summary>
/// Asks the venue for an account's open orders over HTTP: with the trust roots and pins of the WebSocket, without redirects, cookies and
/// proxies, bounded in time and bytes. Runs on the thread pool, and on no thread that carries cancels. Thread-safe.
/// </summary>
internal sealed class OpenOrderClient : IDisposable
{
    private const string EndpointOption = $"{nameof(OpenOrdersOptions)}.{nameof(OpenOrdersOptions.Endpoint)}";
    private const string DefaultPath = "/api/orders";
    private static readonly TimeSpan MaxConnectionAge = TimeSpan.FromMinutes(5);

    private readonly OpenOrdersOptions _options;
    private readonly HttpClient _http;
    private readonly byte[] _account;
    private readonly Uri _request;
    private volatile string? _refusal;

    /// <param name="endpoint">The list without its query; see <see cref="EndpointOf"/>.</param>
    /// <param name="account">Whose orders.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="transport">Trust roots and pins.</param>
    public OpenOrderClient(Uri endpoint, in EthereumAddress account, OpenOrdersOptions options, TransportOptions transport)
    {
        _options = options;
        var text = "0x" + Convert.ToHexStringLower(account.AsSpan());
        _account = Encoding.ASCII.GetBytes(text);
        var query = endpoint.Query.Length > 1 ? endpoint.Query[1..] + "&" : string.Empty;
        _request = new UriBuilder(endpoint) { Query = $"{query}user={text}" }.Uri;
        _http = new HttpClient(HandlerFor(endpoint, options, transport), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Where the list is, by the options or by the WebSocket's endpoint.</summary>
    /// <param name="options">The list's.</param>
    /// <param name="webSocket">The client's endpoint.</param>
    public static Uri EndpointOf(OpenOrdersOptions options, Uri webSocket) => options.Endpoint ?? new UriBuilder(webSocket)
    {
        Scheme = webSocket.Scheme is "ws" ? Uri.UriSchemeHttp : Uri.UriSchemeHttps,
        Port = webSocket.Port,
        Path = DefaultPath,
        Query = string.Empty,
    }.Uri;

    /// <summary>Reads the open orders with all their fields.</summary>
    /// <exception cref="OpenOrdersException">The list could not be read as a whole.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public async Task<List<OpenOrder>> ListAsync(CancellationToken cancellationToken)
    {
        var collector = new OpenOrderCollector();
        await ReadAsync(collector, cancellationToken).ConfigureAwait(false);
        return collector.Orders;
    }

    /// <summary>Reads the hashes of the open orders, and nothing else of them.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<HashSet<OrderHash>> ListHashesAsync(CancellationToken cancellationToken)
    {
        var collector = new OpenHashCollector();
        await ReadAsync(collector, cancellationToken).ConfigureAwait(false);
        return collector.Hashes;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private SocketsHttpHandler HandlerFor(Uri endpoint, OpenOrdersOptions options, TransportOptions transport)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = MaxConnectionAge,
            MaxConnectionsPerServer = 2,
            MaxResponseHeadersLength = 64,
            ActivityHeadersPropagator = null,
        };
        handler.SslOptions = TlsConnection.Settings(
            endpoint.IdnHost,
            transport,
            (sender, certificate, chain, errors) =>
            {
                var check = new ServerCertificateCheck(endpoint.IdnHost, transport);
                var isAccepted = check.Accept(sender, certificate, chain, errors);
                _refusal = check.Refusal;
                return isAccepted;
            },
            options.Timeout);
        return handler;
    }

    private async Task ReadAsync<TSink>(TSink sink, CancellationToken cancellationToken)
        where TSink : IOpenOrderSink
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Timeout);
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _request);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            const HttpCompletionOption Headers = HttpCompletionOption.ResponseHeadersRead;
            using var response = await _http.SendAsync(request, Headers, patience.Token).ConfigureAwait(false);
            ThrowUnlessList(response);
            var body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var reader = new OpenOrderListReader<TSink>(_account, sink);
                await reader.ReadAsync(body, _options.MaxBytes, patience.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (e is not OpenOrdersException)
        {
            throw Failure(e, started);
        }
    }

    private void ThrowUnlessList(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var retryAfter = RetryAfterOf(response);
            var advice = status switch
            {
                >= 300 and < 400 => $" Redirects are not followed: set {EndpointOption} to the address that serves the list.",
                404 => $" Another host may serve the list: see {EndpointOption}.",
                _ when retryAfter is { } wait => $" It asks to wait {wait.TotalSeconds:0.###} s.",
                _ => string.Empty,
            };
            throw new OpenOrdersException($"{Place}: HTTP status {status}, not the list of open orders.{advice}")
            {
                StatusCode = status,
                RetryAfter = retryAfter,
            };
        }

        if (response.Content.Headers.ContentEncoding is { Count: > 0 } encodings)
        {
            throw new OpenOrdersException(
                $"{Place}: the list is encoded as {string.Join(", ", encodings)}, and gzip and br are understood.");
        }

        if (response.Content.Headers.ContentType?.MediaType is { } type
            && !type.EndsWith("json", StringComparison.OrdinalIgnoreCase) && !type.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
        {
            throw new OpenOrdersException(
                $"{Place}: {type} came in place of JSON: a page of something else answers there, such as a log-in or a gateway.");
        }
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private OpenOrdersException Failure(Exception e, long started) => e switch
    {
        OperationCanceledException => new OpenOrdersException(
            $"{Place}: the list did not come within {_options.Timeout.TotalSeconds:0.###} s "
            + $"({nameof(OpenOrdersOptions)}.{nameof(OpenOrdersOptions.Timeout)}).",
            e),
        HttpRequestException { InnerException: AuthenticationException } => new OpenOrdersException(
            _refusal ?? $"{Place}: TLS failed: {e.InnerException!.Message}", e),
        FormatException => new OpenOrdersException($"{Place}: this is not a list of open orders as DMEX documents it: {e.Message}.", e),
        JsonException or DecoderFallbackException or InvalidOperationException => new OpenOrdersException(
            $"{Place}: the list of open orders is cut or not JSON: {e.Message}", e),
        _ => new OpenOrdersException(
            $"{Place}: the list of open orders could not be read ({Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms): {Reason(e)}",
            e),
    };

    // "An error occurred while sending the request" has its reason inside.
    private static string Reason(Exception e) =>
        e is HttpRequestException { InnerException: HttpIOException inner } ? inner.Message : e.Message;

    private string Place => _request.GetLeftPart(UriPartial.Path);
}
