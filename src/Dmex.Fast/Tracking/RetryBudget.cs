using System.Diagnostics;

namespace Dmex.Fast.Tracking;

/// <summary>
/// How many copies may be sent again in a second, over all orders of the account, so that retrying never makes a venue's trouble
/// worse: a token bucket which pauses when the venue speaks of a limit, goes on empty at half of its rate, never less than 10 a second,
/// and recovers by a half with every second after the pause. Times are ticks of <see cref="Stopwatch"/>. Not thread-safe.
/// </summary>
internal sealed class RetryBudget
{
    private const double BurstsPerSecond = 50;
    private const double MinRate = 10;
    private static readonly long Pause = Stopwatch.Frequency / 10;
    private readonly double _fullRate;
    private double _rate;
    private double _tokens;
    private long _filledAt;
    private long _pausedUntil;
    private long _fasterAt;

    /// <param name="perSecond">Copies a second at most, at least 1; also how many may go at once.</param>
    public RetryBudget(int perSecond)
    {
        _fullRate = perSecond;
        _rate = perSecond;
        _tokens = perSecond;
    }

    /// <summary>
    /// Whether the venue has spoken of a limit lately, so that copies of a dead connection are to be within the budget too.
    /// </summary>
    public bool IsThrottled(long now)
    {
        Refill(now);
        return now < _pausedUntil || _rate < _fullRate;
    }

    /// <summary>Whether there is one; when there is none, says when to ask again.</summary>
    public bool HasOne(long now, out long askAgainAt)
    {
        Refill(now);
        if (now >= _pausedUntil && _tokens >= 1)
        {
            askAgainAt = 0;
            return true;
        }

        var missing = (long)(Math.Max(0, 1 - _tokens) / _rate * Stopwatch.Frequency);
        askAgainAt = Math.Max(_pausedUntil, now + Math.Max(missing, Stopwatch.Frequency / 1000));
        return false;
    }

    /// <summary>Takes one, which there is.</summary>
    public void Take() => _tokens--;

    /// <summary>The venue limits the rate: half of it from here on, after a pause.</summary>
    /// <param name="now">The time.</param>
    /// <param name="pause">How long the venue asks to wait, as far as it is believed.</param>
    public void NoteThrottled(long now, long pause)
    {
        Refill(now);
        if (now >= _pausedUntil)
        {
            // One throttle for many orders counts once.
            _rate = Math.Max(Math.Min(_fullRate, MinRate), _rate / 2);
            _tokens = 0;
        }

        _pausedUntil = Math.Max(_pausedUntil, now + Math.Max(Pause, pause));
        _fasterAt = _pausedUntil + Stopwatch.Frequency;
    }

    private void Refill(long now)
    {
        if (_filledAt == 0)
        {
            _filledAt = now;
        }

        for (; _rate < _fullRate && now >= _fasterAt; _fasterAt += Stopwatch.Frequency)
        {
            RefillTo(_fasterAt); // at the rate that held until then
            _rate = Math.Min(_fullRate, _rate * 1.5);
        }

        RefillTo(now);
    }

    private void RefillTo(long time)
    {
        // Nothing comes in during a pause, or its end would meet the venue's limit with all that did. A limited venue is fed evenly: a
        // second's worth at once would meet its limit again, however low the rate.
        var most = _rate < _fullRate ? Math.Max(1, _rate / BurstsPerSecond) : _rate;
        var since = Math.Max(_filledAt, _pausedUntil);
        _tokens = Math.Min(most, _tokens + ((double)Math.Max(0, time - since) / Stopwatch.Frequency * _rate));
        _filledAt = Math.Max(_filledAt, time);
    }
}
