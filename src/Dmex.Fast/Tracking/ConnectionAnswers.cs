namespace Dmex.Fast.Tracking;

/// <summary>
/// How far each connection has come with its answers: when it last answered a copy of a cancel, and when the latest of the copies that
/// it has answered was written. An unanswered copy that was written before that one has been passed over. Thread-safe: the
/// connection's reader writes, all read. Times are ticks of <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
internal sealed class ConnectionAnswers
{
    private readonly long[] _lastReply = new long[InFlightTable.MaxConnections];
    private readonly long[] _latestCopy = new long[InFlightTable.MaxConnections];

    /// <summary>A copy that the connection carried is answered.</summary>
    /// <param name="connectionId">Counted from 1.</param>
    /// <param name="written">When the copy was written.</param>
    /// <param name="now">When the answer came.</param>
    public void NoteAnswered(int connectionId, long written, long now)
    {
        Volatile.Write(ref _lastReply[connectionId - 1], now);
        ref var latest = ref _latestCopy[connectionId - 1];
        Volatile.Write(ref latest, Math.Max(latest, written));
    }

    /// <summary>When the connection last answered a copy; 0 for never.</summary>
    public long LastReply(int connectionId) => Volatile.Read(ref _lastReply[connectionId - 1]);

    /// <summary>Whether the connection has answered a copy that was written later.</summary>
    public bool IsPast(int connectionId, long written) => Volatile.Read(ref _latestCopy[connectionId - 1]) > written;
}
