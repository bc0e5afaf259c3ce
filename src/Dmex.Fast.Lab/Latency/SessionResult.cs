using Dmex.Fast.Lab.Statistics;




namespace Dmex.Fast.Lab.Latency;

/// <summary>One way's session: the report, and the histograms that it was read from.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Stages">The times of each stage.</param>
internal sealed record SessionResult(SessionReport Report, IReadOnlyList<StageSeries> Stages);
