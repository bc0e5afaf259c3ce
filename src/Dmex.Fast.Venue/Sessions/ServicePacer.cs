using System.Diagnostics;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>Hands out the times at which a venue of limited speed acts: evenly spaced, over all connections. Thread-safe.</summary>
internal sealed class ServicePacer(double perSecond)
{
    private readonly Lock _lock = new();
    private readonly double _ticksEach = Stopwatch.Frequency / perSecond;
    private double _nextFree;

    /// <summary>Takes the next turn.</summary>
    /// <returns>The Stopwatch timestamp at which the turn is over, which is when the answer is decided.</returns>
    public long TakeTurn()
    {
        lock (_lock)
        {
            _nextFree = Math.Max(_nextFree, Stopwatch.GetTimestamp()) + _ticksEach;
            return (long)_nextFree;
        }
    }
}
