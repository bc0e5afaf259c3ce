using System.Runtime.CompilerServices;
using Dmex.Fast.Book.Storage;

namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// The latest records of a book, numbered from 1. One writer at a time, which never waits and overwrites the oldest; any number of
/// readers, which are told when what they ask for is gone. Nothing is allocated after construction, and nothing is signaled.
/// </summary>
/// <remarks>
/// A reader copies a record and looks at the head afterwards: the writer cannot have come round to the copied place while the head is less
/// than the capacity ahead. The margin covers what a processor may reorder between two calls of the writer, which are fenced by its lock.
/// </remarks>
internal sealed class RecordRing
{
    private const int Margin = 64;

    private readonly BookRecord[] _records;
    private readonly ulong _mask;
    private ulong _head;

    /// <param name="capacity">At least how many records are kept; a power of two is made of it.</param>
    public RecordRing(int capacity)
    {
        var size = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity + Margin, 2 * Margin));
        _records = GC.AllocateArray<BookRecord>((int)size, pinned: true);
        _mask = size - 1;
    }

    /// <summary>The sequence of the latest record; 0: none.</summary>
    public ulong Head => Volatile.Read(ref _head);

    /// <summary>The lowest sequence that can still be read.</summary>
    public ulong Tail => Head + Margin <= _mask + 1 ? 1 : Head + Margin - _mask;

    /// <summary>Writes a record. One call at a time.</summary>
    /// <returns>Its sequence.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Write(in BookRecord record)
    {
        var sequence = _head + 1;
        _records[sequence & _mask] = record;
        Volatile.Write(ref _head, sequence);
        return sequence;
    }

    /// <summary>Copies a record.</summary>
    /// <param name="sequence">Not above <see cref="Head"/>.</param>
    /// <param name="record">The record.</param>
    /// <returns>Whether it was still there.</returns>
    public bool TryRead(ulong sequence, out BookRecord record)
    {
        record = _records[sequence & _mask];
        Interlocked.MemoryBarrier();
        return sequence >= Tail && sequence <= Head;
    }

    /// <summary>Clears the signatures; no reader and no writer may follow.</summary>
    public void Clear() => _records.AsSpan().Clear();
}
