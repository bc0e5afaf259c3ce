using System.Collections.Concurrent;
using System.Diagnostics;

namespace Dmex.Fast.Venue.Orders;

/// <summary>All orders by hash, with their counts. Thread-safe.</summary>
internal sealed class OrderTable
{
    private readonly ConcurrentDictionary<VenueHash, VenueOrder> _orders = new();
    private readonly Lock _replacing = new();
    private int _canceled;
    private int _filled;

    public int Count => _orders.Count;

    public int CanceledCount => Volatile.Read(ref _canceled);

    public int FilledCount => Volatile.Read(ref _filled);

    public bool TryOpen(in VenueHash hash, in VenueAddress owner, VenueOrderDetails details) =>
        _orders.TryAdd(hash, new VenueOrder(in owner, details));

    /// <summary>Opens an order in the place of another of the same owner, or changes nothing; no list shows both, or neither.</summary>
    /// <returns>What is wrong; null when it was done.</returns>
    public string? Replace(in VenueHash replaced, in VenueHash hash, in VenueAddress owner, VenueOrderDetails details)
    {
        lock (_replacing)
        {
            if (Find(in replaced) is not { } old || !old.Owner.SameAs(owner))
            {
                return "the order to replace is not known";
            }

            if (!TryOpen(in hash, in owner, details))
            {
                return "an order of this hash was opened before";
            }

            if (TryClose(old, VenueOrderState.Canceled))
            {
                return null;
            }

            _ = _orders.TryRemove(hash, out _);
            return "the order to replace is not open";
        }
    }

    /// <summary>A time between two replacements, not within one.</summary>
    public long TakeListTime()
    {
        lock (_replacing)
        {
            return Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The orders of an owner that were open at a time, in no particular order.</summary>
    public IEnumerable<KeyValuePair<VenueHash, VenueOrder>> OpenAt(VenueAddress owner, long timestamp) =>
        _orders.Where(entry => entry.Value.Owner.SameAs(owner) && entry.Value.WasOpenAt(timestamp));

    public VenueOrder? Find(in VenueHash hash) => _orders.TryGetValue(hash, out var order) ? order : null;

    public bool TryClose(VenueOrder order, VenueOrderState state)
    {
        if (!order.TryClose(state))
        {
            return false;
        }

        Interlocked.Increment(ref state == VenueOrderState.Filled ? ref _filled : ref _canceled);
        return true;
    }

    /// <summary>Collects some open orders, in no particular order.</summary>
    /// <returns>How many were written to <paramref name="destination"/>.</returns>
    public int CopyOpen(Span<VenueHash> destination)
    {
        var count = 0;
        foreach (var entry in _orders)
        {
            if (count == destination.Length)
            {
                break;
            }

            if (entry.Value.State == VenueOrderState.Open)
            {
                destination[count++] = entry.Key;
            }
        }

        return count;
    }
}
