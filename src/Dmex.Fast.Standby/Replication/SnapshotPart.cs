using System.Buffers.Binary;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// A part of a whole book, as one standby holds it:
/// <code>
/// part  = id (8) through (8) generation (4) acknowledged (4) fenced (4) 0 (4) fence (8) index (4) parts (4) count (4) 0 (4) entries claim
/// entry = sequence (8) generation (4) 0 (4) record (112)
/// </code>
/// What the stream said of generations and fences up to then is in each part, and the latest claim, so that what lies below may be purged.
/// </summary>
/// <param name="Id">Random, the same in all parts of a snapshot.</param>
/// <param name="Through">Every record of the generation up to this one is in it.</param>
/// <param name="Generation">The one whose book it is.</param>
/// <param name="Acknowledged">The fenced generation that its engine acknowledged when it began.</param>
/// <param name="Fenced">The highest fenced generation.</param>
/// <param name="FenceId">Of that fence; 0: none.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Parts">How many there are.</param>
/// <param name="Count">How many entries this part has.</param>
internal readonly record struct SnapshotPart(
    ulong Id, ulong Through, uint Generation, uint Acknowledged, uint Fenced, ulong FenceId, int Index, int Parts, int Count)
{
    /// <summary>The length of the part before the entries.</summary>
    public const int HeaderSize = 56;

    /// <summary>The length of an entry.</summary>
    public const int EntrySize = 16 + ReplicaRecord.ArmSize;

    /// <summary>The most entries of a part: sealed, it fits a message of 1 MiB, with room.</summary>
    public const int MaxCount = 7_000;

    /// <summary>Writes a part.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="claim">The latest claim, as the stream has it; empty when it is not known.</param>
    public byte[] Write(ReadOnlySpan<ReplicaEntry> entries, ReadOnlySpan<byte> claim = default)
    {
        var part = new byte[HeaderSize + (entries.Length * EntrySize) + claim.Length];
        claim.CopyTo(part.AsSpan(HeaderSize + (entries.Length * EntrySize)));
        BinaryPrimitives.WriteUInt64LittleEndian(part, Id);
        BinaryPrimitives.WriteUInt64LittleEndian(part.AsSpan(8), Through);
        BinaryPrimitives.WriteUInt32LittleEndian(part.AsSpan(16), Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(part.AsSpan(20), Acknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(part.AsSpan(24), Fenced);
        BinaryPrimitives.WriteUInt64LittleEndian(part.AsSpan(32), FenceId);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(40), Index);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(44), Parts);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(48), entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = part.AsSpan(HeaderSize + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, entries[i].Sequence);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], entries[i].Generation);
            _ = entries[i].Record.Write(entry[16..]);
        }

        return part;
    }

    /// <summary>Reads a part.</summary>
    /// <param name="source">The part.</param>
    /// <param name="part">The part before the entries.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <returns>False when it is none; entries may have been added nevertheless.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out SnapshotPart part, List<ReplicaEntry> entries)
    {
        if (!TryReadHeader(source, out part))
        {
            return false;
        }

        for (var i = 0; i < part.Count; i++)
        {
            var entry = source.Slice(HeaderSize + (i * EntrySize), EntrySize);
            if (ReplicaRecord.Read(entry[16..], out var record) != ReplicaRecord.ArmSize)
            {
                return false;
            }

            entries.Add(new ReplicaEntry(
                record, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt64LittleEndian(entry)));
        }

        return true;
    }

    /// <summary>Reads the part before the entries; false when it is no part.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out SnapshotPart part)
    {
        part = default;
        if (source.Length < HeaderSize)
        {
            return false;
        }

        part = new SnapshotPart(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[44..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[48..]));
        return part.Index >= 0 && part.Index < part.Parts && part.Count is >= 0 and <= MaxCount
            && source.Length >= HeaderSize + (part.Count * EntrySize) && part.Through < long.MaxValue;
    }
    /// <summary>The claim at the end of a part whose header was read; empty when there is none.</summary>
    public ReadOnlySpan<byte> ClaimOf(ReadOnlySpan<byte> source) => source[(HeaderSize + (Count * EntrySize))..];
}
