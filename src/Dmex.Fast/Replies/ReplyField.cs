namespace Dmex.Fast.Replies;

/// <summary>What a JSON property is read as.</summary>
internal enum ReplyField
{
    /// <summary>Not looked at, but its value is walked when it is an object or an array.</summary>
    Other,

    /// <summary>Says what the message is about.</summary>
    Operation,

    /// <summary>Says what came out.</summary>
    Outcome,

    /// <summary>True or false: whether it succeeded.</summary>
    Success,

    /// <summary>Whether the order is canceled: false says not yet, true claims nothing.</summary>
    IsCanceled,

    /// <summary>Whether the order is open: true says not yet.</summary>
    IsOpen,

    /// <summary>A code: 0 and 2xx are successes.</summary>
    Code,

    /// <summary>Prose.</summary>
    Text,

    /// <summary>Why; single words count here.</summary>
    Reason,

    /// <summary>An error, unless the value is empty.</summary>
    Error,

    /// <summary>Seconds to wait.</summary>
    RetryAfterSeconds,

    /// <summary>Milliseconds to wait.</summary>
    RetryAfterMilliseconds,

    /// <summary>An order's hash, or an array of them.</summary>
    Hash,

    /// <summary>
    /// Only wraps: a success said around it holds inside. Properties that are read as something else wrap too, but not those
    /// that no table knows: {"status":"cancelled","replaced_by":{"order_hash":"…"}} cancels no replacement.
    /// </summary>
    Wrapper,
}
