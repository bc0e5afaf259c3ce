using HdrHistogram;

namespace Dmex.Fast.Lab.Statistics;

/// <summary>
/// Percentiles of one latency in µs, to three significant digits. A percentile with fewer than ten samples beyond it says
/// more about luck than about the program, so it is left out (null).
/// </summary>
internal sealed record Percentiles(long Samples, double? P50, double? P90, double? P99, double? P999, double? P9999, double? Max)
{
    /// <summary>How many samples must lie beyond a percentile for it to be given.</summary>
    public const int SamplesBeyond = 10;

    /// <summary>Reads them from a histogram of nanoseconds.</summary>
    public static Percentiles Of(HistogramBase histogram) => new(
        histogram.TotalCount,
        At(histogram, 50),
        At(histogram, 90),
        At(histogram, 99),
        At(histogram, 99.9),
        At(histogram, 99.99),
        histogram.TotalCount == 0 ? null : Micros(histogram.GetMaxValue()));

    /// <summary>Whether a percentile has ten samples beyond it.</summary>
    public static bool IsKnown(long samples, double percentile) =>
        samples - (long)Math.Ceiling(Math.Round(samples * percentile / 100, 6)) >= SamplesBeyond;

    private static double? At(HistogramBase histogram, double percentile) =>
        IsKnown(histogram.TotalCount, percentile) ? Micros(histogram.GetValueAtPercentile(percentile)) : null;

    private static double Micros(long nanoseconds) => nanoseconds / 1e3;
}
