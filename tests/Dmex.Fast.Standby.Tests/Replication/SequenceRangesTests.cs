using Dmex.Fast.Standby.Replication;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Replication;

public sealed class SequenceRangesTests(ITestOutputHelper output)
{
    [Fact]
    public void It_agrees_with_a_set_of_numbers_whatever_comes_in_whatever_order()
    {
        var seed = Random.Shared.Next(1 << 20);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var missing = new SequenceRange[64];
        for (var round = 0; round < 200; round++)
        {
            var ranges = new SequenceRanges();
            var came = new SortedSet<ulong>();
            for (var i = 0; i < 60; i++)
            {
                var first = (ulong)random.Next(1, 200);
                var last = first + (ulong)random.Next(0, 12);
                if (random.Next(20) == 0)
                {
                    ranges.Raise(first);
                    came.UnionWith(Range(1, first));
                }
                else
                {
                    Assert.Equal(Range(first, last).All(came.Contains), ranges.Contains(new SequenceRange(first, last)));
                    ranges.Add(new SequenceRange(first, last));
                    came.UnionWith(Range(first, last));
                }

                var watermark = 0UL;
                while (came.Contains(watermark + 1))
                {
                    watermark++;
                }

                Assert.Equal(watermark, ranges.Watermark);
                Assert.Equal(came.Max, ranges.Highest);
                var found = missing[..ranges.Missing(250, missing)].SelectMany(range => Range(range.First, range.Last));
                Assert.Equal(Range(1, 250).Where(sequence => !came.Contains(sequence)), found);
            }
        }
    }

    private static IEnumerable<ulong> Range(ulong first, ulong last)
    {
        for (var sequence = first; sequence <= last; sequence++)
        {
            yield return sequence;
        }
    }
}
