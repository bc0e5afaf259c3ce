namespace Dmex.Fast.Standby.Links;

/// <summary>What a live message on a link is about; on NATS each is a subject of its own, so that roles can be held to theirs.</summary>
public enum StandbyChannel
{
    /// <summary>Engine to standbys: sealed records of the book as they are armed.</summary>
    Live,

    /// <summary>Engine to standbys: the engine lives and its trading loop turns.</summary>
    Beat,

    /// <summary>Standby to engine: the highest sequence up to which it holds every record, and whether it can fire.</summary>
    Acknowledgement,

    /// <summary>Standby to engine: the records that it lacks.</summary>
    RepairRequest,

    /// <summary>Standby to all: who it is, what it holds, what it would do.</summary>
    Status,

    /// <summary>Operator to standbys: fire now.</summary>
    Order,

    /// <summary>Standby to all: a report of what it fired.</summary>
    Report,
}
