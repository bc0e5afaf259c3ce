using System.Collections.Concurrent;

namespace Dmex.Fast.Venue.Orders;

/// <summary>All orders by hash, with their counts. Thread-safe.</summary>
internal sealed class OrderTable
{
    private readonly ConcurrentDictionary<VenueHash, VenueOrder> _orders = new();
    private int _canceled;
    private int _filled;

    public int Count => _orders.Count;

    public int CanceledCount => Volatile.Read(ref _canceled);

    public int FilledCount => Volatile.Read(ref _filled);

    public bool TryOpen(in VenueHash hash, in VenueAddress owner) => _orders.TryAdd(hash, new VenueOrder(in owner));

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
