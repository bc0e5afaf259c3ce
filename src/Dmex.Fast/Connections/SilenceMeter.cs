using System.Diagnostics;

namespace Dmex.Fast.Connections;

/// <summary>
/// How long a peer has been silent, in time during which this process looked. The clock's thread looks at least every tenth of a
/// second; where more lies between two looks, the process or the thread stood still, and what the peer sent meanwhile may not
/// have been read: that time is not held against the peer. It is not forgiven altogether either, so that a silent peer is found
/// out by a clock that is late at every look, on a busy machine. Used by one thread.
/// </summary>
internal struct SilenceMeter
{
    /// <summary>Ticks between two looks while the clock's thread runs: at most a tenth of a second.</summary>
    public static readonly long MaxBetweenLooks = Stopwatch.Frequency / 10;

    private long _lastLook;
    private long _life;
    private long _stoodStill;

    /// <summary>When the silence began, moved forward by the time that did not count since.</summary>
    /// <param name="life">When the peer was last known to be alive; ticks, like all times here.</param>
    /// <param name="now">Not before the look before.</param>
    public long Began(long life, long now)
    {
        if (life != _life)
        {
            _life = life;
            _stoodStill = 0;
        }

        _stoodStill += Math.Max(0, now - Math.Max(life, _lastLook) - MaxBetweenLooks);
        _lastLook = now;
        return life + _stoodStill;
    }
}
