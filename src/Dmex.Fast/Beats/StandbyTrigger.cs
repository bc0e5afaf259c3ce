namespace Dmex.Fast;

/// <summary>Why a standby fired.</summary>
public enum StandbyTrigger
{
    /// <summary>No reason: the default value.</summary>
    None = 0,

    /// <summary>The engine's process ended without closing its client.</summary>
    Killed,

    /// <summary>The engine's process lives, and its trading loop did not pulse for the Ttl.</summary>
    Silent,
}
