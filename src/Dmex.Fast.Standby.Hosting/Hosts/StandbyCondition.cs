namespace Dmex.Fast.Standby.Hosting.Hosts;

/// <summary>What can be wrong with an engine's standbys, the worst first.</summary>
internal enum StandbyCondition
{
    /// <summary>The generation is fenced: the book is latched until a resume.</summary>
    Fenced,

    /// <summary>This engine is cut off, or was: the book is latched until a resume.</summary>
    Isolated,

    /// <summary>No generation is claimed.</summary>
    NotStarted,

    /// <summary>No standby acknowledges: nobody would fire.</summary>
    Unguarded,

    /// <summary>
    /// Fewer servers than a majority are connected: a standby that loses the engine's beats with them may have no witnesses.
    /// </summary>
    NoMajority,

    /// <summary>Standbys are further behind than they may be.</summary>
    Lagging,

    /// <summary>The stream is further behind than standbys may be: a standby that joins now misses orders.</summary>
    StreamBehind,

    /// <summary>A standby is there and cannot fire.</summary>
    UnableStandby,

    /// <summary>A server is not connected.</summary>
    ServerDown,
}
