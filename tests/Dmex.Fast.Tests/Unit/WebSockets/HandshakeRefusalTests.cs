using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class HandshakeRefusalTests
{
    private const string Ok = "HTTP/1.1 101 Switching Protocols\r\n";
    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";
    private const string Accept = "Sec-WebSocket-Accept: {accept}\r\n";

    [Theory]
    [InlineData("HTTP/1.0 101 Switching Protocols\r\n" + Upgrade + Connection + Accept, "HTTP/1.0")]
    [InlineData(Ok + Connection + Accept, "Upgrade")]
    [InlineData(Ok + "Upgrade: h2c\r\n" + Connection + Accept, "Upgrade")]
    [InlineData(Ok + Upgrade + Upgrade + Connection + Accept, "Upgrade")]
    [InlineData(Ok + Upgrade + Accept, "Connection")]
    [InlineData(Ok + Upgrade + "Connection: keep-alive, not-Upgrade\r\n" + Accept, "Connection")]
    [InlineData(Ok + Upgrade + Connection, "Sec-WebSocket-Accept")]
    [InlineData(Ok + Upgrade + Connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "Sec-WebSocket-Accept")]
    [InlineData(Ok + Upgrade + Connection + "Sec-WebSocket-Accept: {ACCEPT}\r\n", "Sec-WebSocket-Accept")]
    [InlineData(Ok + Upgrade + Connection + Accept + Accept, "Sec-WebSocket-Accept")]
    [InlineData(Ok + Upgrade + Connection + Accept + "Sec-WebSocket-Extensions: permessage-deflate\r\n", "permessage-deflate")]
    [InlineData(Ok + Upgrade + Connection + Accept + "Sec-WebSocket-Extensions:\r\n", "extensions")]
    [InlineData(Ok + Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: v3\r\n", "\"v3\"")]
    [InlineData(Ok + Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: V1\r\n", "\"V1\"")]
    [InlineData(Ok + Upgrade + Connection + Accept + "Sec-WebSocket-Protocol: v1\r\nSec-WebSocket-Protocol: v2\r\n", "\"v1, v2\"")]
    public async Task An_upgrade_that_breaks_a_rule_is_refused(string response, string words)
    {
        var error = await RefusalAsync(response + "\r\n");
        Assert.Equal(101, error.StatusCode);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-server\r\n", "\"SSH-2.0-server")]
    [InlineData("\0\0\u0006\u0004", "\"....\"")]
    [InlineData("HTTP/1.1\r\n\r\n", "status line")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n", "status line")]
    [InlineData("HTTP/1.1 1010 OK\r\n\r\n", "status line")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", "status line")]
    [InlineData("HTTP/1.1 999 OK\r\n\r\n", "status line")]
    [InlineData(Ok + Upgrade + "X: a\r\n folded\r\n" + Connection + Accept + "\r\n", "folded")]
    [InlineData(Ok + Upgrade + "X: a\r\n\tfolded\r\n" + Connection + Accept + "\r\n", "folded")]
    [InlineData(Ok + "no colon\r\n\r\n", "header line")]
    [InlineData(Ok + "Upgrade : websocket\r\n\r\n", "header line")]
    [InlineData(Ok + ": websocket\r\n\r\n", "header line")]
    [InlineData(Ok + "X: a\nY: b\r\n\r\n", "header line")]
    [InlineData(Ok + "X: a\rY: b\r\n\r\n", "header line")]
    [InlineData(Ok + "X: a\0\r\n\r\n", "header line")]
    public async Task A_response_that_is_no_http_is_refused_at_once(string response, string words)
    {
        var error = await RefusalAsync(response);
        Assert.Null(error.StatusCode);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 101 Swi")]
    public async Task A_server_that_closes_early_is_named(string response)
    {
        var error = await RefusalAsync(response, complete: true);
        Assert.Null(error.StatusCode);
        Assert.Contains("closed the connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_are_refused_at_16_KiB()
    {
        var error = await RefusalAsync(Ok + "X: " + new string('x', 16 * 1024));
        Assert.Contains("16384", error.Message, StringComparison.Ordinal);

        // Interim responses count too.
        error = await RefusalAsync(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 700)));
        Assert.Contains("16384", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_tells_status_words_wait_and_the_start_of_the_body()
    {
        var error = await RefusalAsync(
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 17\r\nContent-Length: 24\r\n\r\n{\"error\":\"maintenance\"}\u0001EXTRA");
        Assert.Equal(503, error.StatusCode);
        Assert.Equal("Service Unavailable", error.ReasonPhrase);
        Assert.Equal(TimeSpan.FromSeconds(17), error.RetryAfter);
        Assert.Contains("503 Service Unavailable", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("{\"error\":\"maintenance\"}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_length_that_never_ends_is_cut()
    {
        var error = await RefusalAsync("HTTP/1.1 403 Forbidden\r\n\r\n" + new string('b', 5000));
        Assert.Equal(403, error.StatusCode);
        Assert.InRange(error.Message.Length, 200, 400);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        var error = await RefusalAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nonly this");
        Assert.EndsWith("It says: only this", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_is_known_is_not_lost_to_a_cancellation()
    {
        var head = ResponseHead.Parse("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 100"u8, out _)!;
        var pair = new PipePair();
        await pair.RespondAsync("slow down");
        using var cancellation = new CancellationTokenSource();
        var excerpt = ResponseReader.ReadExcerptAsync(pair.Client.Input, head, cancellation.Token);
        await cancellation.CancelAsync();
        Assert.Equal("slow down", await excerpt);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n7;x=y\r\n, there\r\n0\r\n\r\n", "It says: hello, there")]
    [InlineData("0\r\n\r\n", "Forbidden.")]
    [InlineData("zz\r\n0\r\n\r\n", "Forbidden.")]
    public async Task A_chunked_body_is_joined(string body, string end)
    {
        var error = await RefusalAsync("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        Assert.EndsWith(end, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var error = await RefusalAsync("HTTP/1.1 302 Found\r\nLocation: wss://elsewhere.example/ws\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(302, error.StatusCode);
        Assert.Contains("not followed", error.Message, StringComparison.Ordinal);
        Assert.Contains("wss://elsewhere.example/ws", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204)]
    [InlineData("HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 400)]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nSec-WebSocket-Version: 13\r\n\r\n", 426)]
    public async Task Every_other_status_is_a_refusal(string response, int status)
    {
        var error = await RefusalAsync(response);
        Assert.Equal(status, error.StatusCode);
        Assert.Null(error.RetryAfter);
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("120", 120.0)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 30.0)]
    [InlineData("Wed, 21 Oct 2015 07:27:00 GMT", 0.0)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("99999999999", (double)int.MaxValue)] // so many digits are still a number: the policy bounds it
    [InlineData("120, 60", 120.0)] // joined by a proxy
    [InlineData("60\r\nRetry-After: 120", 120.0)]
    [InlineData("120\r\nRetry-After: soon", 120.0)]
    [InlineData("Wednesday, 21-Oct-15 07:28:00 GMT", 30.0)] // RFC 850
    [InlineData("Wed Oct 21 07:28:00 2015", 30.0)] // asctime
    [InlineData("Wed Oct  7 07:28:00 2015", 0.0)]
    [InlineData("Thu, 21 Oct 2015 07:28:00 GMT", null)] // a Wednesday
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT\r\nDate: Wed, 21 Oct 2015 07:20:00 GMT", 480.0)] // by the venue's own clock
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT\r\nDate: nonsense", 30.0)]
    [InlineData("10.0", null)]
    [InlineData("+10", null)]
    [InlineData("1e3", null)]
    [InlineData("0x10", null)]
    [InlineData("10 s", null)]
    [InlineData("", null)]
    [InlineData(",", null)]
    [InlineData("\u0661\u0662", null)]
    public void Retry_after_is_seconds_or_a_date_in_any_of_the_three_forms_of_http(string value, double? seconds)
    {
        var head = ResponseHead.Parse(System.Text.Encoding.Latin1.GetBytes($"HTTP/1.1 503 Busy\r\nRetry-After: {value}"), out var error);
        Assert.Null(error);
        Assert.Equal(seconds, head!.RetryAfter(new DateTimeOffset(2015, 10, 21, 7, 27, 30, TimeSpan.Zero))?.TotalSeconds);
    }

    private static async Task<WebSocketHandshakeException> RefusalAsync(string response, bool complete = false)
    {
        var options = new HandshakeOptions();
        options.SubProtocols.Add("v1");
        options.SubProtocols.Add("v2");
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, new Uri("ws://127.0.0.1/ws"), options, CancellationToken.None);
        var request = await pair.ReadRequestAsync();
        var key = request.Split("\r\n")
            .Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
        var accept = ClientHandshake.ComputeAccept(key);
        await pair.RespondAsync(response
            .Replace("{accept}", accept, StringComparison.Ordinal)
            .Replace("{ACCEPT}", accept.ToUpperInvariant(), StringComparison.Ordinal));
        if (complete)
        {
            await pair.ServerOutput.CompleteAsync();
        }

        return await Assert.ThrowsAsync<WebSocketHandshakeException>(() => running.Soon());
    }
}
