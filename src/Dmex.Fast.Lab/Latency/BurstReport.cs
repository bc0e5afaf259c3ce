namespace Dmex.Fast.Lab.Latency;

/// <summary>Panics: all orders of a book at once, and the same bursts by other means.</summary>
/// <param name="Orders">Of each burst.</param>
/// <param name="Repeats">Bursts of each way.</param>
/// <param name="SilenceSeconds">Before each; null for none.</param>
/// <param name="FirstOfProcess">Ours, before any of it had run in the process.</param>
/// <param name="Series">One a way; ours is the first.</param>
internal sealed record BurstReport(
    int Orders, int Repeats, double? SilenceSeconds, BurstTimes FirstOfProcess, IReadOnlyList<BurstSeries> Series);
