using Dmex.Fast.Tracking;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Tracking;

public sealed class CopyCountsTests
{
    [Fact]
    public void Each_connection_has_its_own_count()
    {
        var counts = default(CopyCounts);
        for (var id = 1; id <= ConnectionTable.MaxConnections; id++)
        {
            for (var i = 0; i < id % 5; i++)
            {
                counts.Add(id);
            }
        }

        counts.TakeOne(4);
        counts.Clear(16);
        Assert.Equal([1, 2, 3, 3, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0], Enumerable.Range(1, 16).Select(id => counts.Of(id)));
        Assert.True(counts.Any);
    }

    [Fact]
    public void None_less_than_none_and_fifteen_at_most_without_touching_a_neighbor()
    {
        var counts = default(CopyCounts);
        counts.TakeOne(2);
        Assert.False(counts.Any);
        for (var i = 0; i < 100; i++)
        {
            counts.Add(2);
        }

        Assert.Equal((0, 15, 0), (counts.Of(1), counts.Of(2), counts.Of(3)));
    }
}
