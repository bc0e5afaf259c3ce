namespace Dmex.Fast;

/// <summary>How several connections share the work.</summary>
public enum ConnectionPolicy
{
    /// <summary>
    /// One connection carries the cancels; the others are open and kept warm, and the next one takes over, with what is
    /// unanswered, as soon as it ends. The one that has taken over keeps the work.
    /// </summary>
    Primary,

    /// <summary>Each cancel goes out on every connection that is ready, and the first confirmation counts.</summary>
    Broadcast,
}
