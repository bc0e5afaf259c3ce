using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// How many copies may be sent again in a second, over all orders, so that re-sending never makes a venue's trouble worse:
/// a token bucket whose rate is halved, and which pauses, when the venue speaks of a limit, and which recovers by a half
/// every second without such a word, never to less than 10 a second. Not thread-safe. Times are ticks of <see cref="Stopwatch"/>.
/// </summary>
internal sealed class ResendBudget
{
    private const double BurstsPerSecond = 50;
    private const double LeastRate = 10;
    private static readonly long Pause = Stopwatch.Frequency / 10;
    private readonly double _fullRate;
    private double _rate;
    private double _tokens;
    private long _filled;
    private long _pausedUntil;
    private long _changed;

    /// <param name="perSecond">Copies a second at most, at least 1; also how many may go at once.</param>
    public ResendBudget(int perSecond)
    {
        _fullRate = perSecond;
        _rate = perSecond;
        _tokens = perSecond;
    }

    /// <summary>Whether the venue has spoken of a limit lately, so that every copy is to be within the budget.</summary>
    public bool IsThrottled(long now)
    {
        Refill(now);
        return now < _pausedUntil || _rate < _fullRate;
    }

    /// <summary>Takes one; when there is none, says when to ask again.</summary>
    public bool TryTake(long now, out long askAgain)
    {
        Refill(now);
        if (now >= _pausedUntil && _tokens >= 1)
        {
            _tokens--;
            askAgain = 0;
            return true;
        }

        var missing = (long)(Math.Max(0, 1 - _tokens) / _rate * Stopwatch.Frequency);
        askAgain = Math.Max(_pausedUntil, now + Math.Max(missing, Stopwatch.Frequency / 1000));
        return false;
    }

    /// <summary>The venue limits the rate: half of it from here on, after a pause of at least what it asks for.</summary>
    public void Throttled(long now, TimeSpan? retryAfter)
    {
        Refill(now);
        var asked = (long)(Math.Clamp(retryAfter?.TotalSeconds ?? 0, 0, 86_400) * Stopwatch.Frequency);
        if (now >= _pausedUntil)
        {
            // One word for many orders counts once.
            _rate = Math.Max(Math.Min(_fullRate, LeastRate), _rate / 2);
            _tokens = 0;
            _changed = now;
        }

        _pausedUntil = Math.Max(_pausedUntil, now + Math.Max(Pause, asked));
    }

    private void Refill(long now)
    {
        if (_filled == 0)
        {
            _filled = now;
            _changed = now;
        }

        while (_rate < _fullRate && now - _changed >= Stopwatch.Frequency)
        {
            _rate = Math.Min(_fullRate, _rate * 1.5);
            _changed += Stopwatch.Frequency;
        }

        // A limited venue is fed evenly: a second's worth at once would meet its limit again, however low the rate.
        var most = _rate < _fullRate ? Math.Max(1, _rate / BurstsPerSecond) : _rate;
        _tokens = Math.Min(most, _tokens + ((double)(now - _filled) / Stopwatch.Frequency * _rate));
        _filled = now;
    }
}
