using System.Diagnostics;
using HdrHistogram;

namespace Dmex.Fast.Lab.Statistics;

/// <summary>From one moment of each cancel to another, as a histogram of nanoseconds.</summary>
internal static class Durations
{
    private const long MaxNanoseconds = 3_600_000_000_000;
    private const int SignificantDigits = 3;

    /// <summary>Counts durations, in ticks of <see cref="Stopwatch"/>.</summary>
    public static HistogramBase Of(ReadOnlySpan<long> ticks)
    {
        var histogram = new LongHistogram(1, MaxNanoseconds, SignificantDigits);
        foreach (var duration in ticks)
        {
            histogram.RecordValue(Nanoseconds(duration));
        }

        return histogram;
    }

    /// <summary>Counts the cancels of which both moments are known; a negative time (two clocks) counts as zero.</summary>
    public static HistogramBase Between(ReadOnlySpan<long> from, ReadOnlySpan<long> to)
    {
        var histogram = new LongHistogram(1, MaxNanoseconds, SignificantDigits);
        for (var i = 0; i < from.Length; i++)
        {
            if (from[i] != 0 && to[i] != 0)
            {
                histogram.RecordValue(Nanoseconds(to[i] - from[i]));
            }
        }

        return histogram;
    }

    private static long Nanoseconds(long ticks) => Math.Clamp((long)(ticks * (1e9 / Stopwatch.Frequency)), 0, MaxNanoseconds);
}
