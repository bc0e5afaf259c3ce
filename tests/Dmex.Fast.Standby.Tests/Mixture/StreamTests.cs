using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Deciding;
using Dmex.Fast.Standby.Generations;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Replication;
using Dmex.Fast.Standby.Sealing;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>The durable stream: snapshots and purges, a cluster that loses it, and fences that are kept in it. In virtual time.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly VirtualWorld _world = new();
    private readonly Random _random = new(1);
    private readonly StandbyKey _key = TestKey.New();
    private readonly SimulatedCluster _cluster;
    private readonly ModelVenue _venue;
    private int _hosts;

    public StreamTests()
    {
        _cluster = new SimulatedCluster(_world, _random) { LossPercent = 0 };
        _venue = new ModelVenue(_world);
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_standby_reads_a_stream_that_the_cluster_lost_from_its_start()
    {
        var standby = NewStandby("s1");
        var engine = Started(NewEngine());
        engine.Link.Host.Kill(); // what it says on the live paths would tell the standby as well
        _world.RunFor(TimeSpan.FromMilliseconds(200));
        Assert.True(_cluster.Last > 5);
        _cluster.LoseStream();
        Append(StandbyStreamKind.Fence, Fence(generation: 1, id: 77), SenderRole.Operator);
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal((1u, FireReason.OtherFence), (standby.State.Fenced, standby.State.Evidence.Reason));
    }

    [Fact]
    public void An_engine_reads_a_fence_in_a_stream_that_began_anew()
    {
        var engine = Started(NewEngine());
        _world.RunFor(TimeSpan.FromMilliseconds(500));
        _cluster.LoseStream();
        Append(StandbyStreamKind.Fence, Fence(generation: 1, id: 77), SenderRole.Operator);
        _world.RunFor(TimeSpan.FromSeconds(2));
        var state = engine.Engine.State;
        Assert.Equal((EngineTouch.Fenced, true, 77ul), (state.Touch, state.IsLatched, state.FenceId));
    }

    [Fact]
    public void An_engine_writes_its_whole_book_into_a_stream_that_began_anew()
    {
        var engine = Started(NewEngine());
        _world.RunFor(TimeSpan.FromSeconds(2));
        _cluster.LoseStream();
        _world.RunFor(TimeSpan.FromSeconds(2));
        ExpectHeld(engine, NewStandby("late"));
    }

    [Fact]
    public void A_fence_without_its_claim_refuses_a_start()
    {
        Append(StandbyStreamKind.Fence, Fence(generation: 6, id: 77), SenderRole.Operator);
        var start = NewEngine().Engine.StartAsync().AsTask();
        _world.RunFor(TimeSpan.FromSeconds(3));
        var fenced = Assert.IsType<StandbyFencedException>(start.Exception?.InnerException);
        Assert.Equal((6u, 77ul), (fenced.Generation, fenced.FenceId));
    }

    [Fact]
    public void A_claim_in_an_empty_stream_is_above_what_the_standbys_know()
    {
        _ = NewStandby("s1");
        var first = Started(NewEngine());
        first.Host.Kill();
        _cluster.LoseStream();
        Assert.Equal(2u, Started(NewEngine()).Engine.State.Generation);
    }

    [Fact]
    public void A_stream_whose_last_record_was_purged_is_not_waited_for_without_end()
    {
        Append(StandbyStreamKind.Fence, Fence(generation: 1, id: 77), SenderRole.Operator);
        _cluster.PurgeBelow(_cluster.Last + 1);
        var host = NewHost();
        using var opener = new MessageOpener(_key, "book");
        var reading = new GenerationReader(opener, host).ReadToEndAsync(new SimulatedLink(_cluster, host), default).AsTask();
        _world.RunFor(TimeSpan.FromSeconds(9));
        Assert.False(reading.IsCompleted);
        _world.RunFor(TimeSpan.FromSeconds(3));
        var failure = Assert.IsType<StandbyLinkException>(reading.Exception?.InnerException);
        Assert.Contains("delete the stream", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fence_that_the_cluster_lost_is_asserted_again()
    {
        var host = NewHost();
        using var sealer = new MessageSealer(_key, "book", SenderRole.Standby, "s1", generation: 0);
        var writer = new FenceWriter(new SimulatedLink(_cluster, host), sealer, new MonotonicClock(host));
        var isOver = false;
        var keeping = writer.KeepAsync(Fence(generation: 1, id: 77), () => isOver, CancellationToken.None);
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(StandbyStreamKind.Fence, Assert.Single(_cluster.Stream).Kind);
        _cluster.LoseStream();
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(StandbyStreamKind.Fence, Assert.Single(_cluster.Stream).Kind);
        isOver = true;
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(keeping.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_standby_writes_a_snapshot_every_ten_minutes_and_purges_below_it()
    {
        var standby = NewStandby("s1");
        var engine = Started(NewEngine());
        _world.RunFor(TimeSpan.FromMinutes(9));
        Assert.DoesNotContain(_cluster.Stream, record => record.Kind == StandbyStreamKind.Snapshot);
        _world.RunFor(TimeSpan.FromMinutes(2));
        var snapshot = Assert.Single(_cluster.Stream, record => record.Kind == StandbyStreamKind.Snapshot);
        Assert.InRange(_cluster.Stream[0].Sequence, snapshot.Sequence - 10, snapshot.Sequence);
        Assert.DoesNotContain(_cluster.Stream, record => record.Kind == StandbyStreamKind.Generation);
        ExpectHeld(engine, standby);
        ExpectHeld(engine, NewStandby("late"));

        // The claim was purged: the snapshot says which generation it was.
        engine.Host.Kill();
        Assert.Equal(2u, Started(NewEngine()).Engine.State.Generation);
    }

    [Fact]
    public void A_snapshot_purges_nothing_that_its_writer_has_not_read()
    {
        var host = NewHost();
        Append(StandbyStreamKind.Fence, Fence(generation: 1, id: 76), SenderRole.Operator);
        var read = _cluster.Last;
        Append(StandbyStreamKind.Fence, Fence(generation: 2, id: 77), SenderRole.Operator);
        using var sealer = new MessageSealer(_key, "book", SenderRole.Standby, "s1", generation: 0);
        var writing = SnapshotWriter.WriteAsync(
            new SimulatedLink(_cluster, host), sealer, new GenerationLog(), read, through: 0, [], CancellationToken.None).AsTask();
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(writing.IsCompletedSuccessfully);
        Assert.Equal([StandbyStreamKind.Fence, StandbyStreamKind.Snapshot], _cluster.Stream.Select(record => record.Kind));
    }

    [Fact]
    public void A_book_that_changed_more_than_the_ring_holds_is_handed_over_whole()
    {
        var standby = NewStandby("s1");
        var engine = Started(NewEngine());
        engine.IsIdle = true;
        _world.RunFor(TimeSpan.FromSeconds(1));
        var before = engine.Engine.State.Changes;

        // Neither the live paths nor the stream have a turn meanwhile.
        for (var i = 0; i < 40_000; i++)
        {
            engine.ArmAndDisarm(1_000_000 + i);
        }

        Assert.True(engine.Engine.State.Changes - before > 1 << 16);
        engine.IsIdle = false;
        _world.RunFor(TimeSpan.FromSeconds(3));
        engine.IsIdle = true;
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(engine.Engine.State.Changes, engine.Engine.State.Held);
        Assert.Equal(engine.Engine.State.Changes, engine.Engine.State.Durable);
        ExpectHeld(engine, standby);
        ExpectHeld(engine, NewStandby("late"));
    }

    private static GenerationFence Fence(uint generation, ulong id) =>
        new(id, generation, "operator", DateTimeOffset.UnixEpoch, new FireEvidence(FireReason.Operator, generation, TimeSpan.Zero, 3, 3));

    private SimulatedHost NewHost() => new(_world, _hosts++, _random);

    private ModelEngine NewEngine() => new(_world, _cluster, NewHost(), _key, _venue, _random, firstNumber: _venue.Orders.Count);

    private ModelEngine Started(ModelEngine engine)
    {
        var start = engine.Engine.StartAsync().AsTask();
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(start.IsCompletedSuccessfully, start.Exception?.ToString());
        return engine;
    }

    private StandbyService NewStandby(string name)
    {
        var host = NewHost();
        var service = new StandbyService(
            MixtureScenario.OptionsOf(name), _key, new SimulatedLink(_cluster, host), new ModelFirer(_world, host, _venue), host)
        {
            IsTurnedByCaller = true,
        };
        service.Start();
        host.Repeat(TimeSpan.FromMilliseconds(10), service.Tick);
        return service;
    }

    private void ExpectHeld(ModelEngine engine, StandbyService standby)
    {
        engine.IsIdle = true;
        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.All(engine.Orders, order => Assert.True(standby.Holds(order.Hash)));
        Assert.Equal((engine.Count, 0), (standby.State.Orders, standby.State.Orphans));
        engine.IsIdle = false;
    }

    private void Append(StandbyStreamKind kind, GenerationFence fence, SenderRole role)
    {
        using var sealer = new MessageSealer(_key, "book", role, "operator", generation: 0);
        var plain = FenceRecord.Write(fence);
        var record = new byte[plain.Length + SealedHeader.Overhead];
        _ = sealer.Seal(SealedKind.Fence, plain, record);
        _ = _cluster.Append(kind, record, expectedLast: null);
    }
}
