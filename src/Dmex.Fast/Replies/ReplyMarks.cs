namespace Dmex.Fast.Replies;

/// <summary>What the fields of one JSON object say, before a verdict is made of them.</summary>
[Flags]
internal enum ReplyMarks : ulong
{
    None = 0,

    /// <summary>For a claim: the operation is a cancel.</summary>
    Named = 1UL << 0,

    /// <summary>For a claim, and reason enough: the order's state, or the event, is "canceled".</summary>
    Settled = 1UL << 1,

    /// <summary>For a claim: something succeeded ("ok", success: true, code 0).</summary>
    Affirmed = 1UL << 2,

    /// <summary>Against any claim: the cancel is received, queued or under way.</summary>
    Acknowledged = 1UL << 3,

    /// <summary>Against any claim: the order is open, or "canceled" is said to be false.</summary>
    Open = 1UL << 4,

    /// <summary>Against any claim: a state that no table knows.</summary>
    Unsure = 1UL << 5,

    /// <summary>Against any claim: a text says that the order was not canceled.</summary>
    Denial = 1UL << 6,

    /// <summary>Against any claim, but not against a list's entry with a state of its own: "partial success".</summary>
    Partial = 1UL << 7,

    /// <summary>Against any verdict: two hashes for one order, or a name too long to be known.</summary>
    Broken = 1UL << 8,

    /// <summary>Against the weaker claim (named and affirmed): anything that no table knows to be harmless.</summary>
    WeakDoubt = 1UL << 9,

    /// <summary>Against the weaker claim: a text speaks of a cancel that is under way.</summary>
    WeakAcknowledged = 1UL << 10,

    /// <summary>Against the weaker claim: an object below, with a hash of its own, shows an error or a doubt.</summary>
    KinDoubt = 1UL << 11,

    /// <summary>An error, said by a status or a success flag: it outweighs any "ok".</summary>
    Denied = 1UL << 12,

    /// <summary>An error in a property that is named so.</summary>
    Error = 1UL << 13,

    /// <summary>A code other than 0, or an error in a nested object: an error if the message is about a cancel.</summary>
    WeakError = 1UL << 14,

    /// <summary>An error of an object that holds several hashes: which of them it means is unknown.</summary>
    SharedError = 1UL << 15,

    /// <summary>An error's text says that a cancel of the order is under way.</summary>
    UnderWay = 1UL << 16,

    /// <summary>Some operation, event, type or action is named.</summary>
    HasOperation = 1UL << 17,

    /// <summary>An operation or event other than a cancel is named.</summary>
    OtherOperation = 1UL << 18,

    /// <summary>A rate limit is spoken of.</summary>
    Throttled = 1UL << 19,

    /// <summary>Overload, a time-out or a failure inside the venue is spoken of.</summary>
    Busy = 1UL << 20,

    GoneUnspecified = 1UL << 21,
    GoneNotFound = 1UL << 22,
    GoneFilled = 1UL << 23,
    GoneCanceled = 1UL << 24,
    GoneExpired = 1UL << 25,

    /// <summary>Against any claim: the order's state is an end other than "canceled".</summary>
    Ended = 1UL << 26,

    /// <summary>An event type that says that the order is done; its reason says how.</summary>
    IsDone = 1UL << 27,

    /// <summary>A reason that is the one word "canceled": with <see cref="IsDone"/> the order's state.</summary>
    ReasonCanceled = 1UL << 28,

    /// <summary>A text that says "canceled" has a number in it, which may be that of the orders.</summary>
    Counted = 1UL << 29,

    /// <summary>
    /// A text has a word of an error in it: beside a code that is none of a success, in a message of no operation, an error.
    /// </summary>
    Refusing = 1UL << 30,

    /// <summary>A flag of its own says that the order is canceled: with <see cref="ClosedFlag"/> the order's state.</summary>
    CanceledFlag = 1UL << 31,

    /// <summary>A flag of its own says that the order is closed, however that came.</summary>
    ClosedFlag = 1UL << 32,

    /// <summary>What a claim is made of, apart from its name; it holds only where it is said.</summary>
    Claims = Settled | Affirmed | CanceledFlag | ClosedFlag,

    /// <summary>All marks that say how an order went.</summary>
    AnyGone = GoneUnspecified | GoneNotFound | GoneFilled | GoneCanceled | GoneExpired,

    /// <summary>All marks that speak of an error of one order.</summary>
    OwnError = Denied | Error | WeakError,

    /// <summary>All marks that speak of an error.</summary>
    AnyError = OwnError | SharedError,

    /// <summary>What speaks against any claim.</summary>
    Against = Acknowledged | Open | Unsure | Denial | Partial | Broken | Ended | AnyError,

    /// <summary>What speaks against the weaker claim only.</summary>
    WeaklyAgainst = WeakDoubt | WeakAcknowledged | KinDoubt,
}
