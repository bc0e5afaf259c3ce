namespace Dmex.Fast.Standby.Links;

/// <summary>One record of the durable stream.</summary>
/// <param name="Sequence">Its place in the stream, from 1, growing; places may be missing after a purge.</param>
/// <param name="Kind">What the bytes are.</param>
/// <param name="Payload">The bytes, sealed by the sender; valid until the next record is read.</param>
public readonly record struct StandbyStreamRecord(ulong Sequence, StandbyStreamKind Kind, ReadOnlyMemory<byte> Payload);
