namespace Dmex.Fast;

/// <summary>What a message says as a whole when none of its hashes got a verdict.</summary>
public enum ReplySignal
{
    /// <summary>The message has verdicts, or an operator's rule knows that it says nothing about cancels.</summary>
    None,

    /// <summary>The venue limits the rate, and names no order.</summary>
    Throttled,

    /// <summary>The venue is busy, timed out or failed inside, and names no order.</summary>
    Busy,

    /// <summary>The venue reports another error and names no order: some cancel failed, and which one is unknown.</summary>
    ErrorWithoutHash,

    /// <summary>
    /// No rule knows the message, and it goes to the user's handler untouched. <see cref="ReplyExcerpt"/> shows how such a
    /// message begins.
    /// </summary>
    Unrecognized,
}
