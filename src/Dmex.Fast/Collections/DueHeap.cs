using System.Diagnostics;

namespace Dmex.Fast.Collections;

/// <summary>
/// A binary heap of things that fall due, earliest first. Each thing knows its place, so it can be taken out before it is
/// due; with equal time-outs adding is one comparison, because the newest is due last. Not thread-safe.
/// </summary>
internal sealed class DueHeap<T>
    where T : class, IDue
{
    // With the time beside the thing, finding a place reads no other thing's memory.
    private (long Due, T? Item)[] _items;

    public DueHeap(int capacity) => _items = new (long, T?)[Math.Max(4, capacity)];

    public int Count { get; private set; }

    /// <summary>The earliest due time, or <see cref="long.MaxValue"/> when nothing is due ever.</summary>
    public long NextDue => Count > 0 ? _items[0].Due : long.MaxValue;

    /// <summary>Adds a thing that is in no heap.</summary>
    public void Add(T item)
    {
        Debug.Assert(item.HeapIndex < 0, "Already in a heap.");
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        SiftUp(Count++, (item.Due, item));
    }

    /// <summary>Takes a thing out; does nothing when it is not in.</summary>
    public void Remove(T item)
    {
        var index = item.HeapIndex;
        if (index < 0)
        {
            return;
        }

        item.HeapIndex = -1;
        var last = _items[--Count];
        _items[Count] = default;
        if (ReferenceEquals(last.Item, item))
        {
            return;
        }

        if (index > 0 && last.Due < _items[(index - 1) / 2].Due)
        {
            SiftUp(index, last);
        }
        else
        {
            SiftDown(index, last);
        }
    }

    /// <summary>Takes the earliest out if it is due at <paramref name="now"/>; null otherwise.</summary>
    public T? TakeDue(long now)
    {
        if (NextDue > now || Count == 0)
        {
            return null;
        }

        var first = _items[0].Item!;
        Remove(first);
        return first;
    }

    private void SiftUp(int index, in (long Due, T? Item) entry)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_items[parent].Due <= entry.Due)
            {
                break;
            }

            Put(index, _items[parent]);
            index = parent;
        }

        Put(index, entry);
    }

    private void SiftDown(int index, in (long Due, T? Item) entry)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1].Due < _items[child].Due)
            {
                child++;
            }

            if (entry.Due <= _items[child].Due)
            {
                break;
            }

            Put(index, _items[child]);
            index = child;
        }

        Put(index, entry);
    }

    private void Put(int index, in (long Due, T? Item) entry)
    {
        _items[index] = entry;
        entry.Item!.HeapIndex = index;
    }
}
