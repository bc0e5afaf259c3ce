namespace Dmex.Fast.Cli.Latency;

/// <summary>How long a new process takes to its first cancel.</summary>
/// <param name="Processes">How many were started, one after the other.</param>
/// <param name="Confirmed">How many of their cancels were confirmed, and stand at the venue.</param>
/// <param name="Median">Each time's median.</param>
/// <param name="Best">Each time's best.</param>
/// <param name="Worst">Each time's worst.</param>
internal sealed record FirstCancelReport(int Processes, int Confirmed, FirstCancelTimes Median, FirstCancelTimes Best, FirstCancelTimes Worst);
