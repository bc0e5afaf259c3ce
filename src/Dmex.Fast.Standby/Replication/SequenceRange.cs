namespace Dmex.Fast.Standby.Replication;

/// <summary>Sequences from a first to a last, both included.</summary>
internal readonly record struct SequenceRange(ulong First, ulong Last);
