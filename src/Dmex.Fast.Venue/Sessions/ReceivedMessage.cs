using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>A buffer for one message, used again; knows when the last byte was read.</summary>
internal sealed class ReceivedMessage
{
    private byte[] _buffer = new byte[512];
    private int _length;

    public ReadOnlySpan<byte> Content => _buffer.AsSpan(0, _length);

    public bool IsText { get; private set; }

    public long ReceivedTimestamp { get; private set; }

    /// <summary>Reads one message, whole or in fragments; stamps it before anybody looks inside.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadEnd> ReadAsync(WebSocket socket, int maxBytes)
    {
        _length = 0;
        try
        {
            while (true)
            {
                if (_length == _buffer.Length)
                {
                    if (_length >= maxBytes)
                    {
                        return ReadEnd.TooBig;
                    }

                    Array.Resize(ref _buffer, Math.Min(maxBytes, _length * 2));
                }

                var read = await socket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return ReadEnd.Close;
                }

                _length += read.Count;
                if (read.EndOfMessage)
                {
                    ReceivedTimestamp = Stopwatch.GetTimestamp();
                    IsText = read.MessageType == WebSocketMessageType.Text;
                    return ReadEnd.Message;
                }
            }
        }
        catch (Exception e) when (SessionWriter.IsConnectionLoss(e))
        {
            return ReadEnd.Broken;
        }
    }
}
