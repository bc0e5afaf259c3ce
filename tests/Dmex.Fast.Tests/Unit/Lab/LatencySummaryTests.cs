using System.Diagnostics;
using Dmex.Fast.Cli.Demo;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Lab;

public sealed class LatencySummaryTests
{
    [Theory]
    [InlineData(0, false, false, false)]
    [InlineData(19, false, false, false)]
    [InlineData(20, true, false, false)]
    [InlineData(999, true, false, false)]
    [InlineData(1_000, true, true, false)]
    [InlineData(9_999, true, true, false)]
    [InlineData(10_000, true, true, true)]
    public void A_percentile_needs_ten_samples_beyond_it(int samples, bool p50, bool p99, bool p999)
    {
        var summary = LatencySummary.Of(new long[samples]);

        Assert.Equal((p50, p99, p999), (summary.P50.HasValue, summary.P99.HasValue, summary.P999.HasValue));
        Assert.Equal(samples > 0, summary.Max.HasValue);
    }

    [Fact]
    public void Percentiles_are_samples_by_nearest_rank_whatever_their_order()
    {
        var microsecond = Stopwatch.Frequency / 1_000_000;
        var ticks = Enumerable.Range(1, 10_000).Reverse().Select(i => i * microsecond).ToArray();

        Assert.Equal(new LatencySummary(5_000, 9_900, 9_990, 10_000), LatencySummary.Of(ticks));
    }
}
