namespace Dmex.Fast.Lab.Latency;

/// <summary>From just before a process was started, in ms.</summary>
/// <param name="MainMs">Until its first own line ran.</param>
/// <param name="ConnectedMs">Until the client was connected (warmed: and its code rehearsed).</param>
/// <param name="WrittenMs">Until the kernel had the first cancel.</param>
/// <param name="ConfirmedMs">Until the confirmation was in the caller's hands.</param>
/// <param name="CancelMs">The first cancel alone: from the call to the kernel.</param>
internal sealed record FirstCancelTimes(double MainMs, double ConnectedMs, double WrittenMs, double ConfirmedMs, double CancelMs);
