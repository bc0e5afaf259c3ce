using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dmex.Fast.Signing;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Protocol;

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
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or <paramref name="signature"/> the default value.
    /// Nothing was written.</exception>
    public static void Write(Span<byte> destination, in OrderHash hash, in Signature signature, uint maskingKey)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException(
                $"A cancel's frame takes {Length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        // The message first: it is what can be refused, and then nothing is written.
        var message = destination[PayloadAt..Length];
        CancelMessage.Write(hash, signature, message);
        BinaryPrimitives.WriteUInt32BigEndian(destination, Header);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[KeyAt..], maskingKey);
        FrameMask.Apply(message, maskingKey);
    }

    /// <summary>Copies a frame under another masking key: a key is for one use, and the message under it stays.</summary>
    /// <param name="frame">A frame of <see cref="Write"/>.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes, apart from <paramref name="frame"/>.</param>
    /// <param name="maskingKey">A fresh key (see <see cref="MaskingKeys"/>).</param>
    /// <exception cref="ArgumentException"><paramref name="frame"/> or <paramref name="destination"/> is too short. Nothing was
    /// written.</exception>
    public static void Remask(ReadOnlySpan<byte> frame, Span<byte> destination, uint maskingKey)
    {
        if (frame.Length < Length)
        {
            throw new ArgumentException($"A cancel's frame has {Length} bytes, not {frame.Length}.", nameof(frame));
        }

        var used = BinaryPrimitives.ReadUInt32LittleEndian(frame[KeyAt..]);
        Copy(frame, destination, used ^ maskingKey);
    }

    /// <summary>Copies a frame, its masking key XOR <paramref name="difference"/>.</summary>
    /// <param name="frame">A frame of <see cref="Write"/>; not checked.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes, apart from <paramref name="frame"/>.</param>
    /// <param name="difference">0 for the frame as it is.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short. Nothing was written.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ReadOnlySpan<byte> frame, Span<byte> destination, uint difference)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException(
                $"A cancel's frame takes {Length} bytes, and the destination has {destination.Length}.", nameof(destination));
        }

        if (!Vector256.IsHardwareAccelerated || !BitConverter.IsLittleEndian)
        {
            frame[..KeyAt].CopyTo(destination);
            FrameMask.Apply(frame[KeyAt..Length], destination[KeyAt..Length], difference);
            return;
        }

        // The key and the payload after it begin at multiples of four, so that one pattern serves all but the header. A
        // fixed number of vectors, without a loop: copies of frames in a burst then overlap in the processor.
        const int Half = 32;
        const int Quarter = 16;
        ref var from = ref MemoryMarshal.GetReference(frame);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var pattern = Vector256.Create(difference).AsByte();
        var first = Vector256.Create(difference).WithElement(0, 0u).AsByte();
        (Vector256.LoadUnsafe(ref from) ^ first).StoreUnsafe(ref to);
        (Vector256.LoadUnsafe(ref from, Half) ^ pattern).StoreUnsafe(ref to, Half);
        (Vector256.LoadUnsafe(ref from, 2 * Half) ^ pattern).StoreUnsafe(ref to, 2 * Half);
        (Vector256.LoadUnsafe(ref from, 3 * Half) ^ pattern).StoreUnsafe(ref to, 3 * Half);
        (Vector256.LoadUnsafe(ref from, 4 * Half) ^ pattern).StoreUnsafe(ref to, 4 * Half);
        (Vector256.LoadUnsafe(ref from, 5 * Half) ^ pattern).StoreUnsafe(ref to, 5 * Half);
        (Vector256.LoadUnsafe(ref from, 6 * Half) ^ pattern).StoreUnsafe(ref to, 6 * Half);
        (Vector256.LoadUnsafe(ref from, 7 * Half) ^ pattern).StoreUnsafe(ref to, 7 * Half);
        (Vector128.LoadUnsafe(ref from, 8 * Half) ^ pattern.GetLower()).StoreUnsafe(ref to, 8 * Half);
        Unsafe.Add(ref to, (8 * Half) + Quarter) = (byte)(Unsafe.Add(ref from, (8 * Half) + Quarter) ^ difference);
    }
}
