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
    /// Whether the order is known not to be open: confirmed or already gone. Not found does not count: an order that the venue
    /// does not know may still be on its way to it.
    /// </summary>
    public bool IsClosed => Kind == CancelOutcomeKind.Confirmed
        || (Kind == CancelOutcomeKind.AlreadyGone && GoneReason != GoneReason.NotFound);

    /// <summary>The outcome in a few words.</summary>
    public override string ToString()
    {
        var text = Kind switch
        {
            CancelOutcomeKind.AlreadyGone => $"AlreadyGone({GoneReason})",
            CancelOutcomeKind.Unresolved => $"Unresolved({UnresolvedReason})",
            _ => Kind.ToString(),
        };
        return Reason is null ? text : $"{text}: {Reason}";
    }
}
