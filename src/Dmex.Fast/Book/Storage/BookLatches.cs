using System.Numerics;

namespace Dmex.Fast.Book.Storage;

/// <summary>The latched scopes, each in one of 16 places. Not thread-safe: used under the book's lock.</summary>
internal sealed class BookLatches
{
    /// <summary>The most scopes at once.</summary>
    public const int Max = 16;

    /// <summary>Panic numbers are below this; a damaged one may not be.</summary>
    private const int MaxPanic = 1 << 30;

    private readonly BookScope[] _scopes = new BookScope[Max];
    private readonly int[] _panics = new int[Max];
    private uint _set;
    private bool _hasChanges;

    /// <summary>How many scopes are latched.</summary>
    public int Count => BitOperations.PopCount(_set);

    /// <summary>The places that are latched, a bit each.</summary>
    public uint Set => _set;

    /// <summary>The highest panic number that any place has had.</summary>
    public int LatestPanic { get; private set; }

    /// <summary>The scope that a place has latched and the panic that set it.</summary>
    public (BookScope Scope, int Panic) this[int place] => (_scopes[place], _panics[place]);

    /// <summary>Whether a latched scope has the tag.</summary>
    public bool Cover(ulong tag)
    {
        for (var left = _set; left != 0; left &= left - 1)
        {
            if (_scopes[BitOperations.TrailingZeroCount(left)].Contains(tag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is room for a scope, which replaces those that it covers.</summary>
    public bool HasRoomFor(in BookScope scope) => BitOperations.PopCount(_set & ~CoveredBy(scope)) < Max;

    /// <summary>Latches a scope for which there is room.</summary>
    public void Add(in BookScope scope, int panic)
    {
        _set &= ~CoveredBy(scope);
        var place = BitOperations.TrailingZeroCount(~_set);
        _set |= 1u << place;
        _scopes[place] = scope;
        _panics[place] = panic;
        LatestPanic = Math.Max(LatestPanic, panic);
        _hasChanges = true;
    }

    /// <summary>Whether a latch is this panic's.</summary>
    public bool AreOf(int panic)
    {
        for (var left = _set; left != 0; left &= left - 1)
        {
            if (_panics[BitOperations.TrailingZeroCount(left)] == panic)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Clears them all.</summary>
    public void Clear()
    {
        _hasChanges |= _set != 0;
        _set = 0;
    }

    /// <summary>Takes in what a file has for a place.</summary>
    public void Restore(int place, in BookRecord record)
    {
        if (record.IsEmpty)
        {
            return;
        }

        // A torn one (a power failure) cannot be believed; it covers everything, because to stop is the safe side.
        var isWhole = record.IsWhole(BookRecordKind.Latch, place)
            && (record.Value & ~record.Tag) == 0 && record.Generation is > 0 and < MaxPanic;
        _panics[place] = isWhole ? (int)record.Generation : 1;
        LatestPanic = Math.Max(LatestPanic, _panics[place]);
        if (!isWhole || record.State == BookEntryState.Armed)
        {
            _set |= 1u << place;
            _scopes[place] = isWhole ? new BookScope(record.Tag, record.Value) : BookScope.All;
        }
    }

    /// <summary>
    /// Takes the records of all places if any changed since the last call: written at once, so that a kill between them cannot
    /// leave a narrow latch cleared and the wide one that replaced it not set.
    /// </summary>
    /// <param name="records">Room for <see cref="Max"/>; not sealed.</param>
    /// <returns>How many: all or none.</returns>
    public int TakeChanges(Span<BookRecord> records)
    {
        if (!_hasChanges)
        {
            return 0;
        }

        _hasChanges = false;
        for (var place = 0; place < Max; place++)
        {
            records[place] = new BookRecord
            {
                Kind = BookRecordKind.Latch,
                Place = place,
                State = (_set & (1u << place)) != 0 ? BookEntryState.Armed : BookEntryState.Free,
                Tag = _scopes[place].Mask,
                Value = _scopes[place].Value,
                Generation = (uint)Math.Max(1, _panics[place]),
            };
        }

        return Max;
    }

    /// <summary>Their records were not written: <see cref="TakeChanges"/> gives them again.</summary>
    public void MarkChanged() => _hasChanges = true;

    private uint CoveredBy(in BookScope scope)
    {
        uint covered = 0;
        for (var left = _set; left != 0; left &= left - 1)
        {
            var place = BitOperations.TrailingZeroCount(left);
            covered |= scope.Covers(_scopes[place]) ? 1u << place : 0;
        }

        return covered;
    }
}
