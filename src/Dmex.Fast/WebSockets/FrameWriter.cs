using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// Whole client frames as bytes:
/// <code>
/// frame = header(FIN=1, RSV=0, opcode, MASK=1, length) masking-key(4) masked-payload(length)
/// close = frame(Close, code(16, big-endian) reason(UTF-8, at most 123 bytes))
/// </code>
/// Pure: the bytes depend on the arguments alone. Nothing is allocated.
/// </summary>
internal static class FrameWriter
{
    /// <summary>The maximum length of a close frame's reason in bytes: the code takes two of the 125.</summary>
    public const int MaxCloseReasonBytes = FrameHeader.MaxControlPayload - sizeof(ushort);

    private const int KeyLength = sizeof(uint);

    /// <summary>The length in bytes of the frame for a payload so long.</summary>
    public static int FrameLength(int payloadLength) => FrameHeader.LengthFor(payloadLength) + KeyLength + payloadLength;

    /// <summary>Writes one unfragmented, masked frame and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="FrameLength"/> bytes, apart from <paramref name="payload"/>.</param>
    /// <param name="opcode">Any but Continuation.</param>
    /// <param name="payload">At most 125 bytes in a control frame. Text must be UTF-8; that is not checked.</param>
    /// <param name="maskingKey">A fresh key (see <see cref="MaskingKeys"/>).</param>
    /// <exception cref="ArgumentException">The destination is too short, or the payload too long for a control frame.</exception>
    public static int Write(Span<byte> destination, Opcode opcode, ReadOnlySpan<byte> payload, uint maskingKey)
    {
        var header = new FrameHeader(Fin: true, Rsv: 0, opcode, Masked: true, payload.Length);
        if (header.IsControl && payload.Length > FrameHeader.MaxControlPayload)
        {
            throw new ArgumentException($"A control frame carries at most 125 bytes, not {payload.Length}.", nameof(payload));
        }

        var length = FrameLength(payload.Length);
        if (destination.Length < length)
        {
            throw new ArgumentException(
                $"The frame takes {length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        var at = header.Write(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], maskingKey);
        FrameMask.Apply(payload, destination.Slice(at + KeyLength, payload.Length), maskingKey);
        return length;
    }

    /// <summary>Writes a close frame and returns its length in bytes, at most 131.</summary>
    /// <param name="destination">At least as long as the frame; 131 bytes always do.</param>
    /// <param name="code">
    /// A code that may stand on the wire; or <see cref="CloseCode.NoStatus"/> for an empty close frame, whose reason must be empty.
    /// </param>
    /// <param name="reason">Cut behind the last whole character within 123 bytes of UTF-8; a lone surrogate becomes U+FFFD.</param>
    /// <param name="maskingKey">A fresh key (see <see cref="MaskingKeys"/>).</param>
    /// <exception cref="ArgumentException">
    /// The code may not be sent, an empty frame has a reason, or the destination is too short.
    /// </exception>
    public static int WriteClose(Span<byte> destination, CloseCode code, ReadOnlySpan<char> reason, uint maskingKey)
    {
        if (code == CloseCode.NoStatus && reason.IsEmpty)
        {
            return Write(destination, Opcode.Close, [], maskingKey);
        }

        if (!CloseCodeRules.IsValidOnWire(code))
        {
            throw new ArgumentException(
                $"The close code {(int)code} may not be sent; 1000–1003, 1007–1014 and 3000–4999 may.", nameof(code));
        }

        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        var length = sizeof(ushort);
        foreach (var rune in reason.EnumerateRunes())
        {
            if (!rune.TryEncodeToUtf8(payload[length..], out var written))
            {
                break;
            }

            length += written;
        }

        return Write(destination, Opcode.Close, payload[..length], maskingKey);
    }
}
