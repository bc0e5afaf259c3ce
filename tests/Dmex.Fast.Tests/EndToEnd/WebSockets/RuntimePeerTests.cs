using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.WebSockets;

/// <summary>The runtime's own WebSocket as the server: what we write it reads, and what it writes we read.</summary>
public sealed class RuntimePeerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_message_comes_back_as_it_was_sent()
    {
        var random = Seed.Create(output);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync().Soon();
        using var server = WebSocket.CreateFromStream(accepted.GetStream(), new WebSocketCreationOptions { IsServer = true });
        using var deadline = new CancellationTokenSource(Wait.Long);
        var echo = EchoAsync(server, deadline.Token);

        var stream = client.GetStream();
        var input = PipeReader.Create(stream);
        var keys = new MaskingKeys();
        using var reader = new FrameReader(new FrameReaderOptions());
        foreach (var length in new[] { 0, 1, 125, 126, 4000, 65535, 65536, 300_000 })
        {
            var payload = Encoding.ASCII.GetBytes(new string((char)('a' + random.Next(26)), length));
            foreach (var opcode in new[] { Opcode.Text, Opcode.Binary })
            {
                // Read while sending: the echo may fill the connection both ways.
                var sending = SendAsync(stream, opcode, payload, keys);
                var echoed = await ReadAsync(input, reader, deadline.Token);
                await sending;
                Assert.Equal(opcode, echoed.Opcode);
                Assert.Equal(payload, echoed.Payload);
            }
        }

        await SendAsync(stream, Opcode.Ping, "are you there"u8.ToArray(), keys);
        var pong = await ReadAsync(input, reader, deadline.Token);
        Assert.Equal(Opcode.Pong, pong.Opcode);
        Assert.Equal("are you there"u8, pong.Payload);

        var close = new byte[131];
        var closeLength = FrameWriter.WriteClose(close, CloseCode.GoingAway, "leaving", keys.Next());
        await stream.WriteAsync(close.AsMemory(0, closeLength), deadline.Token);
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "leaving"), await echo);
        Assert.Equal(Opcode.Close, (await ReadAsync(input, reader, deadline.Token)).Opcode);
    }

    private static async Task SendAsync(NetworkStream stream, Opcode opcode, byte[] payload, MaskingKeys keys)
    {
        var frame = new byte[FrameWriter.FrameLength(payload.Length)];
        FrameWriter.Write(frame, opcode, payload, keys.Next());
        await stream.WriteAsync(frame);
    }

    private static async Task<(Opcode Opcode, byte[] Payload)> ReadAsync(
        PipeReader input, FrameReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var status = reader.TryRead(ref buffer, out var message);
            Assert.True(status != FrameReadStatus.ProtocolError, reader.Error?.Description);
            if (status != FrameReadStatus.NeedMore)
            {
                var read = (message.Opcode, message.Payload.ToArray());
                input.AdvanceTo(buffer.Start);
                return read;
            }

            Assert.False(result.IsCompleted, "The server closed the connection.");
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Sends back each piece as it comes, so that long messages come back in fragments.</summary>
    private static async Task<(WebSocketCloseStatus?, string?)> EchoAsync(WebSocket server, CancellationToken cancellationToken)
    {
        var piece = new byte[5000];
        while (true)
        {
            var received = await server.ReceiveAsync(piece, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellationToken);
                return (server.CloseStatus, server.CloseStatusDescription);
            }

            await server.SendAsync(piece.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
        }
    }
}
