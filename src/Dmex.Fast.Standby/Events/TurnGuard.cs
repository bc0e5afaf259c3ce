namespace Dmex.Fast.Standby.Events;

/// <summary>
/// Runs what a thread does again and again: a turn that fails is counted and told, and the thread goes on. Thread-safe.
/// </summary>
/// <param name="tell">Tells of a failure: at most once in <see cref="TellEvery"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class TurnGuard(Action<TurnFailedEventArgs> tell, TimeProvider time)
{
    /// <summary>What fails at every turn is not told a thousand times a second.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _toldAt;
    private long _failures;

    /// <summary>How many turns failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Runs a turn.</summary>
    /// <returns>False when it failed.</returns>
    public bool Run(Action turn)
    {
        try
        {
            turn();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, a thread that guards orders does not end by it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Note(e);
            return false;
        }
    }

    /// <summary>Counts and tells what something outside of <see cref="Run"/> threw.</summary>
    public void Note(Exception error)
    {
        lock (_lock)
        {
            if (_failures++ > 0 && time.GetElapsedTime(_toldAt) < TellEvery)
            {
                return;
            }

            _toldAt = time.GetTimestamp();
        }

        tell(new TurnFailedEventArgs(error, Failures));
    }
}
