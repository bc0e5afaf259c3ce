namespace Dmex.Fast;

/// <summary>Why a standby fired.</summary>
public enum StandbyTrigger
{
    /// <summary>No reason is known.</summary>
    None = 0,

    /// <summary>The engine's process ended without closing its client.</summary>
    Killed,

    /// <summary>The engine was silent for the Ttl: on its own host its trading loop did not pulse, on another it did not beat.</summary>
    Silent,

    /// <summary>A standby on another host heard neither the engine nor a majority of the servers, and the venue answered it.</summary>
    Isolated,

    /// <summary>An operator ordered it.</summary>
    Operator,
}
