using System.Buffers.Binary;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// A change of one slot of an engine's book, as it goes to standbys; little-endian:
/// <code>
/// record = kind (1) state (1) priority (1) flags (1: live = 1, v is 28 = 2) slot (4) tag (8) hash (32) [r and s (64)]
/// </code>
/// 112 bytes for an order that is in the book; 48 for one that was removed, without the signature. The frame and its mask are
/// made by the standby that fires. What a slot held before is replaced, even if its removal was never recorded.
/// </summary>
internal struct ReplicaRecord
{
    /// <summary>The length of an order's record.</summary>
    public const int ArmSize = RemovalSize + Signature.Size;

    /// <summary>The length of a removal's record.</summary>
    public const int RemovalSize = 48;

    /// <summary>Slots are below this.</summary>
    public const int MaxSlots = BookLayout.MaxCapacity;

    private const byte ArmKind = 1;
    private const byte RemovalKind = 2;
    private const byte LiveFlag = 1;
    private const byte V28Flag = 2;
    private const int SlotAt = 4;
    private const int TagAt = 8;
    private const int HashAt = 16;

    public OrderHash Hash;
    public Signature Signature;
    public ulong Tag;
    public int Slot;
    public byte Priority;
    public BookEntryState State;
    public bool IsLive;

    /// <summary>Whether the order was taken out of the book.</summary>
    public readonly bool IsRemoval => State == BookEntryState.Free;

    /// <summary>Writes a book's record.</summary>
    /// <returns>The length.</returns>
    public static int Write(in BookRecord record, Span<byte> destination)
    {
        var isRemoval = record.State == BookEntryState.Free;
        destination[0] = isRemoval ? RemovalKind : ArmKind;
        destination[1] = (byte)record.State;
        destination[2] = record.Priority;
        destination[3] = (byte)((record.IsLive ? LiveFlag : 0) | (!isRemoval && record.Signature.V == 28 ? V28Flag : 0));
        BinaryPrimitives.WriteInt32LittleEndian(destination[SlotAt..], record.Place);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[TagAt..], record.Tag);
        record.Hash.CopyTo(destination[HashAt..]);
        if (isRemoval)
        {
            return RemovalSize;
        }

        record.Signature.CopyTo(destination[RemovalSize..]);
        return ArmSize;
    }

    /// <summary>Writes this record, of an order that is in the book.</summary>
    public readonly int Write(Span<byte> destination)
    {
        var record = new BookRecord { Kind = BookRecordKind.Order, Place = Slot, State = State, Hash = Hash, Tag = Tag };
        record.Priority = Priority;
        record.IsLive = IsLive;
        record.Signature = Signature;
        return Write(record, destination);
    }

    /// <summary>Reads a record.</summary>
    /// <param name="source">Begins with it.</param>
    /// <param name="record">The record.</param>
    /// <returns>The length; 0 when there is none that may be.</returns>
    public static int Read(ReadOnlySpan<byte> source, out ReplicaRecord record)
    {
        record = default;
        if (source.Length < RemovalSize)
        {
            return 0;
        }

        record.Slot = BinaryPrimitives.ReadInt32LittleEndian(source[SlotAt..]);
        record.State = (BookEntryState)source[1];
        record.Priority = source[2];
        record.IsLive = (source[3] & LiveFlag) != 0;
        record.Tag = BinaryPrimitives.ReadUInt64LittleEndian(source[TagAt..]);
        record.Hash = new OrderHash(source.Slice(HashAt, OrderHash.Size));
        if ((uint)record.Slot >= MaxSlots || record.State > BookEntryState.Rejected || record.Priority >= BookRecord.Priorities)
        {
            return 0;
        }

        if (source[0] == RemovalKind)
        {
            return record.IsRemoval ? RemovalSize : 0;
        }

        if (source[0] != ArmKind || record.IsRemoval || source.Length < ArmSize || record.Hash == default)
        {
            return 0;
        }

        record.Signature = new Signature(source.Slice(RemovalSize, Signature.Size), (source[3] & V28Flag) != 0 ? 28 : 27);
        return ArmSize;
    }
}
