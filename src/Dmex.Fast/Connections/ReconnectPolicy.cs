using System.Diagnostics;

namespace Dmex.Fast.Connections;

/// <summary>
/// When a connection is tried again: at once after it was lost, then with exponential back-off and full jitter (between 0
/// and the bound, which doubles from attempt to attempt), for ever; and never before a time that the venue has asked for.
/// </summary>
internal sealed class ReconnectPolicy
{
    private readonly long _first;
    private readonly long _longest;

    /// <param name="first">The bound of the first delay.</param>
    /// <param name="longest">The bound of every delay.</param>
    public ReconnectPolicy(TimeSpan first, TimeSpan longest)
    {
        _first = Ticks(first);
        _longest = Ticks(longest);
    }

    /// <summary>The delay in ticks of <see cref="Stopwatch"/> after so many attempts that failed in turn.</summary>
    /// <param name="failures">0 when the connection was up before.</param>
    /// <param name="exception">What the last attempt ended with.</param>
    public long Delay(int failures, Exception? exception)
    {
        var asked = exception is WebSocketHandshakeException { RetryAfter: { } retryAfter } ? Ticks(retryAfter) : 0;
        if (failures == 0)
        {
            return asked;
        }

        var bound = Math.Min(_longest, _first << Math.Min(failures - 1, 20));
#pragma warning disable CA5394 // Jitter spreads load; it protects nothing.
        return asked + Random.Shared.NextInt64(Math.Max(1, bound));
#pragma warning restore CA5394
    }

    private static long Ticks(TimeSpan time) => (long)(Math.Clamp(time.TotalSeconds, 0, 86_400) * Stopwatch.Frequency);
}
