namespace Dmex.Fast.Lab.Latency;

/// <summary>How long a new process takes to its first cancel.</summary>
/// <param name="Series">Without and with warming up, in turns.</param>
internal sealed record FirstCancelReport(IReadOnlyList<FirstCancelSeries> Series);
