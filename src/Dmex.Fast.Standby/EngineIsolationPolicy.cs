namespace Dmex.Fast.Standby;

/// <summary>
/// What an engine does that hears neither a standby nor a majority of the servers, so that its standbys are about to fire or have fired.
/// </summary>
public enum EngineIsolationPolicy
{
    /// <summary>
    /// Latches its book, before the Ttl of the standbys is over: nothing more is armed until <see cref="StandbyEngine.ResumeAsync"/>.
    /// </summary>
    Latch,

    /// <summary>
    /// Says so alone: <see cref="EngineTouch.Isolated"/> and <see cref="StandbyEngine.Changed"/>. What is armed while it is cut off no
    /// standby holds; a fence that was set meanwhile latches the book when the engine hears of it.
    /// </summary>
    Alarm,
}
