using HdrHistogram;

namespace Dmex.Fast.Cli.Latency;

/// <summary>One way's session: the report, and the histograms that it was read from.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Stages">Histograms of nanoseconds by the name of their stage.</param>
internal sealed record SessionResult(SessionReport Report, IReadOnlyList<(string Stage, HistogramBase Histogram)> Stages);
