using System.Buffers;
using System.Text;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class ClientHandshakeTests
{
    private const string Good =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

    private static readonly Uri Endpoint = new("wss://api.dmex.app/ws");

    [Fact]
    public void The_accept_of_the_specification_is_computed() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", ClientHandshake.ComputeAccept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("wss://api.dmex.app/ws", "GET /ws HTTP/1.1", "Host: api.dmex.app")]
    [InlineData("wss://api.dmex.app", "GET / HTTP/1.1", "Host: api.dmex.app")]
    [InlineData("wss://api.dmex.app:443/ws?a=1&b=%20", "GET /ws?a=1&b=%20 HTTP/1.1", "Host: api.dmex.app")]
    [InlineData("ws://127.0.0.1:80/ws", "GET /ws HTTP/1.1", "Host: 127.0.0.1")]
    [InlineData("ws://127.0.0.1:443/ws", "GET /ws HTTP/1.1", "Host: 127.0.0.1:443")]
    [InlineData("wss://[::1]:8080/a b", "GET /a%20b HTTP/1.1", "Host: [::1]:8080")]
    public async Task The_request_names_path_and_host(string endpoint, string requestLine, string host)
    {
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, new Uri(endpoint), new HandshakeOptions(), CancellationToken.None);
        var lines = (await pair.ReadRequestAsync()).Split("\r\n");
        Assert.Equal(requestLine, lines[0]);
        Assert.Equal(host, lines[1]);
        Assert.Contains("Upgrade: websocket", lines, StringComparer.Ordinal);
        Assert.Contains("Connection: Upgrade", lines, StringComparer.Ordinal);
        Assert.Contains("Sec-WebSocket-Version: 13", lines, StringComparer.Ordinal);
        Assert.Contains("User-Agent: Dmex.Fast", lines, StringComparer.Ordinal);
        Assert.Equal(16, Convert.FromBase64String(KeyOf(string.Join("\r\n", lines))).Length);
        await pair.ServerOutput.CompleteAsync();
        await Assert.ThrowsAsync<WebSocketHandshakeException>(() => running);
    }

    [Fact]
    public async Task Options_go_into_the_request_and_each_key_is_fresh()
    {
        var options = new HandshakeOptions { UserAgent = "maker/1.0" };
        options.Headers["X-Api-Key"] = "abc";
        options.SubProtocols.Add("v2");
        options.SubProtocols.Add("v1");
        var (request, subProtocol) = await ShakeAsync(
            Good.Replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: v1\r\n\r\n", StringComparison.Ordinal), options);
        Assert.Equal("v1", subProtocol);
        Assert.Contains("\r\nUser-Agent: maker/1.0\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Api-Key: abc\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: v2, v1\r\n", request, StringComparison.Ordinal);

        var (second, none) = await ShakeAsync(Good, options);
        Assert.Null(none);
        Assert.NotEqual(KeyOf(request), KeyOf(second), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 101\r\nupgrade: WebSocket\r\nCONNECTION: keep-alive, UPGRADE\r\nsec-websocket-accept:{accept}\r\n\r\n")]
    [InlineData("HTTP/1.1 101 \r\nUpgrade:\t websocket \t\r\nConnection: keep-alive\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\nX: \u00E9\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Good)]
    public async Task Responses_that_only_look_different_are_accepted(string response) =>
        Assert.Null((await ShakeAsync(response)).SubProtocol);

    [Fact]
    public async Task A_response_byte_by_byte_is_accepted_and_what_follows_stays_in_the_pipe()
    {
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, Endpoint, new HandshakeOptions(), CancellationToken.None);
        var response = Encoding.ASCII.GetBytes(
            Good.Replace("{accept}", ClientHandshake.ComputeAccept(KeyOf(await pair.ReadRequestAsync())), StringComparison.Ordinal));
        foreach (var b in response)
        {
            Assert.False(running.IsCompleted);
            await pair.ServerOutput.WriteAsync(new[] { b });
        }

        Assert.Null(await running);
        await pair.ServerOutput.WriteAsync(ServerFrames.Text("later"));
        Assert.Equal("later", await ReadTextAsync(pair));
    }

    [Fact]
    public async Task Frames_in_the_same_packet_as_the_response_stay_in_the_pipe()
    {
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, Endpoint, new HandshakeOptions(), CancellationToken.None);
        var accept = ClientHandshake.ComputeAccept(KeyOf(await pair.ReadRequestAsync()));
        await pair.ServerOutput.WriteAsync((byte[])
            [.. Encoding.ASCII.GetBytes(Good.Replace("{accept}", accept, StringComparison.Ordinal)), .. ServerFrames.Text(
                "first\r\n\r\n")]);
        Assert.Null(await running);
        Assert.Equal("first\r\n\r\n", await ReadTextAsync(pair));
    }

    [Fact]
    public async Task Canceling_ends_the_wait()
    {
        using var cancellation = new CancellationTokenSource();
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, Endpoint, new HandshakeOptions(), cancellation.Token);
        await pair.ReadRequestAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("https://api.dmex.app/ws")]
    [InlineData("/ws")]
    [InlineData("wss://user:hunter2@api.dmex.app/ws")]
    [InlineData("wss://api.dmex.app/ws#part")]
    public async Task An_endpoint_that_is_no_websocket_uri_is_refused(string text)
    {
        var pair = new PipePair();
        var uri = new Uri(text, UriKind.RelativeOrAbsolute);
        var error = await Assert.ThrowsAsync<ArgumentException>(
            "endpoint", () => ClientHandshake.RunAsync(pair.Client, uri, new HandshakeOptions(), CancellationToken.None));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_validated_before_anything_is_sent()
    {
        var options = new HandshakeOptions();
        options.Headers["Host"] = "evil";
        await Assert.ThrowsAsync<ArgumentException>(
            () => ClientHandshake.RunAsync(new PipePair().Client, Endpoint, options, CancellationToken.None));
    }

    private static string KeyOf(string request) =>
        request.Split("\r\n")
            .Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];

    private static async Task<(string Request, string? SubProtocol)> ShakeAsync(string response, HandshakeOptions? options = null)
    {
        var pair = new PipePair();
        var running = ClientHandshake.RunAsync(pair.Client, Endpoint, options ?? new HandshakeOptions(), CancellationToken.None);
        var request = await pair.ReadRequestAsync();
        await pair.RespondAsync(response.Replace("{accept}", ClientHandshake.ComputeAccept(KeyOf(request)), StringComparison.Ordinal));
        return (request, await running);
    }

    private static async Task<string> ReadTextAsync(PipePair pair)
    {
        using var reader = new FrameReader(new FrameReaderOptions());
        var buffer = (await pair.Client.Input.ReadAsync()).Buffer;
        Assert.Equal(FrameReadStatus.Text, reader.TryRead(ref buffer, out var message));
        var text = Encoding.UTF8.GetString(message.Span);
        pair.Client.Input.AdvanceTo(buffer.Start);
        return text;
    }
}
