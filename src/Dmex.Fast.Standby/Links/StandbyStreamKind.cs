namespace Dmex.Fast.Standby.Links;

/// <summary>
/// The kinds of records in the durable stream; on NATS each is a subject of its own, so that roles can be held to theirs.
/// </summary>
public enum StandbyStreamKind
{
    /// <summary>Engine: a new generation begins.</summary>
    Generation,

    /// <summary>Engine: a batch of the book's records.</summary>
    Batch,

    /// <summary>Standby or operator: the generations up to and with this one are fenced.</summary>
    Fence,

    /// <summary>Standby: the whole book at a sequence; what lies below may be purged.</summary>
    Snapshot,
}
