using System.Reflection;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.WebSockets;

public sealed class MaskingKeysTests
{
    [Fact]
    public void Keys_do_not_repeat_and_fill_all_32_bits()
    {
        var keys = new MaskingKeys();
        uint ones = 0;
        var zeros = uint.MaxValue;
        var distinct = new HashSet<uint>();
        for (var i = 0; i < 2000; i++)
        {
            var key = keys.Next();
            ones |= key;
            zeros &= key;
            distinct.Add(key);
        }

        Assert.Equal(uint.MaxValue, ones);
        Assert.Equal(0u, zeros);

        // 2,000 of 2^32: three or more collisions come once in 10^11 runs.
        Assert.InRange(distinct.Count, 1998, 2000);
    }

    [Fact]
    public void A_used_key_is_wiped()
    {
        var keys = new MaskingKeys();
        var block = (uint[])typeof(MaskingKeys).GetField("_keys", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(keys)!;
        for (var i = 0; i < 100; i++)
        {
            _ = keys.Next();
        }

        Assert.All(block[..100], key => Assert.Equal(0u, key));
        Assert.Contains(block[100..], key => key != 0);
    }

    [Fact]
    public async Task Threads_share_no_key()
    {
        var keys = new MaskingKeys();
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 5000).Select(_ => keys.Next()).ToArray())));

        // 20,000 of 2^32 collide about 0.05 times by chance; a race would share hundreds.
        Assert.InRange(drawn.SelectMany(some => some).Distinct().Count(), 19_990, 20_000);
    }
}
