namespace Dmex.Fast.Standby.Deciding;

/// <summary>
/// Tells an engine whether it is guarded, and that it is the one cut off before the standbys' Ttl is over. A state machine in virtual
/// time, as <see cref="FireDecision"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// "Silent" is the time since the latest acknowledgement of any standby, or since this process was itself stopped:
/// <code>
/// the generation is fenced                                          → Fenced, and latched
/// silent &lt; 0.8 Ttl                                                  → Guarded
/// majority of distinct servers answered what was asked
///     at or after 0.4 Ttl of silence, or there are no servers       → Unguarded: an alarm, no latch
/// otherwise                                                         → Isolated; latched, unless the policy is Alarm
/// </code>
/// The latch holds when the touch is back: only a resume clears it.
/// </remarks>
internal sealed class EngineIsolation(DecisionOptions options, EngineIsolationPolicy policy)
{
    private const double IsolatedAt = 0.8;

    private TimeSpan _heardAt;
    private StallMeter _stalls = new(options.MaxGap);

    /// <summary>What is known.</summary>
    public EngineTouch Touch { get; private set; } = EngineTouch.Unguarded;

    /// <summary>Whether the generation is fenced.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Whether the engine's book must be latched, by what happened since the generation began.</summary>
    public bool IsLatched { get; private set; }

    /// <summary>How often this process was stopped itself.</summary>
    public int Stalls => _stalls.Stalls;

    /// <summary>Only servers that answered what was asked at or after this are witnesses.</summary>
    public TimeSpan WitnessesFrom => _heardAt + (options.Ttl * (IsolatedAt / 2));

    /// <summary>Whether the servers should be asked now.</summary>
    public bool WantsWitnesses(TimeSpan now) => now >= WitnessesFrom;

    /// <summary>A generation begins, by a claim: what was before does not count.</summary>
    public void Begin(TimeSpan now)
    {
        _heardAt = now;
        IsFenced = false;
        IsLatched = false;
        Touch = EngineTouch.Unguarded;
    }

    /// <summary>A standby that can fire acknowledged.</summary>
    public void Acknowledged(TimeSpan now)
    {
        _heardAt = now;
        Touch = IsFenced ? EngineTouch.Fenced : EngineTouch.Guarded;
    }

    /// <summary>The generation is fenced.</summary>
    public void Fence()
    {
        IsFenced = true;
        IsLatched = true;
        Touch = EngineTouch.Fenced;
    }

    /// <summary>Decides; to be called at every beat.</summary>
    /// <param name="now">The time.</param>
    /// <param name="witnesses">How many distinct servers answered what was asked since <see cref="WitnessesFrom"/>.</param>
    public EngineTouch Tick(TimeSpan now, int witnesses)
    {
        if (_stalls.Look(now))
        {
            // The acknowledgements lie unread; if the standbys fired meanwhile, the first one that is read says so.
            _heardAt = now;
        }

        if (IsFenced || now - _heardAt < options.Ttl * IsolatedAt)
        {
            return Touch;
        }

        Touch = options.IsMajority(witnesses) ? EngineTouch.Unguarded : EngineTouch.Isolated;
        IsLatched |= Touch == EngineTouch.Isolated && policy == EngineIsolationPolicy.Latch;
        return Touch;
    }
}
