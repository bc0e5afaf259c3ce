namespace Dmex.Fast.Connections;

/// <summary>The newest frame of one control opcode that is to be sent: a newer one takes the place of one that has not gone yet.</summary>
internal sealed class ControlSlot
{
    /// <summary>A masked control frame: 2 bytes of header, 4 of key, at most 125 of payload (RFC 6455 §5.5).</summary>
    public const int MaxFrameSize = 2 + 4 + 125;

    private readonly byte[] _frame = new byte[MaxFrameSize];
    private int _length;

    public bool IsEmpty => _length == 0;

    public void Put(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_frame);
        _length = frame.Length;
    }

    public void Clear() => _length = 0;

    /// <summary>Moves the frame, if there is one, to <paramref name="destination"/>; returns its length.</summary>
    public int MoveTo(Span<byte> destination)
    {
        var length = _length;
        _frame.AsSpan(0, length).CopyTo(destination);
        _length = 0;
        return length;
    }
}
