using System.Diagnostics;
using Dmex.Fast.Cli.Latency;

namespace Dmex.Fast.Cli.Demo;

/// <summary>
/// Percentiles of one latency in microseconds, by nearest rank. A percentile with fewer than ten samples beyond it says
/// more about luck than about the program, so it is left out (null).
/// </summary>
internal sealed record LatencySummary(double? P50, double? P99, double? P999, double? Max)
{
    /// <summary>How many samples must lie beyond a percentile for it to be given.</summary>
    public const int SamplesBeyond = 10;

    /// <summary>Sorts a copy of the samples and reads the percentiles.</summary>
    /// <param name="ticks">Durations in <see cref="Stopwatch"/> ticks, in any order.</param>
    public static LatencySummary Of(ReadOnlySpan<long> ticks)
    {
        var sorted = ticks.ToArray();
        Array.Sort(sorted);
        return new LatencySummary(
            Percentile(sorted, 500), Percentile(sorted, 990), Percentile(sorted, 999), sorted.Length == 0 ? null : ToMicroseconds(sorted[^1]));
    }

    /// <summary>The nearest-rank percentile, or null when fewer than ten samples lie beyond it.</summary>
    private static double? Percentile(long[] sorted, int perMille)
    {
        var rank = (int)((((long)sorted.Length * perMille) + 999) / 1000);
        return sorted.Length - rank >= SamplesBeyond ? ToMicroseconds(sorted[rank - 1]) : null;
    }

    /// <summary>Three decimals: the clock's tick is a nanosecond on the usual hosts.</summary>
    private static double ToMicroseconds(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
