using System.Runtime.InteropServices;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>The verdict of one message on one order. An immutable value; it holds no reference to the message.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct Reply
{
    /// <summary>The order that the verdict is about.</summary>
    public OrderHash Hash { get; init; }

    /// <summary>The verdict; never <see cref="ReplyKind.None"/> in a reply that a classifier wrote.</summary>
    public ReplyKind Kind { get; init; }

    /// <summary>Why the order is gone, when <see cref="Kind"/> is <see cref="ReplyKind.Gone"/>.</summary>
    public GoneReason Gone { get; init; }

    /// <summary>Where the venue's reason begins, in bytes from the beginning of the message.</summary>
    public int ReasonOffset { get; init; }

    /// <summary>
    /// The length of the venue's reason in bytes; 0 when it gave none. The text is the message's own UTF-8, between the quotes,
    /// with JSON's escapes left as they are.
    /// </summary>
    public int ReasonLength { get; init; }

    /// <summary>How long the venue asks to wait, when <see cref="Kind"/> is Throttled or Busy and it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
