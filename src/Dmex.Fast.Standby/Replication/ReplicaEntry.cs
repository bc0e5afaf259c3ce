namespace Dmex.Fast.Standby.Replication;

/// <summary>An order in a replica, and which record it came with.</summary>
/// <param name="Record">The latest record of it.</param>
/// <param name="Generation">Of the engine that sent it; below the present one it is an orphan.</param>
/// <param name="Sequence">The record's.</param>
internal readonly record struct ReplicaEntry(ReplicaRecord Record, uint Generation, ulong Sequence)
{
    /// <summary>What is known of its signature.</summary>
    public SignatureState Signature { get; init; }

    /// <summary>The order, as who fires it gets it.</summary>
    public StandbyOrder ToOrder() => new(Record.Hash, Record.Signature, Record.Tag, Record.Priority, Record.IsLive);
}
