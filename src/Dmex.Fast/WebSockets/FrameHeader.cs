using System.Buffers.Binary;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// The start of a frame (RFC 6455 §5.2), without the masking key:
/// <code>
/// header = FIN(1) RSV(3) opcode(4) MASK(1) length(7) [extended length (16, when length = 126; 64, when length = 127)]
/// </code>
/// Numbers are big-endian. Parsing checks the form of the length only; the reader judges the rest.
/// </summary>
/// <param name="Fin">This frame ends its message.</param>
/// <param name="Rsv">The three reserved bits, RSV1 the highest: 0–7. They must be 0 without an extension.</param>
/// <param name="Opcode">The four bits as they stand; reserved values included.</param>
/// <param name="Masked">A masking key of four bytes follows the header.</param>
/// <param name="PayloadLength">The length of the payload in bytes, not negative.</param>
internal readonly record struct FrameHeader(bool Fin, int Rsv, Opcode Opcode, bool Masked, long PayloadLength)
{
    /// <summary>The maximum length of a header in bytes, without a masking key.</summary>
    public const int MaxLength = 10;

    /// <summary>The maximum length of the payload of a control frame (§5.5).</summary>
    public const int MaxControlPayload = 125;

    private const int SixteenBits = 126;
    private const int SixtyFourBits = 127;

    /// <summary>Close, ping, pong and the reserved 0xB–0xF.</summary>
    public bool IsControl => ((int)Opcode & 0x8) != 0;

    /// <summary>The length of this header in bytes: 2, 4 or 10.</summary>
    public int Length => LengthFor(PayloadLength);

    /// <summary>The length in bytes, 2, 4 or 10, of the header of a payload so long.</summary>
    public static int LengthFor(long payloadLength) => payloadLength < SixteenBits ? 2 : payloadLength <= ushort.MaxValue ? 4 : MaxLength;

    /// <summary>
    /// Reads a header from the front of <paramref name="source"/>; <paramref name="header"/> is set when the status is Complete.
    /// </summary>
    public static FrameHeaderStatus TryParse(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < 2)
        {
            return FrameHeaderStatus.NeedMore;
        }

        long length = source[1] & 0x7F;
        if (length == SixteenBits)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(source[2..], out var extended))
            {
                return FrameHeaderStatus.NeedMore;
            }

            length = extended;
            if (length < SixteenBits)
            {
                return FrameHeaderStatus.LengthNotMinimal;
            }
        }
        else if (length == SixtyFourBits)
        {
            if (!BinaryPrimitives.TryReadInt64BigEndian(source[2..], out length))
            {
                return FrameHeaderStatus.NeedMore;
            }

            if (length < 0)
            {
                return FrameHeaderStatus.LengthTopBitSet;
            }

            if (length <= ushort.MaxValue)
            {
                return FrameHeaderStatus.LengthNotMinimal;
            }
        }

        header = new FrameHeader((source[0] & 0x80) != 0, (source[0] >> 4) & 7, (Opcode)(source[0] & 0xF), (source[1] & 0x80) != 0, length);
        return FrameHeaderStatus.Complete;
    }

    /// <summary>Writes this header and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    public int Write(Span<byte> destination)
    {
        var length = Length;
        if (destination.Length < length)
        {
            throw new ArgumentException(
                $"The header takes {length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        destination[0] = (byte)((Fin ? 0x80 : 0) | (Rsv << 4) | (int)Opcode);
        var mask = Masked ? 0x80 : 0;
        switch (length)
        {
            case 2:
                destination[1] = (byte)(mask | (int)PayloadLength);
                break;
            case 4:
                destination[1] = (byte)(mask | SixteenBits);
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)PayloadLength);
                break;
            default:
                destination[1] = (byte)(mask | SixtyFourBits);
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], PayloadLength);
                break;
        }

        return length;
    }
}
