using HdrHistogram;

namespace Dmex.Fast.Lab.Statistics;

/// <summary>The times of one stage of one way.</summary>
/// <param name="Way">A word for the way.</param>
/// <param name="Stage">A word for the stage.</param>
/// <param name="Histogram">Nanoseconds.</param>
internal sealed record StageSeries(string Way, string Stage, HistogramBase Histogram);
