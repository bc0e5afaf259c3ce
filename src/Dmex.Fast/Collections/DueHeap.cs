using System.Diagnostics;

namespace Dmex.Fast.Collections;

/// <summary>
/// A binary heap of things that fall due, earliest first. Each thing knows its place, so it can be taken out before it is
/// due; with equal time-outs adding is one comparison, because the newest is due last. Not thread-safe.
/// </summary>
internal sealed class DueHeap<T>
    where T : class, IDue
{
    private T?[] _items;

    public DueHeap(int capacity) => _items = new T?[Math.Max(4, capacity)];

    public int Count { get; private set; }

    /// <summary>The earliest due time, or <see cref="long.MaxValue"/> when nothing is due ever.</summary>
    public long NextDue => Count > 0 ? _items[0]!.Due : long.MaxValue;

    /// <summary>Adds a thing that is in no heap.</summary>
    public void Add(T item)
    {
        Debug.Assert(item.HeapIndex < 0, "Already in a heap.");
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        SiftUp(Count++, item);
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
        var last = _items[--Count]!;
        _items[Count] = null;
        if (ReferenceEquals(last, item))
        {
            return;
        }

        if (index > 0 && last.Due < _items[(index - 1) / 2]!.Due)
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
        if (NextDue > now)
        {
            return null;
        }

        var first = _items[0]!;
        Remove(first);
        return first;
    }

    private void SiftUp(int index, T item)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            var other = _items[parent]!;
            if (other.Due <= item.Due)
            {
                break;
            }

            Put(index, other);
            index = parent;
        }

        Put(index, item);
    }

    private void SiftDown(int index, T item)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1]!.Due < _items[child]!.Due)
            {
                child++;
            }

            if (item.Due <= _items[child]!.Due)
            {
                break;
            }

            Put(index, _items[child]!);
            index = child;
        }

        Put(index, item);
    }

    private void Put(int index, T item)
    {
        _items[index] = item;
        item.HeapIndex = index;
    }
}
