using System.Buffers;

namespace Dmex.Fast.WebSockets;

internal sealed class FrameReader(FrameReaderOptions options) : IDisposable
{
    public FrameError Error { get; private set; }

    public FrameReadStatus TryRead(ref ReadOnlySequence<byte> buffer, out WebSocketMessage message) =>
        throw new NotSupportedException($"{options} {buffer.Length}");

    public void Dispose()
    {
    }
}
