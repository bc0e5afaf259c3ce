using Dmex.Fast.OpenOrders;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>Lists of HTTP servers that are not ours: each is read whole, or refused with a message that says why.</summary>
public sealed class OpenOrdersPeerTests
{
    private static readonly EthereumAddress Account = new([.. Enumerable.Repeat((byte)0xAC, 20)]);

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task Plain_chunked_and_compressed_lists_are_read_whole(string program)
    {
        await using var peer = await StartAsync(program);
        foreach (var path in new[] { "/plain", "/chunked", "/gzip" })
        {
            using var list = Client(peer, path);
            Assert.Equal(300, (await list.ListAsync(CancellationToken.None).Soon()).Count);
            Assert.Equal(300, (await list.ListHashesAsync(CancellationToken.None).Soon()).Count);
        }
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task What_is_not_a_whole_list_is_refused_with_the_reason(string program)
    {
        await using var peer = await StartAsync(program);
        (string Path, string Expected)[] cases =
        [
            ("/redirect", "Redirects are not followed"), ("/429", "asks to wait 7 s"), ("/503", "HTTP status 503"),
            ("/404", "HTTP status 404"),
            ("/html", "text/html came in place of JSON"), ("/unlabeled", "cut or not JSON"), ("/zstd", "encoded as zstd"),
            ("/cut", "The response ended prematurely"), ("/cut-chunked", "The response ended prematurely"),
            ("/closed", "The response ended prematurely"),
        ];
        foreach (var (path, expected) in cases)
        {
            using var list = Client(peer, path);
            var refused = await Assert.ThrowsAsync<OpenOrdersException>(() => list.ListAsync(CancellationToken.None).Soon());
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task A_time_to_wait_is_taken_as_seconds_and_as_a_date(string program)
    {
        await using var peer = await StartAsync(program);
        using var seconds = Client(peer, "/429");
        using var date = Client(peer, "/503");
        var first = await Assert.ThrowsAsync<OpenOrdersException>(() => seconds.ListAsync(CancellationToken.None).Soon());
        Assert.Equal((429, TimeSpan.FromSeconds(7)), (first.StatusCode, first.RetryAfter));
        var second = await Assert.ThrowsAsync<OpenOrdersException>(() => date.ListAsync(CancellationToken.None).Soon());
        Assert.Equal(503, second.StatusCode);
        Assert.InRange(second.RetryAfter!.Value, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(61));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task A_list_that_does_not_end_is_bounded_by_time_and_by_the_callers_token(string program)
    {
        await using var peer = await StartAsync(program);
        using var list = Client(peer, "/never", options => options.Timeout = TimeSpan.FromMilliseconds(300));
        var refused = await Assert.ThrowsAsync<OpenOrdersException>(() => list.ListAsync(CancellationToken.None).Soon());
        Assert.Contains("did not come within 0.3 s", refused.Message, StringComparison.Ordinal);

        using var patient = Client(peer, "/never");
        using var source = new CancellationTokenSource(200);
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patient.ListAsync(source.Token).Soon());
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python3")]
    public async Task A_server_without_tls_is_told_as_that(string program)
    {
        await using var peer = await StartAsync(program);
        using var list = new OpenOrderClient(
            new Uri($"https://127.0.0.1:{peer.Uri.Port}/plain"), Account, new OpenOrdersOptions { Timeout = Wait.Long },
            new TransportOptions());
        var refused = await Assert.ThrowsAsync<OpenOrdersException>(() => list.ListAsync(CancellationToken.None).Soon());
        Assert.Contains("TLS failed", refused.Message, StringComparison.Ordinal);
    }

    private static Task<PeerProcess> StartAsync(string program)
    {
        External.Require(PeerProcess.Succeeds(program, "--version"), $"{program} on the PATH");
        var script = PeerProcess.Script(string.Equals(program, "node", StringComparison.Ordinal) ? "http-lists.mjs" : "http_lists.py");
        return PeerProcess.ListeningAsync(PeerProcess.Start(program, script));
    }

    private static OpenOrderClient Client(PeerProcess peer, string path, Action<OpenOrdersOptions>? configure = null)
    {
        var options = new OpenOrdersOptions { Timeout = Wait.Long };
        configure?.Invoke(options);
        return new OpenOrderClient(new Uri($"http://127.0.0.1:{peer.Uri.Port}{path}"), Account, options, new TransportOptions());
    }
}
