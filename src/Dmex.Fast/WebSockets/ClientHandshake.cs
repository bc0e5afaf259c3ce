using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// The client's side of the opening handshake (RFC 6455 §4.1 and §4.2.2), over HTTP/1.1. No redirects, no proxies, no extensions.
/// </summary>
internal static class ClientHandshake
{
    /// <summary>The most bytes of response headers that are read, interim responses included.</summary>
    public const int MaxResponseHeadBytes = 16 * 1024;

    private const int MaxTextShown = 200;
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>
    /// Upgrades the connection. Bytes that follow the response's header are left in <c>transport.Input</c>: the server's
    /// first frames may be among them.
    /// </summary>
    /// <param name="transport">A connection on which nothing was sent or read.</param>
    /// <param name="endpoint">An absolute ws or wss URI without user information or fragment.</param>
    /// <param name="options">What to send beside the handshake's own headers.</param>
    /// <param name="cancellationToken">Ends the wait; the connection cannot be used afterwards.</param>
    /// <returns>The subprotocol that the server chose among those offered; null when it chose none.</returns>
    /// <exception cref="ArgumentException"><paramref name="endpoint"/> or <paramref name="options"/> cannot be sent.</exception>
    /// <exception cref="WebSocketHandshakeException">The server refused, or its response breaks a rule.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was canceled, or a pending read or flush, before the server's answer was known.
    /// </exception>
    public static Task<string?> RunAsync(IDuplexPipe transport, Uri endpoint, HandshakeOptions options, CancellationToken cancellationToken)
    {
        ValidateEndpoint(endpoint);
        options.Validate();
        return RunValidatedAsync(transport, endpoint, options, cancellationToken);
    }

    /// <summary>The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key: base64(SHA-1(key GUID)) (§4.2.2).</summary>
    [SuppressMessage(
        "Security", "CA5350", Justification = "RFC 6455 prescribes SHA-1; it shows that the server speaks WebSocket and protects nothing.")]
    public static string ComputeAccept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptGuid)));

    /// <summary>The request's bytes.</summary>
    internal static byte[] BuildRequest(Uri endpoint, HandshakeOptions options, string key)
    {
        var request = new StringBuilder();
        request.Append("GET ").Append(endpoint.PathAndQuery).Append(" HTTP/1.1\r\n");
        AppendHeader(request, "Host", HostHeader(endpoint));
        AppendHeader(request, "Upgrade", "websocket");
        AppendHeader(request, "Connection", "Upgrade");
        AppendHeader(request, "Sec-WebSocket-Key", key);
        AppendHeader(request, "Sec-WebSocket-Version", "13");
        if (options.SubProtocols.Count > 0)
        {
            AppendHeader(request, "Sec-WebSocket-Protocol", string.Join(", ", options.SubProtocols));
        }

        if (!string.IsNullOrEmpty(options.UserAgent))
        {
            AppendHeader(request, "User-Agent", options.UserAgent);
        }

        foreach ((var name, var value) in options.Headers)
        {
            AppendHeader(request, name, value);
        }

        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    private static async Task<string?> RunValidatedAsync(
        IDuplexPipe transport, Uri endpoint, HandshakeOptions options, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

        // A server that closes early may have said why: its answer is read even when the flush reports the end.
        var flushed = await transport.Output.WriteAsync(BuildRequest(endpoint, options, key), cancellationToken).ConfigureAwait(false);
        if (flushed.IsCanceled)
        {
            throw new OperationCanceledException("The handshake's flush was canceled.");
        }

        var head = await ResponseReader.ReadHeadAsync(transport.Input, MaxResponseHeadBytes, cancellationToken).ConfigureAwait(false);
        if (head.StatusCode != 101)
        {
            var body = await ResponseReader.ReadExcerptAsync(transport.Input, head, cancellationToken).ConfigureAwait(false);
            throw Refused(head, DescribeStatus(head, body));
        }

        if (FindFault(head, key, options.SubProtocols) is { } fault)
        {
            throw Refused(head, $"The server's upgrade is invalid: {fault}.");
        }

        return head.Single("Sec-WebSocket-Protocol");
    }

    /// <summary>The rule of §4.1 that a 101 breaks; null when it breaks none.</summary>
    private static string? FindFault(ResponseHead head, string key, IList<string> offered)
    {
        if (!head.Version.Equals("HTTP/1.1", StringComparison.Ordinal))
        {
            return $"the version is {head.Version}, not HTTP/1.1";
        }

        if (!"websocket".Equals(head.Single("Upgrade"), StringComparison.OrdinalIgnoreCase))
        {
            return "there is not one Upgrade header that says websocket";
        }

        if (!head.Values("Connection").Any(value => HttpText.ListContains(value, "Upgrade")))
        {
            return "no Connection header says Upgrade";
        }

        if (!string.Equals(head.Single("Sec-WebSocket-Accept"), ComputeAccept(key), StringComparison.Ordinal))
        {
            return head.Values("Sec-WebSocket-Accept").Length == 0
                ? "there is no Sec-WebSocket-Accept header"
                : "Sec-WebSocket-Accept does not answer the key that was sent";
        }

        if (head.Values("Sec-WebSocket-Extensions") is { Length: > 0 } extensions)
        {
            return $"it uses extensions that were not offered: \"{HttpText.Printable(extensions[0], MaxTextShown)}\"";
        }

        var chosen = head.Values("Sec-WebSocket-Protocol");
        return chosen.Length == 0 || (chosen.Length == 1 && offered.Contains(chosen[0]))
            ? null
            : $"it chose a subprotocol that was not offered: \"{HttpText.Printable(string.Join(", ", chosen), MaxTextShown)}\"";
    }

    private static string DescribeStatus(ResponseHead head, string body)
    {
        var text = new StringBuilder();
        text.Append("The server refused the WebSocket handshake with ").Append(head.StatusCode);
        if (head.ReasonPhrase.Length > 0)
        {
            text.Append(' ').Append(head.ReasonPhrase);
        }

        text.Append('.');
        if (head.StatusCode / 100 == 3)
        {
            text.Append(" Redirects are not followed");
            if (head.Single("Location") is { } location)
            {
                text.Append("; it names ").Append(HttpText.Printable(location, MaxTextShown));
            }

            text.Append('.');
        }

        if (body.Length > 0)
        {
            text.Append(" It says: ").Append(body);
        }

        return text.ToString();
    }

    private static WebSocketHandshakeException Refused(ResponseHead head, string message) =>
        new(message, head.StatusCode, head.ReasonPhrase, head.RetryAfter(DateTimeOffset.UtcNow));

    private static void AppendHeader(StringBuilder request, string name, string value) =>
        request.Append(name).Append(": ").Append(value).Append("\r\n");

    private static string HostHeader(Uri endpoint)
    {
        var host = endpoint.HostNameType == UriHostNameType.IPv6 ? endpoint.Host : endpoint.IdnHost;
        return endpoint.IsDefaultPort ? host : $"{host}:{endpoint.Port}";
    }

    private static void ValidateEndpoint(Uri endpoint)
    {
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException("The endpoint must be an absolute URI that begins with ws:// or wss://.", nameof(endpoint));
        }

        // The URI itself is not shown: user information is a secret.
        if (endpoint.UserInfo.Length > 0 || endpoint.Fragment.Length > 0)
        {
            throw new ArgumentException("The endpoint must have no user information and no fragment (RFC 6455 §3).", nameof(endpoint));
        }
    }
}
