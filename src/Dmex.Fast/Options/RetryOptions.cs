using Dmex.Fast.Options;

namespace Dmex.Fast;

/// <summary>When a cancel is sent again. Read once, when the client connects.</summary>
public sealed class RetryOptions
{
    /// <summary>
    /// After this long without an answer to a cancel, on a connection that brings no answer to any other cancel either, it is
    /// sent again, on another connection where there is one.
    /// </summary>
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For this long after a cancel was accepted, "order not found" is taken to mean that it overtook its order, and it is sent
    /// again; after that, it is what the caller is told.
    /// </summary>
    public TimeSpan NotFoundGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a cancel that was put off or not answered is sent again by itself, with growing pauses; 0 for never. It then
    /// stays in flight, and canceling it once more begins again. What a lost connection left unanswered does not count.
    /// </summary>
    public int MaxResendsPerOrder { get; set; } = 10;

    /// <summary>
    /// How many cancels may be sent again per second, over all orders; halved each time the venue signals a limit, and
    /// recovering. What a lost connection left unanswered is sent whatever this says, unless the venue has signaled a
    /// limit lately.
    /// </summary>
    public int MaxResendsPerSecond { get; set; } = 1000;

    /// <summary>
    /// The longest pause that the venue can ask for: by a rate limit in a reply, or by Retry-After when it refuses a connection.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    internal void Check(OptionErrors errors, string group)
    {
        errors.Positive(AckTimeout, $"{group}.{nameof(AckTimeout)}");
        errors.NotNegative(NotFoundGrace, $"{group}.{nameof(NotFoundGrace)}");
        errors.Between(MaxResendsPerOrder, 0, int.MaxValue, $"{group}.{nameof(MaxResendsPerOrder)}");
        errors.Between(MaxResendsPerSecond, 1, int.MaxValue, $"{group}.{nameof(MaxResendsPerSecond)}");
        errors.Positive(MaxRetryAfter, $"{group}.{nameof(MaxRetryAfter)}");
    }
}
