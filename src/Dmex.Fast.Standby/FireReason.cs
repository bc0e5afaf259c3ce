namespace Dmex.Fast.Standby;

/// <summary>Why a standby fired.</summary>
public enum FireReason
{
    /// <summary>Nothing was fired.</summary>
    None,

    /// <summary>The engine was silent, and a majority of the servers was witness that this standby was not the one cut off.</summary>
    Silence,

    /// <summary>The engine and the servers were silent, and the venue answered.</summary>
    Isolated,

    /// <summary>An operator ordered it.</summary>
    Operator,

    /// <summary>Another standby had fenced the generation; this one sends what was not reported closed.</summary>
    OtherFence,
}
