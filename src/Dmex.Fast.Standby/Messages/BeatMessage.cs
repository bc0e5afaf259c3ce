using System.Buffers.Binary;
using Dmex.Fast.Standby.Sealing;

namespace Dmex.Fast.Standby.Messages;

/// <summary>An engine lives: <c>number (8) head (8) acknowledged (4) flags (4: stopping = 1)</c>.</summary>
/// <param name="Number">Grows from beat to beat of a generation, from 1.</param>
/// <param name="Head">The latest record of the book.</param>
/// <param name="Acknowledged">The fenced generation that the engine acknowledged when it began.</param>
/// <param name="IsStopping">The engine ends on purpose.</param>
internal readonly record struct BeatMessage(ulong Number, ulong Head, uint Acknowledged, bool IsStopping)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 24;

    /// <summary>Its length in bytes when it is sealed.</summary>
    public const int SealedSize = Size + SealedHeader.Overhead;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Number);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Head);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Acknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], IsStopping ? 1u : 0);
    }

    /// <summary>Reads it; false when the length is another.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BeatMessage beat)
    {
        beat = default;
        if (source.Length != Size)
        {
            return false;
        }

        beat = new BeatMessage(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            (BinaryPrimitives.ReadUInt32LittleEndian(source[20..]) & 1) != 0);
        return true;
    }
}
