namespace Dmex.Fast.Standby;

/// <summary>What an engine does while its standbys lag by more than <see cref="StandbyClusterOptions.MaxReplicationLag"/>.</summary>
public enum LagPolicy
{
    /// <summary>Says so: <see cref="StandbyEngineState.IsLagging"/> and <see cref="StandbyEngine.Changed"/>.</summary>
    Alarm,

    /// <summary>
    /// Has the book refuse orders that it does not hold yet, as <see cref="ArmResult.RefusedByLag"/>, until a standby has caught up.
    /// </summary>
    Refuse,
}
