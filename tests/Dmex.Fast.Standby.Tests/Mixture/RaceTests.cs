using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// Two engines claim a generation of one book at the same moment: one of them guards it, and the other's book is latched, so that nothing
/// is armed which nobody holds.
/// </summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Of_two_engines_that_read_the_same_stream_and_claim_at_once_one_is_latched()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        using var books = new Books();
        using var both = new Barrier();
        var options = MixtureScenario.OptionsOf("one");
        using var world = new SimulatedGuard();
        var firer = new ModelFirer(world.World, world.NewHost(), new ModelVenue(world.World));
        await using var standby = new StandbyService(MixtureScenario.OptionsOf("s1"), key, new MemoryLink(hub), firer);
        standby.Start();
        await using var one = new StandbyEngine(options, key, Link(), books.One);
        await using var two = new StandbyEngine(MixtureScenario.OptionsOf("two"), key, Link(), books.Two);
        using var pulse = new Timer(
            _ =>
            {
                one.Pulse();
                two.Pulse();
            },
            null,
            0,
            20);
        books.Arm();
        await Task.WhenAll(one.StartAsync().AsTask(), two.StartAsync().AsTask()).WaitAsync(Deadline);
        Assert.Equal([1u, 2u], new[] { one.State.Generation, two.State.Generation }.Order());
        var (loser, lost, lostHash, winner, won, wonHash) = one.State.Generation == 1
            ? (one, books.One, Books.HashOfOne, two, books.Two, Books.HashOfTwo)
            : (two, books.Two, Books.HashOfTwo, one, books.One, Books.HashOfOne);
        for (var begun = TimeProvider.System.GetTimestamp(); !loser.State.IsLatched || winner.State.Touch != EngineTouch.Guarded;)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.Zero, Deadline);
            await Task.Delay(20);
        }

        // The loser is told, fires what it arms, and waits for nobody.
        Assert.Equal((EngineTouch.Fenced, false), (loser.State.Touch, loser.Pulse()));
        Assert.Equal(ArmResult.FiredByLatch, lost.Arm(TestBook.Hash(9), TestBook.Signature(9), tag: 1));
        if (!loser.IsReplicated(lostHash))
        {
            var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => loser.WaitReplicatedAsync(lostHash));
            Assert.Contains("another engine claimed", ended.Message, StringComparison.Ordinal);
        }

        // The winner is guarded, and the standby follows it.
        await winner.WaitReplicatedAsync(wonHash).WaitAsync(Deadline);
        Assert.Equal((false, true), (won.IsLatched, winner.Pulse()));
        Assert.Equal(ArmResult.Armed, won.Arm(TestBook.Hash(10), TestBook.Signature(10), tag: 1));
        await winner.WaitReplicatedAsync(TestBook.Hash(10)).WaitAsync(Deadline);
        Assert.Equal(2u, standby.State.Generation);
        Assert.True(standby.Holds(wonHash));
        Assert.Equal(FireReason.None, standby.State.Evidence.Reason);

        MemoryLink Link() => new(hub)
        {
            BeforeAppend = kind => kind == StandbyStreamKind.Generation ? both.ArriveAsync() : Task.CompletedTask,
        };
    }

    [Fact]
    public void However_their_claims_meet_and_whatever_answer_is_lost_one_engine_is_left()
    {
        var seed = Random.Shared.Next(1 << 20);
        output.WriteLine($"seed {seed}");
        for (var i = 0; i < 40; i++)
        {
            Race(seed + i);
        }
    }

    private static void Race(int seed)
    {
        using var guard = new SimulatedGuard(seed, lossPercent: 1);
        using var books = new Books();
        var (_, service, firer) = guard.StartStandby("s1");
        var one = guard.NewEngine(books.One, MixtureScenario.OptionsOf("one")).Engine;
        var two = guard.NewEngine(books.Two, MixtureScenario.OptionsOf("two")).Engine;
        books.Arm();
        var starts = new[] { one.StartAsync().AsTask(), two.StartAsync().AsTask() };
        guard.RunFor(seconds: 20);
        Assert.All(starts, start => Assert.True(start.IsCompletedSuccessfully, $"seed {seed}: {start.Exception}"));
        var winner = Assert.Single([one, two], engine => !engine.State.IsLatched);
        var loser = winner == one ? two : one;
        Assert.True(winner.State.Generation > loser.State.Generation, $"seed {seed}");
        Assert.Equal((EngineTouch.Guarded, EngineTouch.Fenced), (winner.State.Touch, loser.State.Touch));
        Assert.Equal((winner == two, winner == one), (books.One.IsLatched, books.Two.IsLatched));
        Assert.Equal(winner.State.Generation, service.State.Generation);
        Assert.True(service.Holds(winner == one ? Books.HashOfOne : Books.HashOfTwo), $"seed {seed}");
        Assert.Empty(firer.Fires);
        var lost = winner == one ? books.Two : books.One;
        Assert.Equal(ArmResult.FiredByLatch, lost.Arm(TestBook.Hash(9), TestBook.Signature(9), tag: 1));
    }

    private sealed class Books : IDisposable
    {
        public CancelBook One { get; } = TestBook.New(10);

        public CancelBook Two { get; } = TestBook.New(10);

        public static OrderHash HashOfOne => TestBook.Hash(1);

        public static OrderHash HashOfTwo => TestBook.Hash(2);

        public void Arm()
        {
            _ = One.Arm(HashOfOne, TestBook.Signature(1), tag: 1);
            _ = Two.Arm(HashOfTwo, TestBook.Signature(2), tag: 1);
        }

        public void Dispose()
        {
            One.Dispose();
            Two.Dispose();
        }
    }

    /// <summary>Holds the first who arrives until the second does; then nobody.</summary>
    private sealed class Barrier : IDisposable
    {
        private readonly TaskCompletionSource _both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _arrived) == 2)
            {
                _both.SetResult();
            }

            return _both.Task;
        }

        public void Dispose() => _ = _both.TrySetResult();
    }
}
