using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// The times of a retry: exponential back-off with jitter from a seed. Times are ticks of <see cref="Stopwatch"/>. Not thread-safe.
/// </summary>
internal sealed class RetryPolicy
{
    private static readonly long FirstDelay = Stopwatch.Frequency / 20;
    private static readonly long MaxDelay = Stopwatch.Frequency;

    private readonly TrackerOptions _options;
    private ulong _state;

    public RetryPolicy(TrackerOptions options)
    {
        _options = options;
        _state = options.Seed;
    }

    /// <summary>
    /// How long a copy that the venue put off waits: between half and all of 50 ms · 2^resends, at most 1 s, after what the venue asks
    /// for, of which no more is believed than <see cref="TrackerOptions.MaxRetryAfter"/>.
    /// </summary>
    public long Delay(int resends, TimeSpan? retryAfter) =>
        Believed(retryAfter) + Jittered(Math.Min(MaxDelay, FirstDelay << Math.Min(resends, 10)));

    /// <summary>What is believed of the time that the venue asks to wait.</summary>
    public long Believed(TimeSpan? retryAfter)
    {
        // By seconds, because a venue may say a time that no number of ticks holds.
        var seconds = Math.Clamp(retryAfter?.TotalSeconds ?? 0, 0, _options.MaxRetryAfter / (double)Stopwatch.Frequency);
        return (long)(seconds * Stopwatch.Frequency);
    }

    /// <summary>
    /// When a copy counts as lost: the time-out after the last sign of it; after re-sends up to 16 times as long and up to twice that,
    /// spread over orders. <see cref="long.MaxValue"/> for never.
    /// </summary>
    /// <param name="lastSign">When the copy was last seen to be under way, or its connection to answer others.</param>
    /// <param name="resends">How often the order was sent again.</param>
    /// <param name="spread">Any number that differs between orders: the same for one order each time.</param>
    public long AnswerDue(long lastSign, int resends, byte spread)
    {
        if (_options.AckTimeout == long.MaxValue)
        {
            return long.MaxValue;
        }

        var delay = _options.AckTimeout << Math.Min(resends, 4);
        return lastSign + (resends == 0 ? delay : delay + (delay / byte.MaxValue * spread));
    }

    /// <summary>A random time between half and all of it: jitter spreads load and protects nothing (xorshift64*, Vigna 2016).</summary>
    private long Jittered(long full)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        var draw = (_state * 0x2545_F491_4F6C_DD1D) >> 11;
        return (full / 2) + (long)(draw % (ulong)((full / 2) + 1));
    }
}
