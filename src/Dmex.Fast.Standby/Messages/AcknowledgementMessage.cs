using System.Buffers.Binary;

namespace Dmex.Fast.Standby.Messages;

/// <summary>What a standby holds: <c>watermark (8) generation (4) fenced (4) fence id (8) flags (4: can fire = 1) 0 (4)</c>.</summary>
/// <param name="Watermark">It holds every record of the generation up to this one.</param>
/// <param name="Generation">The one that it follows.</param>
/// <param name="Fenced">The highest generation that it knows to be fenced.</param>
/// <param name="FenceId">Of that fence.</param>
/// <param name="CanFire">Whether its connection to the venue answers, and it is no dry run.</param>
internal readonly record struct AcknowledgementMessage(ulong Watermark, uint Generation, uint Fenced, ulong FenceId, bool CanFire)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Watermark);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Fenced);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], FenceId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], CanFire ? 1u : 0);
    }

    /// <summary>Reads it; false when the length is another.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out AcknowledgementMessage message)
    {
        message = default;
        if (source.Length != Size)
        {
            return false;
        }

        message = new AcknowledgementMessage(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            (BinaryPrimitives.ReadUInt64LittleEndian(source[24..]) & 1) != 0);
        return true;
    }
}
