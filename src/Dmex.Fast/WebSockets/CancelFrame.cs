using System.Buffers.Binary;
using Dmex.Fast.Messages;
using Dmex.Fast.Signing;

namespace Dmex.Fast.WebSockets;

/// <summary>
/// A cancel as one whole masked text frame. Every cancel message has one length, so every frame has:
/// <code>
/// frame = 0x81 0xFE length(16, big-endian) masking-key(4) masked CancelMessage
/// </code>
/// Pure; nothing is allocated.
/// </summary>
internal static class CancelFrame
{
    /// <summary>The length of every frame in bytes.</summary>
    public const int Length = PayloadAt + CancelMessage.Length;

    private const int KeyAt = 4;
    private const int PayloadAt = KeyAt + sizeof(uint);

    // FIN, text; masked, with a 16-bit length, which fits as long as the message has 126 to 65,535 bytes.
    private const uint Header = 0x81FE_0000 | CancelMessage.Length;

    /// <summary>Writes the frame.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; what follows them stays as it is.</param>
    /// <param name="hash">The order to cancel.</param>
    /// <param name="signature">The creator's signature of it.</param>
    /// <param name="maskingKey">A fresh key (see <see cref="MaskingKeys"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or <paramref name="signature"/> the default value. Nothing was written.</exception>
    public static void Write(Span<byte> destination, in OrderHash hash, in Signature signature, uint maskingKey)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"A cancel's frame takes {Length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        // The message first: it is what can be refused, and then nothing is written.
        Span<byte> message = destination[PayloadAt..Length];
        CancelMessage.Write(hash, signature, message);
        BinaryPrimitives.WriteUInt32BigEndian(destination, Header);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[KeyAt..], maskingKey);
        FrameMask.Apply(message, maskingKey);
    }

    /// <summary>Copies a frame under another masking key: a key is for one use, and the message under it stays.</summary>
    /// <param name="frame">A frame of <see cref="Write"/>.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes, apart from <paramref name="frame"/>.</param>
    /// <param name="maskingKey">A fresh key (see <see cref="MaskingKeys"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short. Nothing was written.</exception>
    public static void Remask(ReadOnlySpan<byte> frame, Span<byte> destination, uint maskingKey)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"A cancel's frame takes {Length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        uint used = BinaryPrimitives.ReadUInt32LittleEndian(frame[KeyAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination, Header);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[KeyAt..], maskingKey);
        FrameMask.Apply(frame[PayloadAt..Length], destination[PayloadAt..Length], used ^ maskingKey);
    }
}
