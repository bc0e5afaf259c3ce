namespace Dmex.Fast.Tests.Simulation;

/// <summary>What the venue does to most of the cancels that come while it lasts.</summary>
internal enum VenueMode
{
    Normal,

    /// <summary>Answers come late.</summary>
    Slow,

    /// <summary>Cancels are lost before they are looked at.</summary>
    LosesCancels,

    /// <summary>Cancels are carried out, and the answers lost.</summary>
    LosesReplies,

    /// <summary>Too many requests; some pauses are absurd.</summary>
    Throttles,

    /// <summary>Too many requests, and the connection is closed.</summary>
    Bans,

    /// <summary>Cannot serve the request for now.</summary>
    Busy,

    /// <summary>Refuses cancels that it would have carried out at another time.</summary>
    Rejects,

    /// <summary>Answers twice, the second time on any connection.</summary>
    Duplicates,

    /// <summary>Answers overtake each other.</summary>
    Reorders,

    /// <summary>Says one thing and then another.</summary>
    Contradicts,

    /// <summary>Acknowledges, which decides nothing, and answers much later.</summary>
    Acknowledges,

    /// <summary>Says that the order is canceled, and leaves it open.</summary>
    Lies,
}
