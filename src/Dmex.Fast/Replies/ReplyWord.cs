namespace Dmex.Fast.Replies;

/// <summary>What a single word may say; a word may be of several kinds.</summary>
[Flags]
internal enum ReplyWord
{
    /// <summary>No table knows it.</summary>
    Unknown = 0,

    /// <summary>Left out before anything is compared.</summary>
    Filler = 1 << 0,

    /// <summary>Harmless beside a cancel word, whatever the property.</summary>
    Companion = 1 << 1,

    /// <summary>Harmless beside a cancel word in an order's state.</summary>
    StateCompanion = 1 << 2,

    /// <summary>Speaks of a cancel.</summary>
    Cancel = 1 << 3,

    /// <summary>Says that it happened.</summary>
    Settled = 1 << 4,

    /// <summary>Says that something succeeded.</summary>
    Affirmed = 1 << 5,

    /// <summary>A success only beside a cancel word; alone it may mean "filled".</summary>
    Done = 1 << 6,

    /// <summary>Received, queued, under way.</summary>
    Acknowledged = 1 << 7,

    /// <summary>The order is open.</summary>
    Open = 1 << 8,

    /// <summary>The order ended otherwise.</summary>
    Ended = 1 << 9,

    /// <summary>An error or a negation.</summary>
    Negative = 1 << 10,

    /// <summary>In an operation without a cancel word: the message is about something else.</summary>
    OtherOperation = 1 << 11,

    /// <summary>Names what an event is about, and may occur beside the name of a cancel.</summary>
    Topic = 1 << 14,

    /// <summary>In an operation: a state beside it is that of something other than the order.</summary>
    Foreign = 1 << 15,

    /// <summary>In an operation that does not name the order: a state beside it is that of the match.</summary>
    Match = 1 << 16,

    /// <summary>Only a part.</summary>
    Partial = 1 << 12,

    /// <summary>Says nothing about success or state.</summary>
    Neutral = 1 << 13,
}
