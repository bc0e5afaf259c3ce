namespace Dmex.Fast.Hosting.Hosts;

/// <summary>
/// Whether a connection is ready, and since when it is or is not, and whether it was told why it cannot be. An immutable value.
/// </summary>
internal sealed record ReadySince(bool IsReady, DateTimeOffset Time, bool IsFailureTold = false);
