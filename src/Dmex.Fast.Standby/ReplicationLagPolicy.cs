namespace Dmex.Fast.Standby;

/// <summary>What an engine does while its standbys are further behind than <see cref="StandbyClusterOptions.MaxReplicationLag"/>.</summary>
public enum ReplicationLagPolicy
{
    /// <summary>It goes on, and says so (<see cref="StandbyEngineState.IsLagging"/>).</summary>
    Alarm,

    /// <summary>It says so, and its book refuses orders that are not in it (<see cref="ArmResult.RefusedByLag"/>).</summary>
    RefuseToArm,
}
