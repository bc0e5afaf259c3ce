namespace Dmex.Fast.Standby.Deciding;

/// <summary>
/// Decides whether a standby fires. A state machine in virtual time: no clock, no thread, no I/O; every input has a time stamp of a
/// monotonic clock of this process. Not thread-safe: used under its owner's lock.
/// </summary>
/// <remarks>
/// What <see cref="Tick"/> decides, the first row that fits; "silent" is the time since the clock was started, which a beat of the
/// guarded generation does, and a stop of this process, and the beginning of a generation:
/// <code>
/// no generation is known                                            → nothing
/// an operator ordered it                                            → fire all, whatever else holds
/// another fenced the generation, 500 ms ago                         → fire the rest
/// the generation is fenced, or its engine said that it stops        → nothing
/// silent &lt; Ttl (&lt; IsolatedAfter while no beat of it was heard)       → nothing
/// a majority of distinct servers has been witness for Ttl / 4       → fire all: silence
/// silent ≥ IsolatedAfter, policy Fire, the venue answers            → fire all: isolated
/// otherwise                                                         → nothing
/// </code>
/// A dry run says <see cref="FireStep.WouldFire"/> where it would fire, once for each silence.
/// <para>
/// A server is a witness while it answers what was asked after half the Ttl of silence and within the last quarter of a Ttl. That the
/// majority holds for a quarter matters when a host that was cut off is in touch again: the servers answer at once, and the next beat
/// of a healthy engine comes a little later.
/// </para>
/// </remarks>
internal sealed class FireDecision(DecisionOptions options)
{
    private TimeSpan _heardAt;
    private TimeSpan? _restAt;
    private TimeSpan? _contactAt;
    private ulong _number;
    private bool _isHeard;
    private bool _isStopping;
    private bool _isOrdered;
    private StallMeter _stalls = new(options.MaxGap);
    private bool _hasSaid;

    /// <summary>The engine's generation that is guarded; 0: none is known.</summary>
    public uint Generation { get; private set; }

    /// <summary>The highest fenced generation: nothing that is armed under it, or a lower one, may stay open.</summary>
    public uint Fenced { get; private set; }

    /// <summary>Whether a beat of the guarded generation was heard.</summary>
    public bool IsHeard => _isHeard;

    /// <summary>How often this process was stopped itself.</summary>
    public int Stalls => _stalls.Stalls;

    /// <summary>What the latest step was decided on.</summary>
    public FireEvidence Evidence { get; private set; }

    private TimeSpan AskedFrom => _heardAt + (options.Ttl / 2);

    /// <summary>
    /// Only servers that answered what was asked at or after this are witnesses: an answer to an older question says nothing of
    /// whether this host was cut off together with the engine's beats.
    /// </summary>
    public TimeSpan WitnessesFrom(TimeSpan now) => AskedFrom > now - options.Contact ? AskedFrom : now - options.Contact;

    /// <summary>Whether the servers should be asked now, and again at every beat.</summary>
    public bool WantsWitnesses(TimeSpan now) => Generation != 0 && now >= AskedFrom;

    /// <summary>How long the engine has been silent.</summary>
    public TimeSpan Silent(TimeSpan now) => now - _heardAt;

    /// <summary>A generation began: read from the stream, or told by a beat. Lower ones are not guarded any more.</summary>
    public void Begin(TimeSpan now, uint generation)
    {
        if (generation <= Generation)
        {
            return;
        }

        Generation = generation;
        _heardAt = now;
        _number = 0;
        _isHeard = false;
        _isStopping = false;
        _restAt = null;
        _hasSaid = false;
    }

    /// <summary>A beat came, by whatever path; one that is not newer than those before changes nothing.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="generation">Of the engine.</param>
    /// <param name="number">Grows from beat to beat of a generation, from 1.</param>
    /// <param name="isStopping">The engine ends on purpose: its silence from now on is none.</param>
    /// <returns>Whether it was newer than those before.</returns>
    public bool Beat(TimeSpan now, uint generation, ulong number, bool isStopping)
    {
        Begin(now, generation);
        if (generation != Generation || number <= _number)
        {
            return false;
        }

        _number = number;
        _heardAt = now;
        _isHeard = true;
        _isStopping = isStopping;
        _hasSaid = false;
        return true;
    }

    /// <summary>
    /// Somebody else fenced a generation and all lower ones, and fires. A fence is a maximum: once or ten times is the same.
    /// </summary>
    public void Fence(TimeSpan now, uint generation)
    {
        if (generation <= Fenced)
        {
            return;
        }

        Fenced = generation;
        if (generation >= Generation && Generation != 0)
        {
            _restAt = now + DecisionOptions.SecondAfter;
        }
    }

    /// <summary>An operator orders a fire: the next tick does it, without witnesses.</summary>
    public void Order() => _isOrdered = true;

    /// <summary>Whether an order waits for the next tick.</summary>
    public bool IsOrdered => _isOrdered;

    /// <summary>Notes that this process runs, where nothing can be decided yet.</summary>
    public void Pass(TimeSpan now) => _stalls.Pass(now);

    /// <summary>The past was read: what it says of fences is no news, and the clock starts now.</summary>
    public void Restart(TimeSpan now)
    {
        _heardAt = now > _heardAt ? now : _heardAt;
        _restAt = Generation != 0 && Generation <= Fenced ? now + DecisionOptions.SecondAfter : null;
    }

    /// <summary>Decides; to be called many times in a quarter of the Ttl.</summary>
    /// <param name="now">The time.</param>
    /// <param name="witnesses">How many distinct servers answered what was asked since <see cref="WitnessesFrom"/>.</param>
    /// <param name="venueAnswers">Whether this host's own connection to the venue answers.</param>
    public FireStep Tick(TimeSpan now, int witnesses, bool venueAnswers)
    {
        if (_stalls.Look(now))
        {
            // What the engine sent meanwhile lies unread in the sockets: the silence was this process's own.
            _heardAt = now;
        }

        if (Generation == 0)
        {
            return FireStep.None;
        }

        if (_isOrdered)
        {
            _isOrdered = false;
            return Fire(FireStep.FireAll, FireReason.Operator, now, witnesses);
        }

        if (_restAt is { } restAt && now >= restAt)
        {
            return Fire(FireStep.FireRest, FireReason.OtherFence, now, witnesses);
        }

        _contactAt = options.IsMajority(witnesses) ? _contactAt ?? now : null;
        if (Generation <= Fenced || _isStopping || Silent(now) < (_isHeard ? options.Ttl : options.IsolatedAfter))
        {
            return FireStep.None;
        }

        if (now - _contactAt >= options.Contact)
        {
            return Fire(FireStep.FireAll, FireReason.Silence, now, witnesses);
        }

        return Silent(now) >= options.IsolatedAfter && options.OnIsolated == IsolationPolicy.Fire && venueAnswers
            ? Fire(FireStep.FireAll, FireReason.Isolated, now, witnesses)
            : FireStep.None;
    }

    private FireStep Fire(FireStep step, FireReason reason, TimeSpan now, int witnesses)
    {
        _restAt = null;
        if (options.DryRun && _hasSaid)
        {
            return FireStep.None;
        }

        Evidence = new FireEvidence(reason, Generation, Silent(now), witnesses, options.Servers);
        if (options.DryRun)
        {
            _hasSaid = true;
            return FireStep.WouldFire;
        }

        Fenced = Math.Max(Fenced, Generation);
        return step;
    }
}
