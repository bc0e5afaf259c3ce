using System.Buffers;

namespace Dmex.Fast.WebSockets;

/// <summary>One contiguous, growing, pooled run of bytes. The caller bounds its length. Not thread-safe.</summary>
internal sealed class MessageBuffer
{
    /// <summary>A buffer up to this size in bytes is kept between messages, so that the usual ones allocate nothing.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _bytes = [];

    /// <summary>The number of bytes appended since the last Clear.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes appended; void after the next call of any other member.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Appends a copy.</summary>
    public void Append(in ReadOnlySequence<byte> source)
    {
        var length = checked((int)source.Length);
        var needed = checked(Length + length);
        if (needed > _bytes.Length)
        {
            Grow(needed);
        }

        source.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Forgets the bytes; an unusually large buffer goes back to the pool.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
        {
            Release();
        }
    }

    /// <summary>Forgets the bytes and gives the buffer back to the pool.</summary>
    public void Release()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Grow(int needed)
    {
        // Doubling keeps the copying linear when a message comes in many small fragments.
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
