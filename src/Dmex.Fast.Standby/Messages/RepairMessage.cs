using System.Buffers.Binary;
using Dmex.Fast.Standby.Replication;

namespace Dmex.Fast.Standby.Messages;

/// <summary>What a standby lacks: <c>generation (4) count (4) [first (8) last (8)]</c>.</summary>
internal static class RepairMessage
{
    /// <summary>The most ranges of a request.</summary>
    public const int MaxRanges = 32;

    /// <summary>The most bytes of a request.</summary>
    public const int MaxSize = 8 + (MaxRanges * 16);

    /// <summary>Writes a request.</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> destination, uint generation, ReadOnlySpan<SequenceRange> missing)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, generation);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], missing.Length);
        for (var i = 0; i < missing.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(8 + (i * 16))..], missing[i].First);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(16 + (i * 16))..], missing[i].Last);
        }

        return 8 + (missing.Length * 16);
    }

    /// <summary>Reads a request.</summary>
    /// <param name="source">The request.</param>
    /// <param name="generation">Whose records are missing.</param>
    /// <param name="missing">Receives the ranges.</param>
    /// <returns>How many ranges; -1: it is no request.</returns>
    public static int Read(ReadOnlySpan<byte> source, out uint generation, Span<SequenceRange> missing)
    {
        generation = source.Length < 8 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(source);
        var count = source.Length < 8 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        if (count < 0 || count > missing.Length || source.Length != 8 + (count * 16))
        {
            return -1;
        }

        for (var i = 0; i < count; i++)
        {
            missing[i] = new SequenceRange(
                BinaryPrimitives.ReadUInt64LittleEndian(source[(8 + (i * 16))..]),
                BinaryPrimitives.ReadUInt64LittleEndian(source[(16 + (i * 16))..]));
        }

        return count;
    }
}
