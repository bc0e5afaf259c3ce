using System.Diagnostics;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// The most that an account may send, written once more from the contract: in any time, no more than the burst, the reserve, and what the
/// rate gives in it; and for all but panics, no more than the burst and what the rate gives.
/// </summary>
internal sealed class ExpectedRate
{
    private const double Tolerance = 0.001;
    private double _perSecond;
    private double _burst;
    private double _all;
    private double _ordinaryLeft;
    private double _allLeft;
    private long _at;

    /// <summary>Begins anew; null for no limit.</summary>
    public void Reset(RateBudgetOptions? rate, long now)
    {
        _perSecond = rate?.FramesPerSecond ?? 0;
        _burst = rate?.Burst ?? double.PositiveInfinity;
        _all = _burst + (rate?.PanicReserve ?? 0);
        _ordinaryLeft = _burst;
        _allLeft = _all;
        _at = now;
    }

    /// <summary>A frame of an ordinary cancel goes; false when that is too many.</summary>
    public bool TryTake(long now)
    {
        Fill(now);
        _ordinaryLeft--;
        _allLeft--;
        return _ordinaryLeft >= -Tolerance && _allLeft >= -Tolerance;
    }

    /// <summary>A frame of a panic that keeps to the rate goes; false when that is too many.</summary>
    public bool TryTakeForPanic(long now)
    {
        Fill(now);
        _allLeft--;
        return _allLeft >= -Tolerance;
    }

    /// <summary>A frame of a panic that does not keep to the rate goes: it is counted as far as there is something.</summary>
    public void Use(long now)
    {
        Fill(now);
        _allLeft -= _allLeft >= 2 ? 1 : 0; // parts of a frame may lie in two buckets
    }

    private void Fill(long now)
    {
        var fresh = (now - _at) / (double)Stopwatch.Frequency * _perSecond;
        _ordinaryLeft = Math.Min(_burst, _ordinaryLeft + fresh);
        _allLeft = Math.Min(_all, _allLeft + fresh);
        _at = now;
    }
}
