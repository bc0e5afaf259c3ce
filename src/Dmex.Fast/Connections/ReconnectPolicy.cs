using System.Diagnostics;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Connections;

/// <summary>
/// How long a connection waits before it is tried again. Pure but for the jitter; immutable but for its source. Thread-safe with
/// <see cref="Random.Shared"/>. Times are in ticks of <see cref="Stopwatch"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>ended after it had proved itself</term><description>at once</description></item>
/// <item><term>could not be made</term><description>
/// exponential back-off with full jitter: between 0 and a bound that begins at the first delay and doubles up to the
/// maximum</description></item>
/// <item><term>ended before it had proved itself, or by a limit of the venue</term><description>
/// an eighth of the maximum, then three quarters, then the maximum; a limit begins at three quarters. Up to a tenth less by
/// jitter</description></item>
/// </list>
/// A connection proves itself by an answer of the venue's to a cancel, or by lasting for the maximum delay. Limits are the close codes
/// 1008 and 1013 and the HTTP status 429. A Retry-After of the venue's is a lower bound, up to a maximum of its own.
/// </remarks>
internal sealed class ReconnectPolicy
{
    private readonly long _first;
    private readonly long _max;
    private readonly long _maxRetryAfter;
    private readonly Random _random;

    /// <param name="first">The bound of the first delay after an attempt that failed.</param>
    /// <param name="max">The bound of every delay that the venue has not asked for.</param>
    /// <param name="maxRetryAfter">The bound of what the venue asks for.</param>
    /// <param name="random">The source of jitter; null for <see cref="Random.Shared"/>.</param>
    public ReconnectPolicy(TimeSpan first, TimeSpan max, TimeSpan maxRetryAfter, Random? random = null)
    {
        _first = Ticks(first);
        _max = Ticks(max);
        _maxRetryAfter = Ticks(maxRetryAfter);
        _random = random ?? Random.Shared;
    }

    /// <summary>Whether a connection has proved itself.</summary>
    /// <param name="readyFor">How long it was ready; 0 when it never was.</param>
    /// <param name="hasAnswered">Whether the venue answered a cancel on it.</param>
    public bool IsProven(long readyFor, bool hasAnswered) => readyFor > 0 && (hasAnswered || readyFor >= _max);

    /// <summary>Whether the venue ended a connection, or refused one, because of a limit.</summary>
    public static bool IsLimit(ConnectionLoss? loss, Exception? failure) =>
        (CloseCode?)loss?.CloseCode is CloseCode.PolicyViolation or CloseCode.TryAgainLater
        || failure is WebSocketHandshakeException { StatusCode: 429 };

    /// <summary>The delay after attempts that failed.</summary>
    /// <param name="failures">How many in turn; at least 1.</param>
    /// <param name="exception">What the last one ended with.</param>
    public long AfterFailure(int failures, Exception? exception)
    {
        // Compared before it is shifted, so that no shift overflows.
        var doublings = Math.Min(failures - 1, 62);
        var bound = _first > _max >> doublings ? _max : _first << doublings;
        return Math.Max(RetryAfter(exception), 0) + Jitter(bound);
    }

    /// <summary>The delay after connections that ended before they had proved themselves.</summary>
    /// <param name="rejections">How many in turn, a first limit counting for two; at least 1.</param>
    /// <param name="exception">What the last one ended with.</param>
    public long AfterRejection(int rejections, Exception? exception)
    {
        var bound = rejections switch
        {
            1 => _max / 8,
            2 => _max / 4 * 3,
            _ => _max,
        };
        return Math.Max(RetryAfter(exception), bound - Jitter(bound / 10));
    }

    private long RetryAfter(Exception? exception) =>
        exception is WebSocketHandshakeException { RetryAfter: { } asked } ? Math.Min(Ticks(asked), _maxRetryAfter) : 0;

#pragma warning disable CA5394 // Jitter spreads load; it protects nothing.
    private long Jitter(long bound) => _random.NextInt64(Math.Max(1, bound));
#pragma warning restore CA5394

    private static long Ticks(TimeSpan time) => (long)(Math.Clamp(time.TotalSeconds, 0, 86_400) * Stopwatch.Frequency);
}
