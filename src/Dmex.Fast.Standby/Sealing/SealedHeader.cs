using System.Buffers.Binary;

namespace Dmex.Fast.Standby.Sealing;

/// <summary>
/// The header of a sealed message, in clear and authenticated with it:
/// <code>
/// message = version (1) kind (1) 0 (6) sender (24) sequence (8) ciphertext tag (16)
/// </code>
/// AES-256-GCM under the sender's key; the nonce is the sequence and four zeros; all of the header is associated data.
/// </summary>
/// <param name="Kind">What the message is.</param>
/// <param name="Sender">Who sealed it.</param>
/// <param name="Sequence">From 1, growing by one from message to message of a sender.</param>
internal readonly record struct SealedHeader(SealedKind Kind, SealedSender Sender, ulong Sequence)
{
    /// <summary>The length of the header in bytes.</summary>
    public const int Size = 40;

    /// <summary>The length of the tag in bytes.</summary>
    public const int TagSize = 16;

    /// <summary>By how much a message is longer when it is sealed.</summary>
    public const int Overhead = Size + TagSize;

    /// <summary>The length of a nonce in bytes.</summary>
    public const int NonceSize = 12;

    private const byte Version = 1;
    private const int SenderAt = 8;
    private const int SequenceAt = 32;

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..SenderAt].Clear();
        destination[0] = Version;
        destination[1] = (byte)Kind;
        Sender.Write(destination[SenderAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[SequenceAt..], Sequence);
    }

    /// <summary>Reads the header; false when it is none of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out SealedHeader header)
    {
        header = default;
        if (source[0] != Version)
        {
            return false;
        }

        header = new SealedHeader(
            (SealedKind)source[1], SealedSender.Read(source[SenderAt..]), BinaryPrimitives.ReadUInt64LittleEndian(source[SequenceAt..]));
        return true;
    }

    /// <summary>Writes the nonce of this message.</summary>
    public void WriteNonce(Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, Sequence);
        nonce[8..NonceSize].Clear();
    }
}
