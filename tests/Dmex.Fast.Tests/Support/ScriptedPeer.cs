using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Tests.Support;

/// <summary>One connection of a <see cref="ScriptedServer"/>: reads and writes single frames, right or wrong ones.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly SemaphoreSlim _writing = new(1);

    public ScriptedPeer(TcpClient client, Stream stream, CancellationToken closing)
    {
        Closing = closing;
        _client = client;
        _stream = new BufferedReads(stream);
    }

    /// <summary>Cancelled when the server is disposed: whatever a script waits for beside its connection, it waits for with this.</summary>
    public CancellationToken Closing { get; }

    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
    }

    /// <summary>Reads one frame whole, unmasked.</summary>
    public async Task<ScriptedFrame> ReadFrameAsync()
    {
        var head = new byte[8];
        await _stream.ReadExactlyAsync(head.AsMemory(0, 2));
        var (first, second) = (head[0], head[1]);
        long length = second & 0x7F;
        if (length == 126)
        {
            await _stream.ReadExactlyAsync(head.AsMemory(0, 2));
            length = BinaryPrimitives.ReadUInt16BigEndian(head);
        }
        else if (length == 127)
        {
            await _stream.ReadExactlyAsync(head.AsMemory(0, 8));
            length = BinaryPrimitives.ReadInt64BigEndian(head);
        }

        var masked = (second & 0x80) != 0;
        var key = new byte[4];
        if (masked)
        {
            await _stream.ReadExactlyAsync(key);
        }

        var payload = new byte[length];
        await _stream.ReadExactlyAsync(payload);
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= key[i & 3];
        }

        return new ScriptedFrame(first & 0x0F, (first & 0x80) != 0, masked, payload) { Rsv = (first >> 4) & 7 };
    }

    /// <summary>Reads until a frame of the opcode comes; answers pings meanwhile, and a close frame, which ends the script.</summary>
    public async Task<ScriptedFrame> ReadFrameAsync(int opcode)
    {
        while (true)
        {
            var frame = await ReadFrameAsync();
            if (frame.Opcode == 9)
            {
                await SendFrameAsync(10, frame.Payload);
            }

            if (frame.Opcode == opcode)
            {
                return frame;
            }

            if (frame.Opcode == 8)
            {
                await SendFrameAsync(8, frame.Payload);
                throw new EndOfStreamException("The client closed.");
            }
        }
    }

    /// <summary>Reads text messages until one is a cancel, and returns its order hash.</summary>
    public async Task<string> ReadCancelAsync()
    {
        while (true)
        {
            var text = (await ReadFrameAsync(1)).Payload;
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("data", out var data) && data.TryGetProperty("order_hash", out var hash))
            {
                return hash.GetString()!;
            }
        }
    }

    public Task SendTextAsync(string text) => SendFrameAsync(1, Encoding.UTF8.GetBytes(text));

    public async Task SendFrameAsync(int opcode, byte[] payload, bool final = true)
    {
        var header = new byte[10];
        header[0] = (byte)((final ? 0x80 : 0) | opcode);
        var size = 2;
        switch (payload.Length)
        {
            case < 126:
                header[1] = (byte)payload.Length;
                break;
            case < 65_536:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)payload.Length);
                size = 4;
                break;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), payload.Length);
                size = 10;
                break;
        }

        await SendRawAsync([.. header.AsSpan(0, size), .. payload]);
    }

    public async Task SendRawAsync(byte[] bytes)
    {
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes);
        }
        finally
        {
            _ = _writing.Release();
        }
    }

    public Task SendCloseAsync(int code, string reason)
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        _ = Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return SendFrameAsync(8, payload);
    }

    /// <summary>Confirms a cancel in the form that the classifier knows.</summary>
    public Task ConfirmAsync(string hash) =>
        SendTextAsync("{\"op\":\"cancel_order\",\"status\":\"canceled\",\"data\":{\"order_hash\":\"" + hash + "\"}}");

    /// <summary>Ends this side of the connection; what the client still sends can be read.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Cuts the connection with a reset.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Client.Close();
    }

    /// <summary>Runs until the client goes, reading and dropping; answers pings and the close frame.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            var frame = await ReadFrameAsync();
            if (frame.Opcode == 9)
            {
                await SendFrameAsync(10, frame.Payload);
            }
            else if (frame.Opcode == 8)
            {
                await SendFrameAsync(8, frame.Payload);
                return;
            }
        }
    }

    /// <summary>Buffers reads of single bytes, and passes writes through.</summary>
    private sealed class BufferedReads(Stream inner) : Stream
    {
        private readonly byte[] _buffer = new byte[32 * 1024];
        private int _start;
        private int _end;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start == _end && buffer.Length > 0)
            {
                _start = 0;
                _end = await inner.ReadAsync(_buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
            _start += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
