using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

/// <summary>Two engines claim a generation of one book at the same moment, at a real cluster.</summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class EngineRaceTests(NatsTestCluster cluster) : NatsClusterTests(cluster)
{
    [Fact]
    public async Task Of_two_engines_that_claim_at_once_one_is_left_and_the_other_is_latched()
    {
        using var key = TestKey.New();
        await using var linkOfOne = await EngineAsync();
        await using var linkOfTwo = await EngineAsync();
        using var bookOfOne = TestBook.New(10);
        using var bookOfTwo = TestBook.New(10);
        await using var one = new StandbyEngine(OptionsOf("one"), key, linkOfOne, bookOfOne);
        await using var two = new StandbyEngine(OptionsOf("two"), key, linkOfTwo, bookOfTwo);
        using var pulse = new Timer(
            _ =>
            {
                one.Pulse();
                two.Pulse();
            },
            null,
            0,
            20);
        await Task.WhenAll(one.StartAsync(Token).AsTask(), two.StartAsync(Token).AsTask());
        await UntilAsync(() => one.State.IsLatched != two.State.IsLatched);
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        var (winner, loser) = two.State.IsLatched ? (one, two) : (two, one);
        var (won, lost) = two.State.IsLatched ? (bookOfOne, bookOfTwo) : (bookOfTwo, bookOfOne);
        Assert.Equal((false, true, EngineTouch.Fenced), (winner.State.IsLatched, loser.State.IsLatched, loser.State.Touch));
        Assert.True(winner.State.Generation > loser.State.Generation);
        Assert.Equal(ArmResult.FiredByLatch, lost.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 1));
        Assert.Equal(ArmResult.Armed, won.Arm(TestBook.Hash(2), TestBook.Signature(2), tag: 1));
        await UntilAsync(() => winner.State.Changes > 0 && winner.State.Durable == winner.State.Changes);
    }

    private StandbyClusterOptions OptionsOf(string name) => new() { Name = name, Book = Book };
}
