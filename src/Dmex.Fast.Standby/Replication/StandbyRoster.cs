namespace Dmex.Fast.Standby.Replication;

/// <summary>
/// What the standbys of a generation acknowledged, each by its latest word. In virtual time; not thread-safe.
/// </summary>
/// <param name="ttl">One that was silent for so long does not count as able to fire.</param>
internal sealed class StandbyRoster(TimeSpan ttl)
{
    private const int MaxStandbys = 64;

    private readonly Dictionary<ulong, (ulong Watermark, bool CanFire, TimeSpan At)> _standbys = [];

    /// <summary>Forgets what was acknowledged: a generation begins.</summary>
    public void Clear() => _standbys.Clear();

    /// <summary>A standby acknowledged.</summary>
    public void Acknowledge(TimeSpan now, ulong id, ulong watermark, bool canFire)
    {
        if (_standbys.TryGetValue(id, out var before) || _standbys.Count < MaxStandbys)
        {
            _standbys[id] = (Math.Max(before.Watermark, watermark), canFire, now);
        }
    }

    /// <summary>A standby restarted, with an empty replica: what it held before does not count.</summary>
    public void Forget(ulong id) => _ = _standbys.Remove(id);

    /// <summary>How many standbys that can fire hold everything up to a sequence.</summary>
    public int CountHolding(TimeSpan now, ulong sequence)
    {
        var count = 0;
        foreach (var standby in _standbys.Values)
        {
            count += standby.CanFire && standby.Watermark >= sequence && now - standby.At < ttl ? 1 : 0;
        }

        return count;
    }

    /// <summary>The highest watermark of a standby that can fire.</summary>
    public ulong Best(TimeSpan now)
    {
        ulong best = 0;
        foreach (var standby in _standbys.Values)
        {
            best = standby.CanFire && now - standby.At < ttl ? Math.Max(best, standby.Watermark) : best;
        }

        return best;
    }

    /// <summary>All of them; allocates.</summary>
    public IReadOnlyList<StandbyView> List(TimeSpan now) =>
        [.. _standbys.Select(standby =>
            new StandbyView(standby.Key, standby.Value.Watermark, standby.Value.CanFire, now - standby.Value.At))];
}
