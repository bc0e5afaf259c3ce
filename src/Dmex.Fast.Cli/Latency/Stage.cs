using System.Diagnostics;
using HdrHistogram;

namespace Dmex.Fast.Cli.Latency;

/// <summary>From one moment of each cancel to another, as a histogram of nanoseconds.</summary>
internal static class Stage
{
    private const long Longest = 3_600_000_000_000;
    private const int SignificantDigits = 3;

    /// <summary>Counts the cancels of which both moments are known; a negative time (two clocks) counts as zero.</summary>
    public static HistogramBase Between(ReadOnlySpan<long> from, ReadOnlySpan<long> to)
    {
        var histogram = new LongHistogram(1, Longest, SignificantDigits);
        for (var i = 0; i < from.Length; i++)
        {
            if (from[i] != 0 && to[i] != 0)
            {
                histogram.RecordValue(Math.Clamp((long)((to[i] - from[i]) * (1e9 / Stopwatch.Frequency)), 0, Longest));
            }
        }

        return histogram;
    }
}
