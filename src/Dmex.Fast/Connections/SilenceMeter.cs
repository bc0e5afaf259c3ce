using System.Diagnostics;

namespace Dmex.Fast.Connections;

/// <summary>
/// How long a peer has been silent, in time during which this process looked. The clock's thread looks at regular intervals; where
/// more than the interval lies between two looks, the process or the thread stood still, and what the peer sent meanwhile may not
/// have been read: that time is not held against the peer. It is not forgiven altogether either, so that a silent peer is found
/// out by a clock that is late at every look, on a busy machine. Used by one thread.
/// </summary>
internal struct SilenceMeter
{
    // A look wakes the processor, and an idle client does nothing else: a shorter interval costs, a longer one blames the peer for
    // longer pauses of this process.
    private static readonly long MaxInterval = Stopwatch.Frequency / 4;

    private long _lastLook;
    private long _life;
    private long _stoodStill;

    /// <param name="tolerated">The silence that ends a connection; ticks.</param>
    public SilenceMeter(long tolerated) => Interval = Math.Min(tolerated / 8, MaxInterval);

    /// <summary>
    /// Ticks between two looks while the clock's thread runs: a small part of the silence that is tolerated, since that much of a
    /// pause of this process is held against the peer.
    /// </summary>
    public long Interval { get; }

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

        _stoodStill += Math.Max(0, now - Math.Max(life, _lastLook) - Interval);
        _lastLook = now;
        return life + _stoodStill;
    }
}
