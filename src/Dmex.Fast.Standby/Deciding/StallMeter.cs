namespace Dmex.Fast.Standby.Deciding;

/// <summary>
/// Tells a stop of this process by the gap between two of its looks: what others sent meanwhile lies unread. Not thread-safe.
/// </summary>
/// <param name="maxGap">How far two looks may be apart.</param>
internal struct StallMeter(TimeSpan maxGap)
{
    private TimeSpan _lookedAt;
    private bool _hasLooked;

    /// <summary>How many stops there were.</summary>
    public int Stalls { get; private set; }

    /// <summary>Looks.</summary>
    /// <returns>Whether this process was stopped since the look before.</returns>
    public bool Look(TimeSpan now)
    {
        var isStall = _hasLooked && now - _lookedAt > maxGap;
        Stalls += isStall ? 1 : 0;
        Pass(now);
        return isStall;
    }

    /// <summary>Time passes, and no stop is looked for.</summary>
    public void Pass(TimeSpan now)
    {
        _hasLooked = true;
        _lookedAt = now;
    }
}
