namespace Dmex.Fast.Connections;

/// <summary>
/// When one connection is tried again, by what became of it so far. Plain state without a clock of its own; not thread-safe.
/// </summary>
/// <param name="policy">How long to wait.</param>
internal sealed class ReconnectSchedule(ReconnectPolicy policy)
{
    private int _failures;
    private int _rejections;

    /// <summary>When the next attempt is due; meaningful while the connection is down.</summary>
    public long NextAttempt { get; private set; }

    /// <summary>Notes an attempt that failed.</summary>
    /// <param name="now">Ticks.</param>
    /// <param name="exception">What it ended with.</param>
    public void Failed(long now, Exception exception)
    {
        if (ReconnectPolicy.IsLimit(null, exception))
        {
            Reject(now, isLimit: true, exception);
        }
        else
        {
            NextAttempt = now + policy.AfterFailure(++_failures, exception);
        }
    }

    /// <summary>Notes that a connection ended that had been made.</summary>
    /// <param name="now">Ticks.</param>
    /// <param name="readyFor">How long it was ready, in ticks; 0 when it never was.</param>
    /// <param name="hasAnswered">Whether the venue answered a cancel on it.</param>
    /// <param name="loss">Why it ended.</param>
    public void Ended(long now, long readyFor, bool hasAnswered, ConnectionLoss loss)
    {
        _failures = 0;
        var isProven = policy.IsProven(readyFor, hasAnswered);
        _rejections = isProven ? 0 : _rejections;
        var isLimit = ReconnectPolicy.IsLimit(loss, null);
        if (isProven && !isLimit)
        {
            NextAttempt = now;
        }
        else
        {
            Reject(now, isLimit, loss.Exception);
        }
    }

    /// <summary>Forgets what happened: the next attempt is due at once.</summary>
    /// <param name="now">Ticks.</param>
    public void Reset(long now)
    {
        _failures = 0;
        _rejections = 0;
        NextAttempt = now;
    }

    private void Reject(long now, bool isLimit, Exception? exception)
    {
        _rejections += isLimit && _rejections == 0 ? 2 : 1;
        NextAttempt = now + policy.AfterRejection(_rejections, exception);
    }
}
