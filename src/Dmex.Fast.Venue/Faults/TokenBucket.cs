namespace Dmex.Fast.Venue.Faults;

/// <summary>A token bucket in Stopwatch ticks. The owner locks.</summary>
internal sealed class TokenBucket(double tokensPerTick, int burst, long now)
{
    private double _tokens = burst;
    private long _filledAt = now;

    /// <summary>Takes a token.</summary>
    /// <param name="now">The Stopwatch timestamp.</param>
    /// <param name="waitTicks">When refused: the ticks until the next token.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(long now, out long waitTicks)
    {
        _tokens = Math.Min(burst, _tokens + ((now - _filledAt) * tokensPerTick));
        _filledAt = now;
        if (_tokens >= 1)
        {
            _tokens--;
            waitTicks = 0;
            return true;
        }

        waitTicks = (long)Math.Ceiling((1 - _tokens) / tokensPerTick);
        return false;
    }
}
