namespace Dmex.Fast.Tracking;

/// <summary>What follows from the kind of a reply. The default value decides nothing.</summary>
internal readonly struct ReplyMeaning
{
    /// <summary>The verdict; unresolved when it is none.</summary>
    public CancelOutcomeKind Kind { get; init; }

    /// <summary>Why the order is gone.</summary>
    public GoneReason Gone { get; init; }

    /// <summary>Why the venue put the cancel off; None when it did not.</summary>
    public UnresolvedReason Trouble { get; init; }

    /// <summary>Whether it states the order's final state.</summary>
    public bool IsVerdict => Kind != CancelOutcomeKind.Unresolved;

    /// <summary>Whether it says that the venue does not know the order.</summary>
    public bool IsNotFound => Kind == CancelOutcomeKind.AlreadyGone && Gone == GoneReason.NotFound;

    /// <summary>What a reply means for its order.</summary>
    public static ReplyMeaning Of(in TrackedReply reply) => reply.Kind switch
    {
        ReplyKind.Confirmed => new ReplyMeaning { Kind = CancelOutcomeKind.Confirmed },
        ReplyKind.Gone => new ReplyMeaning
        {
            Kind = CancelOutcomeKind.AlreadyGone,
            Gone = reply.Gone == GoneReason.None ? GoneReason.Unspecified : reply.Gone,
        },
        ReplyKind.Rejected => new ReplyMeaning { Kind = CancelOutcomeKind.Rejected },
        ReplyKind.Throttled => new ReplyMeaning { Trouble = UnresolvedReason.Throttled },
        ReplyKind.Busy => new ReplyMeaning { Trouble = UnresolvedReason.Busy },
        _ => default, // an acknowledgment, and whatever else decides nothing
    };
}
