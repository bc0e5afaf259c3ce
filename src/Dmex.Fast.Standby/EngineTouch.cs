namespace Dmex.Fast.Standby;

/// <summary>What an engine knows of its standbys.</summary>
public enum EngineTouch
{
    /// <summary>A standby acknowledges.</summary>
    Guarded,

    /// <summary>No standby acknowledges, and a majority of the servers answers: the standbys are gone, and nobody would fire.</summary>
    Unguarded,

    /// <summary>Neither a standby nor a majority of the servers answers: this engine is the one cut off, and it will be fenced.</summary>
    Isolated,

    /// <summary>A standby or an operator fenced this engine's generation, or another engine claimed a higher one.</summary>
    Fenced,
}
