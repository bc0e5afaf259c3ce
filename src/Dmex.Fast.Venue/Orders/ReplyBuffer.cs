using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Dmex.Fast.Venue.Orders;

/// <summary>A JSON writer over a buffer, both used again for each message of one sender. Not thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The writer writes to memory only and is flushed by End: nothing is left to release.")]
internal sealed class ReplyBuffer
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;

    public ReplyBuffer()
    {
        _writer = new Utf8JsonWriter(_buffer);
    }

    public Utf8JsonWriter Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        return _writer;
    }

    /// <summary>The message; valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _writer.Flush();
        return _buffer.WrittenMemory;
    }
}
