using System.Numerics;
using Dmex.Fast.Book.Storage;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Book;

/// <summary>
/// Order hash to slot: open addressing with linear probing, at most half full, so that nothing is allocated after
/// construction. A cell holds 32 bits of a seeded mix of the hash and the slot; removing closes the gap, so that there are
/// no tombstones. Not thread-safe.
/// </summary>
internal sealed class BookIndex
{
    private readonly ulong[] _cells;
    private readonly int _mask;
    private readonly BookStore _store;

    /// <param name="store">Holds the hashes, by slot.</param>
    public BookIndex(BookStore store)
    {
        _cells = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, store.Capacity * 2L))];
        _mask = _cells.Length - 1;
        _store = store;
    }

    /// <summary>Bytes of the table.</summary>
    public long Size => (long)_cells.Length * sizeof(ulong);

    /// <summary>The slot of an order, or -1.</summary>
    public int Find(in OrderHash hash)
    {
        var mix = Mix(hash);
        for (var at = (int)mix & _mask; ; at = (at + 1) & _mask)
        {
            var cell = _cells[at];
            if (cell == 0)
            {
                return -1;
            }

            if ((uint)(cell >> 32) == mix && _store.Hash(Slot(cell)) == hash)
            {
                return Slot(cell);
            }
        }
    }

    /// <summary>Adds an order that is not in; its slot may be filled later.</summary>
    public void Add(in OrderHash hash, int slot)
    {
        var mix = Mix(hash);
        var at = (int)mix & _mask;
        while (_cells[at] != 0)
        {
            at = (at + 1) & _mask;
        }

        _cells[at] = ((ulong)mix << 32) | (uint)(slot + 1);
    }

    /// <summary>Removes an order that is in.</summary>
    public void Remove(in OrderHash hash, int slot)
    {
        var cell = ((ulong)Mix(hash) << 32) | (uint)(slot + 1);
        var gap = (int)(cell >> 32) & _mask;
        while (_cells[gap] != cell)
        {
            gap = (gap + 1) & _mask;
        }

        // Each later cell of the run moves into the gap, unless its own way does not lead past it.
        for (var at = (gap + 1) & _mask; _cells[at] != 0; at = (at + 1) & _mask)
        {
            var home = (int)(_cells[at] >> 32) & _mask;
            if (((at - home) & _mask) >= ((at - gap) & _mask))
            {
                _cells[gap] = _cells[at];
                gap = at;
            }
        }

        _cells[gap] = 0;
    }

    private static int Slot(ulong cell) => (int)(uint)cell - 1;

    /// <summary>The runtime seeds it afresh in each process.</summary>
    private static uint Mix(in OrderHash hash) => (uint)hash.GetHashCode();
}
