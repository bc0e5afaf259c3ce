using System.Diagnostics;

namespace Dmex.Fast.Cancels;

/// <summary>When a cancel that the venue put off is sent again: exponential back-off with jitter, a few times an order.</summary>
internal sealed class ResendPolicy
{
    private static readonly long FirstDelay = Stopwatch.Frequency / 20;
    private static readonly long LongestDelay = Stopwatch.Frequency;

    /// <param name="maxPerOrder">0 sends nothing again.</param>
    public ResendPolicy(int maxPerOrder) => MaxPerOrder = maxPerOrder;

    public int MaxPerOrder { get; }

    /// <summary>
    /// The delay before a copy, in ticks: between half and all of 50 ms · 2^resends, at most 1 s; and never less than the
    /// venue asks for.
    /// </summary>
    public static long Delay(int resends, TimeSpan? retryAfter = null)
    {
        var asked = (long)(Math.Clamp(retryAfter?.TotalSeconds ?? 0, 0, 86_400) * Stopwatch.Frequency);
        var full = Math.Min(LongestDelay, FirstDelay << Math.Min(resends, 10));
#pragma warning disable CA5394 // Jitter spreads load; it protects nothing.
        return asked + (full / 2) + Random.Shared.NextInt64((full / 2) + 1);
#pragma warning restore CA5394
    }
}
