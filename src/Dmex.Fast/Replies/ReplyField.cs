namespace Dmex.Fast.Replies;

/// <summary>What a JSON property is read as.</summary>
internal enum ReplyField : byte
{
    /// <summary>No table knows the name: words and flags in it count against the weaker claim.</summary>
    Other,

    /// <summary>Known to say nothing of the order's state: prices, times, names. Not read.</summary>
    Harmless,

    /// <summary>Harmless by a fragment of its name: only a flag, or a word of a state, counts against the weaker claim.</summary>
    HarmlessLike,

    /// <summary>Says what the message is about.</summary>
    Operation,

    /// <summary>The order's state, or what came out of the operation.</summary>
    State,

    /// <summary>What came out of the cancel, by its name.</summary>
    CancelState,

    /// <summary>True or false: whether it succeeded.</summary>
    Success,

    /// <summary>True: the cancel was taken, and no more.</summary>
    Accepted,

    /// <summary>Whether the order is canceled; or a list of those that are.</summary>
    IsCanceled,

    /// <summary>Whether the order is open: anything but false speaks against a claim.</summary>
    IsOpen,

    /// <summary>Whether the order is closed: false speaks against a claim.</summary>
    IsClosed,

    /// <summary>Whether the order was filled, or how much of it: true speaks against a claim.</summary>
    IsFilled,

    /// <summary>When the order ended: nothing there counts against the weaker claim.</summary>
    EndedAt,

    /// <summary>Trades: a state in it is that of the trade.</summary>
    Match,

    /// <summary>What the message is about: a trade, a transfer.</summary>
    Subject,

    /// <summary>A code: 0 and 2xx are successes.</summary>
    Code,

    /// <summary>Prose.</summary>
    Text,

    /// <summary>Why; single words count here.</summary>
    Reason,

    /// <summary>An error, unless the value is empty.</summary>
    Error,

    /// <summary>How many orders were canceled.</summary>
    CancelCount,

    /// <summary>How many of something.</summary>
    Count,

    /// <summary>How much is left: anything but 0 counts against the weaker claim.</summary>
    Remaining,

    /// <summary>A name that sounds like a state: it may speak against a claim, never for one.</summary>
    StateLike,

    /// <summary>A name that sounds like a code: any number but 0 and 2xx is an error.</summary>
    CodeLike,

    /// <summary>A name that sounds like a flag of an open order: true speaks against a claim, nothing speaks for one.</summary>
    OpenLike,

    /// <summary>Seconds to wait.</summary>
    RetryAfterSeconds,

    /// <summary>Milliseconds to wait.</summary>
    RetryAfterMilliseconds,

    /// <summary>An order's hash, or an array of them.</summary>
    Hash,

    /// <summary>
    /// Only wraps: a success said around it holds inside, as it does inside any name that is read. Not so inside names that no
    /// table knows: {"status":"ok","skipped":[…]} claims nothing of what was skipped.
    /// </summary>
    Wrapper,

    /// <summary>The request again: what it says is no success.</summary>
    Echo,
}
