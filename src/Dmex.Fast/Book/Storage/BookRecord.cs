using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// The whole state of one place of a book, as it is written to a journal: 128 bytes, in the machine's byte order.
/// <code>
///   0  order: hash (32)              latch: value (8)      opening: random identifier (16)
///  32  order: r and s (64), zero once it is removed
///  96  order: tag (8)                latch: mask (8)
/// 104  order: generation (4)         latch: panic (4)      opening: how many there were, this one included (4)
/// 108  place (4): the slot of an order, 0 to 15 for a latch
/// 112  sequence (8): grows from record to record
/// 120  kind (1), state (1), priority (1), flags (1): live = 1, v is 28 = 2
/// 124  CRC-32C of bytes 0 to 123
/// </code>
/// A record replaces the one of its place that has a lower sequence. Records that were overtaken by a later one of the same
/// place may never have been written.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct BookRecord
{
    /// <summary>The length of a record in bytes. It divides a sector and a page, so that neither boundary cuts a record.</summary>
    public const int Size = 128;

    /// <summary>Priorities go from 0, sent first, to 7.</summary>
    public const int Priorities = 8;

    private const int ChecksumAt = 124;
    private const byte LiveFlag = 1;
    private const byte V28Flag = 2;

    [FieldOffset(0)]
    public OrderHash Hash;

    [FieldOffset(0)]
    public ulong Value;

    [FieldOffset(0)]
    public Guid Identifier;

    [FieldOffset(96)]
    public ulong Tag;

    [FieldOffset(104)]
    public uint Generation;

    [FieldOffset(108)]
    public int Place;

    [FieldOffset(112)]
    public ulong Sequence;

    [FieldOffset(120)]
    public BookRecordKind Kind;

    /// <summary>Of an order; of a latch, <see cref="BookEntryState.Armed"/> while it is set.</summary>
    [FieldOffset(121)]
    public BookEntryState State;

    [FieldOffset(122)]
    public byte Priority;

    [FieldOffset(32)]
    private RsBytes _rs;

    [FieldOffset(123)]
    private byte _flags;

    [FieldOffset(ChecksumAt)]
    private uint _checksum;

    /// <summary>Whether the venue was seen to know the order.</summary>
    public bool IsLive
    {
        readonly get => (_flags & LiveFlag) != 0;
        set => _flags = (byte)(value ? _flags | LiveFlag : _flags & ~LiveFlag);
    }

    /// <summary>The order's signature; unset once it is removed.</summary>
    public Signature Signature
    {
        readonly get => new(_rs, (_flags & V28Flag) == 0 ? 27 : 28);
        set
        {
            value.AsSpan().CopyTo(_rs);
            _flags = (byte)(value.V == 28 ? _flags | V28Flag : _flags & ~V28Flag);
        }
    }

    /// <summary>Whether all bytes are 0: never written.</summary>
    public readonly bool IsEmpty => !Bytes(in this).ContainsAnyExcept((byte)0);

    /// <summary>Numbers the record and adds the checksum: it is complete.</summary>
    public void Seal(ulong sequence)
    {
        Sequence = sequence;
        _checksum = Checksum();
    }

    /// <summary>Whether the record is of a place, was written whole and holds values that it may have.</summary>
    public readonly bool IsWhole(BookRecordKind kind, int place) =>
        Kind == kind && Place == place && State <= BookEntryState.Rejected && Priority < Priorities && _checksum == Checksum();

    private static ReadOnlySpan<byte> Bytes(in BookRecord record) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<BookRecord, byte>(ref Unsafe.AsRef(in record)), Size);

    private readonly uint Checksum() => BookChecksum.Of(Bytes(in this)[..ChecksumAt]);

    [InlineArray(Signature.Size)]
    private struct RsBytes
    {
        private byte _first;
    }
}
