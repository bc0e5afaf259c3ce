using System.Diagnostics;

namespace Dmex.Fast;

/// <summary>
/// What is known about one cancel, and when it came to be known. Time stamps are ticks of <see cref="Stopwatch"/>, 0 when
/// the event did not happen. An immutable value.
/// </summary>
public readonly record struct CancelOutcome
{
    /// <summary>What is known.</summary>
    public CancelOutcomeKind Kind { get; init; }

    /// <summary>Why the order is gone, when <see cref="Kind"/> is <see cref="CancelOutcomeKind.AlreadyGone"/>.</summary>
    public GoneReason GoneReason { get; init; }

    /// <summary>Why nothing is known, when <see cref="Kind"/> is <see cref="CancelOutcomeKind.Unresolved"/>.</summary>
    public UnresolvedReason UnresolvedReason { get; init; }

    /// <summary>Who says so: the venue's reply, its list of open orders (<see cref="DmexClientOptions.OpenOrders"/>), or both.</summary>
    public CancelEvidence Evidence { get; init; }

    /// <summary>The venue's own text, or the reason for the lost connection; null when there are none.</summary>
    public string? Reason { get; init; }

    /// <summary>When the cancel was accepted.</summary>
    public long AcceptedTimestamp { get; init; }

    /// <summary>When the kernel had taken the last copy (at the latest); 0 when no copy was written.</summary>
    public long WrittenTimestamp { get; init; }

    /// <summary>When this outcome was decided.</summary>
    public long ResolvedTimestamp { get; init; }

    /// <summary>The connection that carried the last copy, counted from 1; 0 when no copy was written.</summary>
    public int ConnectionId { get; init; }

    /// <summary>How many copies were written.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// How often the venue said that it has the cancel and has not carried it out yet (<see cref="ReplyKind.Acknowledged"/>): no
    /// confirmation, however often it is said.
    /// </summary>
    public int Acknowledgments { get; init; }

    /// <summary>
    /// When <see cref="Kind"/> is <see cref="CancelOutcomeKind.Unresolved"/>: how many messages came since the cancel was accepted that
    /// no rule ascribed to an order, on any connection. The answer to this cancel may be among them: see docs/replies.md, "The first
    /// real cancel". 0 for other outcomes.
    /// </summary>
    public long UnknownMessages { get; init; }

    /// <summary>
    /// How the last of the <see cref="UnknownMessages"/> begins: printable, of bounded length, and without signatures
    /// (<see cref="ReplyExcerpt"/>). Null when there are none.
    /// </summary>
    public string? LastUnknownMessage { get; init; }

    /// <summary>
    /// Whether the venue said that the order was canceled already, after this client had sent more than one copy of its cancel, as it
    /// does under <see cref="ConnectionPolicy.Broadcast"/> and after a loss. It was probably canceled by the other copy. That cannot be
    /// known: somebody else may have canceled it, so this stays <see cref="CancelOutcomeKind.AlreadyGone"/>.
    /// </summary>
    public bool MayBeOwnCancel => Kind == CancelOutcomeKind.AlreadyGone && GoneReason == GoneReason.Canceled && Attempts > 1;

    /// <summary>
    /// Whether the order is known not to be open: confirmed or already gone. Not found does not count: an order that the venue
    /// does not know may still be on its way to it. Not listed does: two reads of the venue's list in a row did not have it, and
    /// that list has had orders of this client's.
    /// </summary>
    public bool IsClosed => Kind == CancelOutcomeKind.Confirmed
        || (Kind == CancelOutcomeKind.AlreadyGone && GoneReason != GoneReason.NotFound);

    /// <summary>The outcome in a few words.</summary>
    public override string ToString()
    {
        var text = Kind switch
        {
            CancelOutcomeKind.AlreadyGone when MayBeOwnCancel => $"AlreadyGone({GoneReason}, perhaps by another copy of this cancel)",
            CancelOutcomeKind.AlreadyGone => $"AlreadyGone({GoneReason})",
            CancelOutcomeKind.Unresolved => $"Unresolved({UnresolvedReason})",
            _ => Kind.ToString(),
        };
        text = Reason is null ? text : $"{text}: {Reason}";
        return LastUnknownMessage is null ? text
            : $"{text}; {UnknownMessages} messages that no rule knows, the last begins: {LastUnknownMessage}";
    }
}
