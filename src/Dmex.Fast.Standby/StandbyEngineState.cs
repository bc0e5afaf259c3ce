namespace Dmex.Fast.Standby;

/// <summary>What an engine knows of its replication. An immutable value.</summary>
/// <param name="Touch">Whether it is guarded.</param>
/// <param name="Generation">Its generation; 0: none yet.</param>
/// <param name="IsLatched">Whether it was fenced or isolated, so that its book is latched until a resume.</param>
/// <param name="FenceId">Of the fence that ended the generation; 0: none.</param>
/// <param name="Changes">Changes of the book so far in this generation.</param>
/// <param name="Held">Changes that a standby which can fire holds.</param>
/// <param name="Durable">Changes that the stream holds.</param>
/// <param name="Lag">The age of the oldest change that no standby holds.</param>
/// <param name="IsLagging">Whether that is more than <see cref="StandbyClusterOptions.MaxReplicationLag"/>.</param>
/// <param name="Stalls">How often this process was stopped itself.</param>
/// <param name="Refused">Messages that were forged, or of another kind, length or version.</param>
/// <param name="DurableLag">The age of the oldest change that the stream does not hold.</param>
/// <param name="FailedTurns">How many turns of its threads failed: <see cref="StandbyEngine.TurnFailed"/>.</param>
/// <param name="FailedDatagrams">Beats that could not be sent by UDP: no route, or a peer's name that did not resolve.</param>
public readonly record struct StandbyEngineState(
    EngineTouch Touch,
    uint Generation,
    bool IsLatched,
    ulong FenceId,
    ulong Changes,
    ulong Held,
    ulong Durable,
    TimeSpan Lag,
    bool IsLagging,
    int Stalls,
    long Refused,
    TimeSpan DurableLag,
    long FailedTurns,
    long FailedDatagrams);
