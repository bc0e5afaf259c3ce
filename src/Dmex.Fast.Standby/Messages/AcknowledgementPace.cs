namespace Dmex.Fast.Standby.Messages;

/// <summary>
/// When a standby acknowledges: the first change of an idle period at once, so that a single order is known to be replicated soon, then at
/// most once in <see cref="MinGap"/>, so that the traffic does not grow with the engine's rate. In virtual time; not thread-safe.
/// </summary>
/// <param name="repeatEvery">How often what does not change is said again; at least <see cref="MinGap"/>.</param>
internal sealed class AcknowledgementPace(TimeSpan repeatEvery)
{
    /// <summary>The least time from one acknowledgement to the next.</summary>
    public static readonly TimeSpan MinGap = TimeSpan.FromMilliseconds(10);

    private AcknowledgementMessage _sent;
    private TimeSpan _sentAt = -repeatEvery;

    /// <summary>Whether to send an acknowledgement now; if so, it counts as sent.</summary>
    public bool TryTake(TimeSpan now, in AcknowledgementMessage acknowledgement)
    {
        if (now - _sentAt < (acknowledgement == _sent ? repeatEvery : MinGap))
        {
            return false;
        }

        _sent = acknowledgement;
        _sentAt = now;
        return true;
    }
}
