using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// When a cancel is sent again that was put off or not answered: exponential back-off with jitter, a bounded number of
/// times an order. Times are ticks of <see cref="Stopwatch"/>.
/// </summary>
internal sealed class ResendPolicy
{
    private static readonly long FirstDelay = Stopwatch.Frequency / 20;
    private static readonly long MaxDelay = Stopwatch.Frequency;

    private readonly long _ackTimeout;

    /// <param name="maxPerOrder">0 sends nothing again, but for copies that died with their connection.</param>
    /// <param name="ackTimeout">How long a copy may stay unanswered on a connection that answers nothing else either.</param>
    /// <param name="notFoundGrace">How long after its acceptance "not found" may mean that the cancel overtook its order.</param>
    public ResendPolicy(int maxPerOrder, long ackTimeout = long.MaxValue, long notFoundGrace = 0)
    {
        MaxPerOrder = maxPerOrder;
        _ackTimeout = ackTimeout;
        NotFoundGrace = notFoundGrace;
    }

    public int MaxPerOrder { get; }

    public long NotFoundGrace { get; }

    /// <summary>
    /// The delay before a copy that was put off: between half and all of 50 ms · 2^resends, at most 1 s; and never less than
    /// the venue asks for.
    /// </summary>
    public static long Delay(int resends, TimeSpan? retryAfter = null)
    {
        var asked = (long)(Math.Clamp(retryAfter?.TotalSeconds ?? 0, 0, 86_400) * Stopwatch.Frequency);
        return asked + Jittered(Math.Min(MaxDelay, FirstDelay << Math.Min(resends, 10)));
    }

    /// <summary>
    /// When a copy counts as lost: the time-out after it was written or its connection last answered anything, doubled with
    /// each re-send up to 16 times; <see cref="long.MaxValue"/> for never.
    /// </summary>
    public long AckDue(long lastSign, int resends)
    {
        if (_ackTimeout == long.MaxValue)
        {
            return long.MaxValue;
        }

        var delay = _ackTimeout << Math.Min(resends, 4);
        return lastSign + (resends == 0 ? delay : Jittered(2 * delay));
    }

    private static long Jittered(long full)
    {
#pragma warning disable CA5394 // Jitter spreads load; it protects nothing.
        return (full / 2) + Random.Shared.NextInt64((full / 2) + 1);
#pragma warning restore CA5394
    }
}
