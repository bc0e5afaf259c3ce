namespace Dmex.Fast.Standby.Deciding;

/// <summary>A process's monotonic time, from when this was made. Thread-safe.</summary>
/// <param name="provider">The clock.</param>
internal sealed class MonotonicClock(TimeProvider provider)
{
    private readonly long _start = provider.GetTimestamp();

    /// <summary>The clock.</summary>
    public TimeProvider Provider => provider;

    /// <summary>The time since this was made.</summary>
    public TimeSpan Now => provider.GetElapsedTime(_start);

    /// <summary>The time stamp of a moment.</summary>
    public long ToTimestamp(TimeSpan moment) => _start + (long)(moment.TotalSeconds * provider.TimestampFrequency);

    /// <summary>Waits.</summary>
    public Task Delay(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, provider, cancellationToken);
}
