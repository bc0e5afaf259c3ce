using System.Diagnostics;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// The most that may be sent again, written once more from the contract: a bucket of a second's worth; after the venue speaks of a
/// limit nothing until its pause is over, then from an empty bucket at half of the rate and evenly, a half faster with each second.
/// </summary>
internal sealed class ExpectedBudget
{
    private const double Tolerance = 0.001;
    private const double SlowestRate = 10;
    private static readonly long ShortestPause = Stopwatch.Frequency / 10;
    private double _full;
    private double _rate;
    private double _tokens;
    private long _at;
    private long _fasterAt;

    /// <summary>When the pause ends.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Reset(int perSecond, long now)
    {
        _full = _rate = _tokens = perSecond;
        _at = now;
        _fasterAt = long.MaxValue;
        PausedUntil = 0;
    }

    /// <summary>Whether a limit is in force.</summary>
    public bool IsLimited(long now)
    {
        Fill(now);
        return now < PausedUntil || _rate < _full;
    }

    /// <summary>The venue speaks of a limit.</summary>
    public void Limit(long now, long pause)
    {
        Fill(now);
        if (now >= PausedUntil)
        {
            _rate = Math.Max(Math.Min(_full, SlowestRate), _rate / 2);
            _tokens = 0;
        }

        PausedUntil = Math.Max(PausedUntil, now + Math.Max(ShortestPause, pause));
        _fasterAt = PausedUntil + Stopwatch.Frequency;
    }

    /// <summary>One is sent again; false when that is too many.</summary>
    public bool TryTake(long now)
    {
        Fill(now);
        _tokens--;
        return _tokens >= -Tolerance;
    }

    private void Fill(long now)
    {
        while (_rate < _full && now >= _fasterAt)
        {
            FillTo(_fasterAt);
            _rate = Math.Min(_full, _rate * 1.5);
            _fasterAt += Stopwatch.Frequency;
        }

        FillTo(now);
    }

    private void FillTo(long time)
    {
        var most = _rate < _full ? Math.Max(1, _rate / 50) : _rate;
        var from = Math.Max(_at, PausedUntil);
        _tokens = Math.Min(most, _tokens + (Math.Max(0, time - from) / (double)Stopwatch.Frequency * _rate));
        _at = Math.Max(_at, time);
    }
}
