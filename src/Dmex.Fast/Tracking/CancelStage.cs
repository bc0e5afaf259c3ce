namespace Dmex.Fast.Tracking;

/// <summary>How far a cancel has come.</summary>
internal enum CancelStage : byte
{
    /// <summary>The object is in the pool.</summary>
    Free,

    /// <summary>Unresolved.</summary>
    Open,

    /// <summary>Resolved, and remembered while there is room: a later answer may correct it, or is at least known for what it is.</summary>
    Settled,
}
