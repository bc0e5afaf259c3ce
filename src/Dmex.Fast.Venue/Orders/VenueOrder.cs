using System.Diagnostics;

namespace Dmex.Fast.Venue.Orders;

/// <summary>One order: its owner never changes, its state once at most. Thread-safe.</summary>
internal sealed class VenueOrder(in VenueAddress owner, VenueOrderDetails details)
{
    private readonly VenueAddress _owner = owner;

    // 0 while it is open; then twice the timestamp of its end, and 1 more when it was filled: one word, so that one look sees both.
    private long _end;

    public ref readonly VenueAddress Owner => ref _owner;

    public VenueOrderDetails Details { get; } = details;

    /// <summary>The Stopwatch timestamp at which it was opened.</summary>
    public long OpenedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>The time of day at which it was opened.</summary>
    public DateTimeOffset Created { get; } = DateTimeOffset.UtcNow;

    public VenueOrderState State => Volatile.Read(ref _end) switch
    {
        0 => VenueOrderState.Open,
        var end => (end & 1) != 0 ? VenueOrderState.Filled : VenueOrderState.Canceled,
    };

    /// <summary>Closes the order if it is open.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool TryClose(VenueOrderState state)
    {
        var end = (Stopwatch.GetTimestamp() << 1) | (state == VenueOrderState.Filled ? 1L : 0L);
        return Interlocked.CompareExchange(ref _end, end, 0) == 0;
    }

    /// <summary>Whether it was open at a time, as a list of that time shows it.</summary>
    public bool WasOpenAt(long timestamp) =>
        OpenedAt <= timestamp && Volatile.Read(ref _end) is var end && (end == 0 || end >> 1 > timestamp);
}
