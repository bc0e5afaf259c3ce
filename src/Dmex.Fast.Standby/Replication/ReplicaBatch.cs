using System.Buffers.Binary;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// The header of a batch, whose sequences follow each other:
/// <code>
/// batch = first sequence (8) floor (8) count (4) acknowledged (4) records
/// </code>
/// </summary>
/// <param name="First">The sequence of the first record.</param>
/// <param name="Floor">
/// All that is in the book was handed over again after this sequence: a standby that lacks a record up to it lacks nothing.
/// </param>
/// <param name="Count">How many records there are.</param>
/// <param name="Acknowledged">The fenced generation that the engine acknowledged when it began.</param>
internal readonly record struct ReplicaBatch(ulong First, ulong Floor, int Count, uint Acknowledged)
{
    /// <summary>The length of the part before the records.</summary>
    public const int HeaderSize = 24;

    /// <summary>The most bytes of a batch: sealed, it fits a message of 64 KiB.</summary>
    public const int MaxSize = 65_536 - Sealing.SealedHeader.Overhead;

    /// <summary>The most records of a batch.</summary>
    public const int MaxCount = (MaxSize - HeaderSize) / ReplicaRecord.ArmSize;

    /// <summary>The sequence of the last record.</summary>
    public ulong Last => First + (ulong)Count - 1;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Floor);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], Count);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], Acknowledged);
    }

    /// <summary>Reads it; false when it cannot be one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ReplicaBatch batch)
    {
        batch = default;
        if (source.Length < HeaderSize)
        {
            return false;
        }

        batch = new ReplicaBatch(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[20..]));
        return batch.First is > 0 and < long.MaxValue && batch.Floor < long.MaxValue && batch.Count is >= 0 and <= (1 << 20);
    }
}
