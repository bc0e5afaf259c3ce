using System.Numerics;

namespace Dmex.Fast.Book.Storage;

/// <summary>
/// The latched scopes: in memory, and in the header those by mask and value. A record that replaces others is written
/// before they are cleared, so that a kill in between loses none. Changed under the book's lock.
/// </summary>
internal sealed unsafe class BookLatches
{
    /// <summary>The most scopes at once.</summary>
    public const int Max = 16;

    /// <summary>Records in the header: one more than scopes, for the change.</summary>
    public const int Records = Max + 1;

    private const int NoRecord = -1;

    private readonly BookLatchRecord* _records;
    private readonly BookScope[] _scopes = new BookScope[Records];
    private readonly int[] _panics = new int[Records];
    private readonly int[] _recordOf = new int[Records];

    /// <summary>Reads the latches that stand in the header.</summary>
    public BookLatches(BookLatchRecord* records)
    {
        _records = records;
        for (var i = 0; i < Records; i++)
        {
            var record = records[i];
            if (record.Panic == 0)
            {
                continue;
            }

            // A torn one (a power cut) cannot be believed; it covers everything, because to stop is the safe side.
            var whole = record.Checksum == Checksum(record) && (record.Value & ~record.Mask) == 0;
            Put(i, whole ? new BookScope(record.Mask, record.Value) : BookScope.All, record.Panic is > 0 and < BookHeader.MaxPanic ? record.Panic : 1);
        }
    }

    /// <summary>How many scopes are latched.</summary>
    public int Count { get; private set; }

    /// <summary>A latched scope and the panic that set it.</summary>
    public (BookScope Scope, int Panic) this[int index] => (_scopes[index], _panics[index]);

    /// <summary>Whether a latched scope has the tag.</summary>
    public bool Cover(ulong tag)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_scopes[i].Contains(tag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is room for a scope, those that it covers making room.</summary>
    public bool HasRoomFor(in BookScope scope)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            kept += scope.Covers(_scopes[i]) ? 0 : 1;
        }

        return kept < Max;
    }

    /// <summary>Latches a scope for which there is room; it replaces those that it covers.</summary>
    public void Add(in BookScope scope, int panic)
    {
        var record = NoRecord;
        if (scope.Predicate is null)
        {
            record = FreeRecord();
            if (record == NoRecord)
            {
                // Killed in the middle of a change before, so that the spare one is taken.
                RemoveCoveredBy(scope);
                record = FreeRecord();
            }

            Write(record, scope, panic);
        }

        RemoveCoveredBy(scope);
        Put(record, scope, panic);
    }

    /// <summary>Gives a latched scope to another panic.</summary>
    public void Renumber(int index, int panic)
    {
        if (_recordOf[index] != NoRecord)
        {
            Write(_recordOf[index], _scopes[index], panic);
        }

        _panics[index] = panic;
    }

    /// <summary>Whether a latch is this panic's.</summary>
    public bool AreOf(int panic) => _panics.AsSpan(0, Count).Contains(panic);

    /// <summary>Clears them all.</summary>
    public void Clear()
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            RemoveAt(i);
        }
    }

    private void Put(int record, in BookScope scope, int panic)
    {
        _scopes[Count] = scope;
        _panics[Count] = panic;
        _recordOf[Count++] = record;
    }

    private void RemoveCoveredBy(in BookScope scope)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (scope.Covers(_scopes[i]))
            {
                RemoveAt(i);
            }
        }
    }

    private int FreeRecord()
    {
        for (var record = 0; record < Records; record++)
        {
            if (_records[record].Panic == 0)
            {
                return record;
            }
        }

        return NoRecord;
    }

    private void Write(int index, in BookScope scope, int panic)
    {
        ref var record = ref _records[index];
        record.Mask = scope.Mask;
        record.Value = scope.Value;
        record.Checksum = Checksum(new BookLatchRecord { Mask = scope.Mask, Value = scope.Value, Panic = panic });
        Volatile.Write(ref record.Panic, panic);
    }

    private void RemoveAt(int index)
    {
        if (_recordOf[index] != NoRecord)
        {
            Volatile.Write(ref _records[_recordOf[index]].Panic, 0);
        }

        Count--;
        _scopes[index] = _scopes[Count];
        _panics[index] = _panics[Count];
        _recordOf[index] = _recordOf[Count];
        _scopes[Count] = default;
    }

    private static uint Checksum(in BookLatchRecord record) => BitOperations.Crc32C(
        BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, record.Mask), record.Value), (ulong)(uint)record.Panic);
}
