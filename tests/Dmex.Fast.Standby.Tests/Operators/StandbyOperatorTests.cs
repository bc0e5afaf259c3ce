using System.Collections.Concurrent;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;
using Dmex.Fast.Standby.Tests.Mixture;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Operators;

/// <summary>An operator beside an engine and a standby, over a link in memory.</summary>
public sealed class StandbyOperatorTests : IDisposable
{
    private const string Book = "book";
    private readonly StandbyKey _key = TestKey.New();
    private readonly MemoryHub _hub = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task An_operator_hears_who_would_fire_orders_it_and_learns_what_is_closed()
    {
        using var book = TestBook.New(10);
        var firer = new ClosingFirer();
        await using var standby = new StandbyService(OptionsOf("s1"), _key, new MemoryLink(_hub), firer);
        await using var engine = new StandbyEngine(OptionsOf("engine"), _key, new MemoryLink(_hub), book);
        using var pulse = new Timer(_ => engine.Pulse(), null, 0, 20);
        await using var person = NewOperator();
        standby.Start();
        await engine.StartAsync();
        Arm(book, 1, tag: 1);
        Arm(book, 2, tag: 2);
        await engine.WaitReplicatedAsync(TestBook.Hash(2));
        await Until(() => person.Standbys is [{ Orders: 2, CanFire: true, Name: "s1", Lag: 0, IsDryRun: false, IsLoaded: true }]);
        Assert.Equal(1U, person.Generation);
        Assert.True(person.EngineSilent < TimeSpan.FromSeconds(5));

        Assert.Equal(0, person.Answers);
        _ = person.Order(generation: 7, BookScope.All); // an order of a generation that is none does nothing
        _ = person.Order(generation: 1, new BookScope(3, 2));
        await Until(() => person.IsClosed(TestBook.Hash(2)));
        Assert.Equal([TestBook.Hash(2)], firer.Orders);
        Assert.Equal(1, person.Answers);
        Assert.False(person.IsClosed(TestBook.Hash(1)));
        await Until(() => engine.State.IsLatched);
        var read = await person.ReadBookAsync();
        Assert.True(read is { IsFenced: true, IsAcknowledged: false, Generation: 1 });
        Assert.Equal(new StandbyOwner(TestBook.Account, book.Endpoint) { Ttl = OptionsOf("engine").Ttl }, read.Owner);
        Assert.Equal(FireReason.Operator, read.Fences[0].Evidence.Reason);
    }

    [Fact]
    public async Task A_fence_is_acknowledged_by_its_id_and_by_an_operator_alone_and_a_later_fence_voids_it()
    {
        using var book = TestBook.New(10);
        var engine = new StandbyEngine(OptionsOf("engine"), _key, new MemoryLink(_hub), book);
        await engine.StartAsync();
        await engine.DisposeAsync();
        await using var person = NewOperator();
        var id = person.Fence(1);
        await person.WaitFencedAsync();
        var read = await person.ReadBookAsync();
        Assert.Equal((true, id), (read.IsFenced, read.FenceId));
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await person.AcknowledgeAsync(read, id + 1));

        await AppendAcknowledgementAsync(SenderRole.Standby, id);
        Assert.False((await person.ReadBookAsync()).IsAcknowledged);
        await BeginIsRefusedAsync();
        await person.AcknowledgeAsync(read, id);
        Assert.True((await person.ReadBookAsync()).IsAcknowledged);
        await using (var another = NewOperator())
        {
            _ = another.Fence(1);
            await another.WaitFencedAsync();
        }

        Assert.False((await person.ReadBookAsync()).IsAcknowledged);
        await BeginIsRefusedAsync();

        await person.AcknowledgeAsync(await person.ReadBookAsync(), id);
        using var next = TestBook.New(10);
        await using var engine2 = new StandbyEngine(OptionsOf("engine"), _key, new MemoryLink(_hub), next);
        await engine2.StartAsync();
        Assert.Equal(2U, engine2.State.Generation);
        read = await person.ReadBookAsync();
        Assert.True(read is { IsFenced: false, Orders.Count: 0 });
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await person.AcknowledgeAsync(read, id)); // an old generation's
    }

    [Fact]
    public void A_snapshot_keeps_whose_orders_they_are_when_the_claim_is_purged()
    {
        var claim = new GenerationRecord(3, 0, TestBook.Account, "wss://venue.test/ws", TimeSpan.FromSeconds(2));
        var part = new SnapshotPart(7, 12, 3, 0, 0, 0, 0, 1, 0).Write([], claim.Write());
        using var sealer = new MessageSealer(_key, Book, SenderRole.Standby, "s1", 0);
        using var opener = new MessageOpener(_key, Book);
        var record = new byte[part.Length + SealedHeader.Overhead];
        _ = sealer.Seal(SealedKind.Snapshot, part, record);
        var reader = new GenerationReader(opener, TimeProvider.System);
        _ = reader.Read(new StandbyStreamRecord(40, StandbyStreamKind.Snapshot, record), out _);
        Assert.Equal((3U, claim), (reader.Log.Generation, reader.Log.Claim));
    }

    private StandbyOperator NewOperator() => new("operator", Book, _key, new MemoryLink(_hub));

    private async Task BeginIsRefusedAsync()
    {
        using var book = TestBook.New(10);
        await using var engine = new StandbyEngine(OptionsOf("engine"), _key, new MemoryLink(_hub), book);
        _ = await Assert.ThrowsAsync<StandbyFencedException>(async () => await engine.StartAsync());
    }

    private async Task AppendAcknowledgementAsync(SenderRole role, ulong id)
    {
        using var sealer = new MessageSealer(_key, Book, role, "s1", 0);
        var plain = FenceRecord.Write(new GenerationFence(id, 1, "s1", DateTimeOffset.UnixEpoch, default), isAcknowledgement: true);
        var record = new byte[plain.Length + SealedHeader.Overhead];
        _ = sealer.Seal(SealedKind.Fence, plain, record);
        _ = await new MemoryLink(_hub).AppendAsync(StandbyStreamKind.Fence, record, null, CancellationToken.None);
    }

    private static void Arm(CancelBook book, int number, ulong tag) =>
        Assert.Equal(ArmResult.Armed, book.Arm(TestBook.Hash(number), TestBook.Signature(number), tag));

    private static StandbyClusterOptions OptionsOf(string name) => new() { Name = name, Book = Book, Beat = TimeSpan.FromMilliseconds(20) };

    private static Task Until(Func<bool> condition) => Local.Patience.Until(condition, "the state that was waited for");

    private sealed class ClosingFirer : IStandbyFirer
    {
        private readonly ConcurrentDictionary<OrderHash, bool> _orders = [];

        public bool CanFire => true;

        public ICollection<OrderHash> Orders => _orders.Keys;

        public bool VenueAnsweredSince(long timestamp) => true;

        public void Fire(StandbyFire fire)
        {
            foreach (var order in fire.Orders)
            {
                _orders[order.Hash] = true;
                fire.ReportClosed(order.Hash);
            }
        }
    }
}
