using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>The engine and a standby with threads and clocks of their own, over a link in memory that loses nothing.</summary>
public sealed class ThreadedTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_engine_that_hangs_is_fired_and_resumes_with_the_fence()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        using var book = TestBook.New(1000);
        var firer = new RecordingFirer();
        await using var standby = new StandbyService(OptionsOf("s1"), key, new MemoryLink(hub), firer);
        await using var engine = new StandbyEngine(OptionsOf("engine"), key, new MemoryLink(hub), book);
        standby.Start();
        await engine.StartAsync();
        for (var i = 1; i <= 500; i++)
        {
            engine.Pulse();
            Assert.Equal(ArmResult.Armed, book.Arm(TestBook.Hash(i), TestBook.Signature(i), tag: 0));
        }

        await engine.WaitReplicatedAsync(TestBook.Hash(500)).WaitAsync(Deadline);
        Assert.True(engine.IsReplicated(TestBook.Hash(1)));
        Assert.False(engine.IsReplicated(TestBook.Hash(1), standbys: 2));
        _ = Assert.Single(engine.Standbys);

        // No pulse any more: the beats end, and the standby fires.
        await Until(() => firer.Orders.Count == 500 && engine.State.IsLatched);
        Assert.Equal(FireReason.Silence, firer.Evidence.Reason);
        Assert.True(firer.Orders.SetEquals(Enumerable.Range(1, 500).Select(TestBook.Hash)));
        Assert.Equal(EngineTouch.Fenced, engine.State.Touch);
        Assert.True(book.IsLatched);
        _ = await Assert.ThrowsAsync<StandbyFencedException>(async () => await engine.ResumeAsync(fenceId: 12345));
        Assert.True(book.IsLatched);

        foreach (var order in book.ListOrders(BookScope.All))
        {
            Assert.True(book.Forget(order.Hash));
        }

        using var pulse = new Timer(_ => engine.Pulse(), null, 0, 20);
        await engine.ResumeAsync(engine.State.FenceId).AsTask().WaitAsync(Deadline);
        Assert.Equal((2u, false), (engine.State.Generation, engine.State.IsLatched));
        Assert.False(book.IsLatched);
        _ = book.Arm(TestBook.Hash(501), TestBook.Signature(501), tag: 0);
        await engine.WaitReplicatedAsync(TestBook.Hash(501)).WaitAsync(Deadline);
        Assert.Equal((1, 0), (standby.State.Orders, standby.State.Orphans));
        Assert.Equal(0, engine.State.Refused + standby.State.Refused);
    }

    [Fact]
    public async Task An_engine_that_stops_on_purpose_is_not_fired()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        using var book = TestBook.New(10);
        var firer = new RecordingFirer();
        await using var standby = new StandbyService(OptionsOf("s1"), key, new MemoryLink(hub), firer);
        var engine = new StandbyEngine(OptionsOf("engine"), key, new MemoryLink(hub), book);
        standby.Start();
        await engine.StartAsync();
        _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 0);
        await engine.WaitReplicatedAsync(TestBook.Hash(1)).WaitAsync(Deadline);
        await engine.StopAsync();
        await Until(() => standby.State.Silent > OptionsOf("s1").Ttl * 2);
        Assert.Empty(firer.Orders);
        Assert.Equal(ArmResult.Armed, book.Arm(TestBook.Hash(2), TestBook.Signature(2), tag: 0));
    }

    [Fact]
    public async Task A_second_engine_takes_over_and_the_first_is_fenced()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        using var book = TestBook.New(10);
        using var other = TestBook.New(10);
        await using var first = new StandbyEngine(OptionsOf("engine"), key, new MemoryLink(hub), book);
        await using var second = new StandbyEngine(OptionsOf("other"), key, new MemoryLink(hub), other);
        await first.StartAsync();
        await second.StartAsync();
        Assert.Equal(2u, second.State.Generation);
        await Until(() => first.State is { Touch: EngineTouch.Fenced, IsLatched: true });
        Assert.True(book.IsLatched);
        Assert.False(other.IsLatched);
    }

    [Fact]
    public async Task A_resume_that_was_given_up_while_no_standby_was_there_is_repeated()
    {
        using var key = TestKey.New();
        var hub = new MemoryHub();
        using var book = TestBook.New(10);
        await using var engine = new StandbyEngine(OptionsOf("engine"), key, new MemoryLink(hub), book);
        await using (var standby = new StandbyService(OptionsOf("s1"), key, new MemoryLink(hub), new RecordingFirer()))
        {
            standby.Start();
            await engine.StartAsync();
            _ = book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 0);
            await Until(() => engine.Fence is not null);
        }

        var fence = engine.Fence!.Value.Id;
        Assert.True(book.Forget(TestBook.Hash(1)));
        using var pulse = new Timer(_ => engine.Pulse(), null, 0, 20);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await engine.ResumeAsync(fence, impatient.Token));
        Assert.Equal((fence, false), (engine.Fence!.Value.Id, engine.Pulse()));

        await using var other = new StandbyService(OptionsOf("s2"), key, new MemoryLink(hub), new RecordingFirer());
        other.Start();
        await engine.ResumeAsync(fence).AsTask().WaitAsync(Deadline);
        Assert.Equal((null, true, false), (engine.Fence, engine.Pulse(), book.IsLatched));
    }

    [Theory]
    [InlineData(EngineIsolationPolicy.Latch, ArmResult.FiredByLatch)]
    [InlineData(EngineIsolationPolicy.Alarm, ArmResult.Armed)]
    public async Task An_engine_that_is_cut_off_latches_its_book_or_says_so_alone(EngineIsolationPolicy policy, ArmResult expected)
    {
        using var key = TestKey.New();
        using var book = TestBook.New(10);
        var options = OptionsOf("engine");
        options.OnEngineIsolated = policy;
        await using var engine = new StandbyEngine(options, key, new MemoryLink(new MemoryHub()) { HasNoWitnesses = true }, book);
        await engine.StartAsync();
        await Until(() => engine.State.Touch == EngineTouch.Isolated);
        await Until(() => engine.Pulse() == (policy == EngineIsolationPolicy.Alarm));
        Assert.Equal(policy == EngineIsolationPolicy.Latch, book.IsLatched);
        Assert.Equal(expected, book.Arm(TestBook.Hash(1), TestBook.Signature(1), tag: 0));
    }

    private static StandbyClusterOptions OptionsOf(string name) => new()
    {
        Name = name,
        Book = "book",
        Beat = TimeSpan.FromMilliseconds(20),
        Ttl = TimeSpan.FromSeconds(1),
        MaxPulseGap = TimeSpan.FromMilliseconds(200),
    };

    private static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
