using System.Diagnostics;
using System.Threading.RateLimiting;

namespace Dmex.Fast.Tracking;

/// <summary>
/// Counts the cancels of an account against its rate: a token bucket, and a second one that only panics may use. Filled when
/// it is asked, so that no timer is needed. Thread-safe.
/// </summary>
internal sealed class FrameBudget : IDisposable
{
    private const int PeriodsPerSecond = 100;

    private readonly Lock _lock = new();
    private readonly TokenBucketRateLimiter _ordinary;
    private readonly TokenBucketRateLimiter? _reserve;
    private int _givenBack;

    public FrameBudget(RateBudgetOptions options)
    {
        _ordinary = Bucket(options, options.Burst);
        _reserve = options.PanicReserve > 0 ? Bucket(options, options.PanicReserve) : null;
        Period = Stopwatch.Frequency / Math.Min(PeriodsPerSecond, options.FramesPerSecond);
    }

    /// <summary>After how long there is something again, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Period { get; }

    /// <summary>Takes so many, or none.</summary>
    public bool TryTake(int frames)
    {
        lock (_lock)
        {
            if (_givenBack < frames)
            {
                return TryTake(_ordinary, frames);
            }

            _givenBack -= frames;
            return true;
        }
    }

    /// <summary>Takes as many as there are, up to so many: first what was given back, the reserve last.</summary>
    public int TakeForPanic(int most)
    {
        lock (_lock)
        {
            var taken = Math.Min(_givenBack, most);
            _givenBack -= taken;
            taken += TakeSome(_ordinary, most - taken);
            return _reserve is null || taken == most ? taken : taken + TakeSome(_reserve, most - taken);
        }
    }

    /// <summary>Gives back what a panic took and did not use.</summary>
    public void GiveBack(int frames)
    {
        lock (_lock)
        {
            _givenBack += frames;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ordinary.Dispose();
        _reserve?.Dispose();
    }

    private static TokenBucketRateLimiter Bucket(RateBudgetOptions options, int limit)
    {
        var periods = Math.Min(PeriodsPerSecond, options.FramesPerSecond);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            AutoReplenishment = false,
            QueueLimit = 0,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / periods),
            TokenLimit = limit,
            TokensPerPeriod = Math.Max(1, options.FramesPerSecond / periods),
        });
    }

    private static int TakeSome(TokenBucketRateLimiter bucket, int most)
    {
        var taken = 0;
        for (var step = most; step > 0; step /= 2)
        {
            while (taken + step <= most && TryTake(bucket, step))
            {
                taken += step;
            }
        }

        return taken;
    }

    private static bool TryTake(TokenBucketRateLimiter bucket, int count)
    {
        _ = bucket.TryReplenish();
        try
        {
            using var lease = bucket.AttemptAcquire(count);
            return lease.IsAcquired;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false; // more than the bucket ever holds
        }
    }
}
