namespace Dmex.Fast.Tracking;

/// <summary>
/// One life of a connection as far as cancels are concerned: how far it has come with its answers. Times are ticks of
/// <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
internal struct ConnectionLife
{
    /// <summary>Counts the lives of all connections; 0 before the first.</summary>
    public long Incarnation;

    /// <summary>It carries copies.</summary>
    public bool IsUp;

    /// <summary>When it last answered a copy; 0 for never.</summary>
    public long LastAnswer;

    /// <summary>
    /// When the latest of the copies that it has answered was written. One written before and not answered has been skipped.
    /// </summary>
    public long LatestAnswered;
}
