namespace Dmex.Fast.Replies;

/// <summary>What a place in a rule's template takes.</summary>
internal enum ReplyTemplateKind : byte
{
    /// <summary>Exactly this string.</summary>
    Text,

    /// <summary>Exactly this number as it is written, true, false or null.</summary>
    Literal,

    /// <summary>The order's hash.</summary>
    Order,

    /// <summary>Any single value.</summary>
    Any,

    /// <summary>Any single value: the venue's text.</summary>
    Reason,

    /// <summary>A number of seconds to wait.</summary>
    RetryAfterSeconds,

    /// <summary>A number of milliseconds to wait.</summary>
    RetryAfterMilliseconds,

    /// <summary>An object with these members and no others, in any order.</summary>
    Object,

    /// <summary>An array of exactly these values.</summary>
    Array,
}
