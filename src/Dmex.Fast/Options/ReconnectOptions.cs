using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>How connections are established and re-established. Read once, when the client connects.</summary>
public sealed class ReconnectOptions
{
    /// <summary>
    /// A lost connection that had proved itself is re-established at once; after a failed attempt the next one follows after a random
    /// time up to this, a bound that doubles with each further failure.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The largest bound of the time between two attempts.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether connecting returns at once and keeps trying until a connection is ready. Cancels are accepted from the start then: they
    /// are sent as soon as a connection is ready, and what is not resolved in time is reported as unresolved. Off by default:
    /// connecting completes when the first connection is ready, and fails when each has failed once.
    /// </summary>
    public bool ConnectInBackground { get; set; }

    internal void Check(OptionErrors errors, string group)
    {
        errors.Positive(Delay, $"{group}.{nameof(Delay)}");
        errors.Positive(MaxDelay, $"{group}.{nameof(MaxDelay)}");
    }
}
