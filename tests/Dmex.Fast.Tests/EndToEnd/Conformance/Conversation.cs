using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tests.Unit.WebSockets;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Conformance;

/// <summary>
/// A real client, connected over TCP, and the server's end of its one connection, which says what a case prescribes. What
/// the client can be seen to do is here: the messages that it raises, the frames that it sends, the end that it reports,
/// and that it still cancels orders.
/// </summary>
internal sealed class Conversation : IAsyncDisposable
{
    private const int TextOpcode = 1;
    private const int CloseOpcode = 8;
    private const int PingOpcode = 9;
    private const int PongOpcode = 10;

    private readonly Channel<MessageReceivedEventArgs> _messages = Channel.CreateUnbounded<MessageReceivedEventArgs>();
    private readonly TaskCompletionSource<ScriptedPeer> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ConnectionLoss> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _caseId;
    private readonly ScriptedServer _server;
    private DmexClient? _client;
    private ScriptedPeer? _peer;
    private int _watching;
    private bool _hasCanceled;

    private Conversation(string caseId)
    {
        _caseId = caseId;
        _server = new ScriptedServer(async peer =>
        {
            if (_connected.TrySetResult(peer))
            {
                await _done.Task.WaitAsync(peer.Closing);
            }
            else
            {
                // A client that connects again after its loss is none of the case's business.
                await peer.DrainAsync();
            }
        });
    }

    public DmexClient Client => _client!;

    private ScriptedPeer Peer => _peer!;

    /// <summary>The octets of a text.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Connects a client for this case.</summary>
    public static async Task<Conversation> OpenAsync(string caseId, Action<DmexClientOptions>? configure = null)
    {
        var conversation = new Conversation(caseId);
        try
        {
            conversation._client = await TestClient.ConnectAsync(conversation._server.Uri, options =>
            {
                // Subscribed before the first byte is read, so that no message is missed.
                options.AfterConnect = (session, _) =>
                {
                    conversation.Watch(session.Client);
                    return Task.CompletedTask;
                };
                configure?.Invoke(options);
            });
            conversation._peer = await conversation._connected.Task.Soon();
            return conversation;
        }
        catch
        {
            await conversation.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ = _done.TrySetResult();
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    /// <summary>The server sends these frames in one write.</summary>
    public Task SendAsync(params byte[][] frames) => SendAsync(Chop.Together, frames);

    /// <summary>The server sends these frames, cut into writes so.</summary>
    public async Task SendAsync(Chop chop, params byte[][] frames)
    {
        switch (chop)
        {
            case Chop.Together:
                await WriteAsync(Payloads.Join(frames));
                break;
            case Chop.Frames:
                foreach (var frame in frames)
                {
                    await WriteAsync(frame);
                }

                break;
            default:
                await SendInChopsAsync(1, Payloads.Join(frames));
                break;
        }
    }

    /// <summary>The server sends these bytes in writes of so many octets.</summary>
    public async Task SendInChopsAsync(int octets, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += octets)
        {
            await WriteAsync(bytes[at..Math.Min(at + octets, bytes.Length)]);
        }
    }

    /// <summary>The client raises this message next, its bytes untouched.</summary>
    public async Task ReceivesAsync(Opcode opcode, byte[] payload)
    {
        var message = await _messages.Reader.ReadAsync().Soon();
        Assert.Equal(opcode == Opcode.Text, message.IsText);
        AssertSame(payload, message.Payload.Span);
    }

    /// <summary>The client sends this pong next (RFC 6455 §5.5.3).</summary>
    public async Task PongsAsync(byte[] payload)
    {
        var pong = await FrameAsync();
        Assert.Equal(PongOpcode, pong.Opcode);
        Assert.Equal(payload, pong.Payload);
    }

    /// <summary>The client sends this text next.</summary>
    public async Task EchoesAsync(byte[] payload)
    {
        Assert.Equal(SendOutcomeKind.Written, (await Client.SendTextAsync(payload).Soon()).Kind);
        var text = await ReadAsync();
        Assert.Equal(TextOpcode, text.Opcode);
        AssertSame(payload, text.Payload);
    }

    /// <summary>The client sends a cancel next, for an order of its own.</summary>
    public async Task<ValueTask<CancelOutcome>> SendsCancelAsync()
    {
        var hash = TestClient.Hash(1);
        var cancel = Client.CancelAsync(hash);
        var frame = await FrameAsync();
        Assert.Equal(TextOpcode, frame.Opcode);
        Assert.Contains($"\"{hash}\"", frame.Text, StringComparison.Ordinal);
        _hasCanceled = true;
        return cancel;
    }

    /// <summary>The client goes on working: a cancel goes out and its confirmation is understood.</summary>
    public async Task WorksAsync()
    {
        var cancel = await SendsCancelAsync();
        await Peer.ConfirmAsync(TestClient.Hash(1).ToString());
        Assert.Equal(CancelOutcomeKind.Confirmed, (await cancel.Soon()).Kind);
    }

    /// <summary>
    /// The client goes on working, and a close with 1000 is answered with the same code (RFC 6455 §5.5.1): no message and
    /// no frame has come beside those that the case expects.
    /// </summary>
    public async Task WorksAndClosesAsync()
    {
        await WorksAsync();
        await SendAsync(ServerFrames.Close(1000));
        _ = await AnswersCloseAsync(1000);
    }

    /// <summary>
    /// The client answers the server's close with the code that it carried, null for none (RFC 6455 §5.5.1), sends nothing
    /// after it, and reports that the venue closed with that code.
    /// </summary>
    public async Task<ConnectionLoss> AnswersCloseAsync(int? code)
    {
        var close = await FrameAsync();
        Assert.Equal(CloseOpcode, close.Opcode);
        Assert.Equal(code is { } sent ? Code(sent) : [], close.Payload);
        var loss = await EndAsync();
        Assert.Equal((ConnectionLossKind.ClosedByVenue, (int?)code), (loss.Kind, loss.CloseCode));
        return loss;
    }

    /// <summary>
    /// The client fails the connection (RFC 6455 §7.1.7): it sends a close frame with this code and nothing after it, raises
    /// nothing more, whatever the server goes on to say, and reports a protocol error with the code.
    /// </summary>
    public async Task FailsAsync(int code)
    {
        var close = await FrameAsync();
        Assert.Equal((CloseOpcode, code), (close.Opcode, close.CloseCode));
        _ = await _lost.Task.Soon();
        await SendAsync(ServerFrames.Text("too late"), ServerFrames.Frame(Opcode.Ping, []));
        var loss = await EndAsync();
        Assert.Equal((ConnectionLossKind.ProtocolError, (int?)code), (loss.Kind, loss.CloseCode));
        Assert.Equal((CloseCode)code, Assert.IsType<WebSocketProtocolException>(loss.Exception).CloseCode);
    }

    /// <summary>Ends the server's side: the client ends the connection (RFC 6455 §7.1.1) without a further frame or message.</summary>
    private async Task<ConnectionLoss> EndAsync()
    {
        Peer.EndSending();
        _ = await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync());
        var loss = await _lost.Task.Soon();

        // Disposing lets the handlers of what is queued run.
        await Client.DisposeAsync();
        Assert.False(_messages.Reader.TryRead(out var more), $"Case {_caseId}: a further message came: {more}");
        return loss;
    }

    /// <summary>The client's next frame beside those of its own affairs: pings when it is quiet for long, a cancel sent again.</summary>
    private async Task<ScriptedFrame> FrameAsync()
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Opcode != PingOpcode && !(frame.Opcode == TextOpcode && _hasCanceled))
            {
                return frame;
            }
        }
    }

    /// <summary>Reads a frame; every frame of a client is masked and has no reserved bit set (RFC 6455 §5.1, §5.2).</summary>
    private async Task<ScriptedFrame> ReadAsync()
    {
        var frame = await Peer.ReadFrameAsync().Soon();
        Assert.Equal((true, 0, true), (frame.Masked, frame.Rsv, frame.Final));
        return frame;
    }

    private async Task WriteAsync(byte[] bytes)
    {
        try
        {
            await Peer.SendRawAsync(bytes).Soon();
        }
        catch (IOException) when (_lost.Task.IsCompleted)
        {
            // The client has failed the connection before the case was said to its end, which is its right.
        }
    }

    private void Watch(DmexClient client)
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0)
        {
            client.MessageReceived += (_, message) => _messages.Writer.TryWrite(message);
            client.ConnectionLost += (_, lost) => _lost.TrySetResult(lost.Loss);
        }
    }

    private static byte[] Code(int code)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return payload;
    }

    private void AssertSame(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        Assert.True(
            expected.SequenceEqual(actual),
            $"Case {_caseId}: expected {expected.Length} bytes, got {actual.Length}; the first {expected.CommonPrefixLength(actual)} are "
            + "the same.");

}
