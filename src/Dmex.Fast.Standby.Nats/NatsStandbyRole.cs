namespace Dmex.Fast.Standby.Nats;

/// <summary>What a process is to a book; the cluster's configuration holds each role to its own subjects.</summary>
public enum NatsStandbyRole
{
    /// <summary>Arms: sends live records and beats, appends generations and batches.</summary>
    Engine,

    /// <summary>Can fire: sends acknowledgements, repair requests, statuses and reports, appends fences and snapshots.</summary>
    Standby,

    /// <summary>Orders standbys to fire, appends fences, and reads everything.</summary>
    Operator,
}
