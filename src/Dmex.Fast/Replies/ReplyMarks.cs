namespace Dmex.Fast.Replies;

/// <summary>What the fields of one JSON object say, before a verdict is made of them.</summary>
[Flags]
internal enum ReplyMarks
{
    None = 0,

    /// <summary>A cancellation is spoken of, whatever became of it.</summary>
    Named = 1 << 0,

    /// <summary>A cancellation is said to have happened: "cancelled".</summary>
    Settled = 1 << 1,

    /// <summary>Something succeeded: "ok", success: true, code 0.</summary>
    Affirmed = 1 << 2,

    /// <summary>Something is under way or open: "pending", "accepted", "open".</summary>
    Pending = 1 << 3,

    /// <summary>A field that tells the outcome holds a word that no table knows.</summary>
    Unsure = 1 << 4,

    /// <summary>A text or a nested object sounds unlike a success.</summary>
    WeakDoubt = 1 << 5,

    /// <summary>The object contradicts itself (a field twice) or hides a name behind escapes: nothing in it is believed.</summary>
    Broken = 1 << 6,

    /// <summary>An object below, with a hash of its own, shows an error or is not settled.</summary>
    KinDoubt = 1 << 7,

    /// <summary>An error, plainly said.</summary>
    Error = 1 << 8,

    /// <summary>A code other than 0, or an error in a nested object: an error if the message is about a cancel.</summary>
    WeakError = 1 << 9,

    /// <summary>An error of an object that holds several hashes: which of them it means is unknown.</summary>
    SharedError = 1 << 10,

    /// <summary>An operation or event other than a cancel is named.</summary>
    OtherOperation = 1 << 11,

    /// <summary>Some operation, event, type or action is named.</summary>
    HasOperation = 1 << 12,

    /// <summary>A rate limit is spoken of.</summary>
    Throttled = 1 << 13,

    /// <summary>Overload, a time-out or a failure inside the venue is spoken of.</summary>
    Busy = 1 << 14,

    GoneUnspecified = 1 << 15,
    GoneNotFound = 1 << 16,
    GoneFilled = 1 << 17,
    GoneCanceled = 1 << 18,
    GoneExpired = 1 << 19,

    /// <summary>All marks that say how an order went.</summary>
    AnyGone = GoneUnspecified | GoneNotFound | GoneFilled | GoneCanceled | GoneExpired,

    /// <summary>All marks that speak of an error.</summary>
    AnyError = Error | WeakError | SharedError,
}
