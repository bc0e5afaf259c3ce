using System.Diagnostics;
using Dmex.Fast.Lab.Statistics;
using HdrHistogram;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Lab;

public sealed class PercentilesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(19, 0)]
    [InlineData(20, 1)]
    [InlineData(99, 1)]
    [InlineData(100, 2)]
    [InlineData(1_000, 3)]
    [InlineData(10_000, 4)]
    [InlineData(99_999, 4)]
    [InlineData(100_000, 5)]
    public void A_percentile_needs_ten_samples_beyond_it(int samples, int known)
    {
        var histogram = new LongHistogram(1, 1_000_000, 3);
        for (var i = 0; i < samples; i++)
        {
            histogram.RecordValue(1_000);
        }

        var read = Percentiles.Of(histogram);

        double?[] all = [read.P50, read.P90, read.P99, read.P999, read.P9999];
        Assert.Equal(known, all.Count(value => value is not null));
        Assert.Equal(samples > 0, read.Max is not null);
        Assert.Equal(samples, read.Samples);
    }

    [Fact]
    public void Times_that_are_not_known_are_not_counted()
    {
        var histogram = Durations.Between([1_000, 0, 1_000, 1_000], [2_000, 2_000, 0, 500]);

        Assert.Equal(2, histogram.TotalCount); // both known; one of them before its start, which counts as zero
        Assert.Equal(0, histogram.GetValueAtPercentile(0));
    }

    [Fact]
    public void Percentiles_are_samples_by_nearest_rank_whatever_their_order()
    {
        var microsecond = Stopwatch.Frequency / 1_000_000;
        var ticks = Enumerable.Range(1, 10_000).Reverse().Select(i => i * microsecond).ToArray();

        var read = Percentiles.Of(Durations.Of(ticks));

        // A histogram keeps three significant digits: each figure is the upper end of its bucket.
        double?[] figures = [read.P50, read.P90, read.P99, read.P999, read.Max];
        Assert.All(
            figures.Zip([5_000.0, 9_000, 9_900, 9_990, 10_000]),
            pair => Assert.InRange(pair.First!.Value, pair.Second, pair.Second * 1.001));
        Assert.Null(read.P9999);
    }
}
