using System.Reflection;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.Unit.WebSockets;

public sealed class MaskingKeysTests
{
    private const int Block = 4096;
    private const int Draws = (3 * Block) + 100;

    [Fact]
    public void Keys_do_not_repeat_and_fill_all_32_bits()
    {
        var keys = new MaskingKeys();
        uint ones = 0;
        var zeros = uint.MaxValue;
        var distinct = new HashSet<uint>();
        for (var i = 0; i < Draws; i++)
        {
            var key = keys.Next();
            ones |= key;
            zeros &= key;
            distinct.Add(key);
        }

        Assert.Equal(uint.MaxValue, ones);
        Assert.Equal(0u, zeros);

        // Of 2^32, a collision comes once in 50 runs, five once in 10^10.
        Assert.InRange(distinct.Count, Draws - 4, Draws);
    }

    [Fact]
    public void A_block_drawn_ahead_is_used_next_and_another_drawn_when_it_is_not_there()
    {
        var keys = new MaskingKeys();
        keys.TopUp();
        var spare = (uint[])Field("_spare").GetValue(keys)!;
        var ahead = spare.ToArray();
        keys.TopUp();
        Assert.Equal(ahead, spare);

        var drawn = Enumerable.Range(0, Block + ahead.Length).Select(_ => keys.Next()).ToArray();
        Assert.Equal(ahead, drawn[Block..]);
        Assert.All(spare, key => Assert.Equal(0u, key));
        Assert.Contains(Enumerable.Range(0, 8), _ => keys.Next() != 0);
    }

    [Fact]
    public void A_used_key_is_wiped()
    {
        var keys = new MaskingKeys();
        var block = (uint[])Field("_keys").GetValue(keys)!;
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
        var isDone = false;
        var toppingUp = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                keys.TopUp();
            }
        });
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 25_000).Select(_ => keys.Next()).ToArray())));
        Volatile.Write(ref isDone, true);
        await toppingUp;

        // 100,000 of 2^32 collide about 1.2 times by chance; a race would share hundreds.
        Assert.InRange(drawn.SelectMany(some => some).Distinct().Count(), 99_985, 100_000);
    }

    private static FieldInfo Field(string name) => typeof(MaskingKeys).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
