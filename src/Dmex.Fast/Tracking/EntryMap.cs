using System.Numerics;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Tracking;

/// <summary>
/// A fixed number of entries, found by order hash: chained buckets over preallocated entries, so that nothing is
/// allocated after construction. Not thread-safe.
/// </summary>
internal sealed class EntryMap
{
    private readonly InFlightEntry?[] _buckets;
    private readonly int _mask;
    private InFlightEntry? _free;

    public EntryMap(int capacity)
    {
        Capacity = capacity;
        var buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, capacity * 2L));
        _buckets = new InFlightEntry?[buckets];
        _mask = buckets - 1;
        for (var i = 0; i < capacity; i++)
        {
            _free = new InFlightEntry { Next = _free };
        }
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    public InFlightEntry? Find(in OrderHash hash)
    {
        for (var entry = _buckets[hash.GetHashCode() & _mask]; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Takes a free entry for a hash that is not in; null when all are taken.</summary>
    public InFlightEntry? Add(in OrderHash hash, in Signature signature, long now)
    {
        var entry = _free;
        if (entry is null)
        {
            return null;
        }

        _free = entry.Next;
        entry.Begin(hash, signature, now);
        ref var bucket = ref _buckets[hash.GetHashCode() & _mask];
        entry.Next = bucket;
        bucket = entry;
        Count++;
        return entry;
    }

    /// <summary>Gives an entry back; references to it from outside are told off by its generation.</summary>
    public void Remove(InFlightEntry entry)
    {
        ref var link = ref _buckets[entry.Hash.GetHashCode() & _mask];
        while (!ReferenceEquals(link, entry))
        {
            link = ref link!.Next;
        }

        link = entry.Next;
        entry.Generation++;
        entry.Open = false;
        entry.Signature = default;
        entry.Next = _free;
        _free = entry;
        Count--;
    }

    /// <summary>Every entry that is in; the map must not change meanwhile.</summary>
    public IEnumerable<InFlightEntry> All()
    {
        foreach (var bucket in _buckets)
        {
            for (var entry = bucket; entry is not null; entry = entry.Next)
            {
                yield return entry;
            }
        }
    }
}
