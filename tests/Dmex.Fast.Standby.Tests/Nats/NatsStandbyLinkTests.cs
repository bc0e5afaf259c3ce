using System.Collections.Concurrent;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

[Collection(nameof(NatsClusterGroup))]
public sealed class NatsStandbyLinkTests(NatsTestCluster cluster) : NatsClusterTests(cluster)
{
    [Fact]
    public async Task A_live_message_goes_by_two_servers_and_a_beat_by_all()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var live = Receive(standby, StandbyChannel.Live);
        var beats = Receive(standby, StandbyChannel.Beat);
        await SubscribedAsync(engine, StandbyChannel.Beat, beats, copies: 3);

        Assert.Equal(2, engine.TrySend(StandbyChannel.Live, [1, 2, 3]));
        Assert.Equal(3, engine.TrySend(StandbyChannel.Beat, [4]));
        await UntilAsync(() => live.Count >= 2 && beats.Count(beat => beat.Length == 1) >= 3);
        await Task.Delay(200, Token);
        Assert.Equal(2, live.Count);
        Assert.All(live, message => Assert.Equal([1, 2, 3], message));
        Assert.Equal(3, beats.Count(beat => beat is [4]));
    }

    [Fact]
    public async Task What_a_standby_says_reaches_the_engine_on_its_own_channel()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        StandbyChannel[] channels =
            [StandbyChannel.Acknowledgement, StandbyChannel.RepairRequest, StandbyChannel.Status, StandbyChannel.Report];
        var received = channels.Select(channel => Receive(engine, channel)).ToArray();
        foreach (var (channel, messages) in channels.Zip(received))
        {
            await SubscribedAsync(standby, channel, messages, copies: 1);
            Assert.True(standby.TrySend(channel, [(byte)channel]) > 0);
            await UntilAsync(() => messages.Any(message => message.Length == 1));
        }

        foreach (var (channel, messages) in channels.Zip(received))
        {
            Assert.All(messages, message => Assert.True(message.Length == 4 || message[0] == (byte)channel));
        }
    }

    [Fact]
    public async Task Live_messages_pass_when_a_server_is_killed()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var live = Receive(standby, StandbyChannel.Live);
        await SubscribedAsync(engine, StandbyChannel.Live, live, copies: 2);
        Cluster.Servers[0].Kill();

        // Every number arrives: the second path never stopped.
        for (var i = 0; i < 200; i++)
        {
            Assert.True(engine.TrySend(StandbyChannel.Live, Number(1000 + i)) > 0);
            await Task.Delay(5, Token);
        }

        await UntilAsync(() => Enumerable.Range(1000, 200).All(number => live.Any(message => Number(message) == number)));
    }

    [Fact]
    public async Task An_append_returns_its_sequence_and_is_read_with_its_kind()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        Assert.Equal(0UL, await engine.GetLastSequenceAsync(Token));
        Assert.Equal(1UL, await engine.AppendAsync(StandbyStreamKind.Generation, new byte[] { 7 }, 0, Token));
        Assert.Equal(2UL, await engine.AppendAsync(StandbyStreamKind.Batch, new byte[] { 8 }, 1, Token));
        Assert.Equal(3UL, await standby.AppendAsync(StandbyStreamKind.Fence, new byte[] { 9 }, null, Token));
        Assert.Equal(4UL, await standby.AppendAsync(StandbyStreamKind.Snapshot, new byte[] { 10 }, null, Token));
        Assert.Equal(4UL, await standby.GetLastSequenceAsync(Token));

        var records = await ReadAsync(standby, from: 1, count: 4);
        Assert.Equal([1UL, 2, 3, 4], records.Select(record => record.Sequence));
        Assert.Equal(
            [StandbyStreamKind.Generation, StandbyStreamKind.Batch, StandbyStreamKind.Fence, StandbyStreamKind.Snapshot],
            records.Select(record => record.Kind));
        Assert.Equal([7, 8, 9, 10], records.Select(record => record.Payload.Span[0]));
        Assert.Equal(3UL, (await ReadAsync(standby, from: 3, count: 1))[0].Sequence);
    }

    [Fact]
    public async Task A_record_of_a_mebibyte_is_kept()
    {
        await using var engine = await EngineAsync();
        var payload = new byte[1 << 20];
        Random.Shared.NextBytes(payload);
        Assert.Equal(1UL, await engine.AppendAsync(StandbyStreamKind.Batch, payload, 0, Token));
        Assert.Equal(payload, (await ReadAsync(engine, from: 1, count: 1))[0].Payload.ToArray());
    }

    [Fact]
    public async Task An_engine_that_was_fenced_meets_a_conflict()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        Assert.Equal(1UL, await engine.AppendAsync(StandbyStreamKind.Batch, new byte[8], 0, Token));
        Assert.Equal(2UL, await standby.AppendAsync(StandbyStreamKind.Fence, new byte[8], null, Token));

        var conflict = await Assert.ThrowsAsync<StandbyAppendConflictException>(
            async () => await engine.AppendAsync(StandbyStreamKind.Batch, new byte[8], 1, Token));
        Assert.Equal(1UL, conflict.Expected);
        Assert.Equal(StandbyStreamKind.Fence, (await ReadAsync(engine, from: conflict.Expected + 1, count: 1))[0].Kind);
        Assert.Equal(2UL, await engine.GetLastSequenceAsync(Token));
    }

    [Fact]
    public async Task A_reader_that_came_before_the_stream_reads_what_comes()
    {
        await using var standby = await StandbyAsync();
        Assert.Equal(0UL, await standby.GetLastSequenceAsync(Token));
        var reading = ReadAsync(standby, from: 1, count: 2);
        await using var engine = await EngineAsync();
        _ = await engine.AppendAsync(StandbyStreamKind.Batch, new byte[] { 1 }, 0, Token);
        _ = await engine.AppendAsync(StandbyStreamKind.Batch, new byte[] { 2 }, 1, Token);
        Assert.Equal([1UL, 2], (await reading).Select(record => record.Sequence));
    }

    [Fact]
    public async Task What_lies_below_a_purge_is_gone_and_the_rest_is_read()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        for (var i = 0UL; i < 5; i++)
        {
            _ = await engine.AppendAsync(StandbyStreamKind.Batch, new[] { (byte)i }, i, Token);
        }

        await standby.PurgeBelowAsync(4, Token);
        Assert.Equal([4UL, 5], (await ReadAsync(standby, from: 1, count: 2)).Select(record => record.Sequence));
        Assert.Equal(6UL, await engine.AppendAsync(StandbyStreamKind.Batch, new byte[1], 5, Token));
    }

    [Fact]
    public async Task A_full_stream_refuses_and_loses_nothing()
    {
        var options = Cluster.Options(Book, NatsStandbyRole.Engine);
        options.MaxStreamBytes = 1 << 20;
        await using var engine = NatsStandbyLink.Open(options);
        await engine.WaitForServersAsync(3, Token);
        var last = 0UL;
        var refused = await Assert.ThrowsAsync<StandbyLinkException>(async () =>
        {
            while (last < 100)
            {
                last = await engine.AppendAsync(StandbyStreamKind.Batch, new byte[64 << 10], last, Token);
            }
        });
        Assert.Contains("maximum bytes exceeded", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1UL, (await ReadAsync(engine, from: 1, count: 1))[0].Sequence);
        Assert.Equal(last, await engine.GetLastSequenceAsync(Token));
    }

    [Fact]
    public async Task A_handler_that_throws_ends_nothing_and_is_counted()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var calls = 0;
        using var subscription = standby.Subscribe(
            StandbyChannel.Beat,
            payload =>
            {
                _ = Interlocked.Increment(ref calls);
                throw new InvalidOperationException("of the handler");
            });
        await UntilAsync(() =>
        {
            _ = engine.TrySend(StandbyChannel.Beat, [1]);
            return Volatile.Read(ref calls) > 9;
        });
        Assert.Contains(standby.Servers, server => server.HandlerFailures > 0);
    }

    [Fact]
    public async Task A_subscription_that_ended_hears_nothing_more()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var first = new ConcurrentQueue<byte[]>();
        var subscription = standby.Subscribe(StandbyChannel.Beat, payload => first.Enqueue(payload.ToArray()));
        await SubscribedAsync(engine, StandbyChannel.Beat, first, copies: 3);
        subscription.Dispose();
        await Task.Delay(300, Token);
        var heard = first.Count;
        var second = Receive(standby, StandbyChannel.Beat);
        await SubscribedAsync(engine, StandbyChannel.Beat, second, copies: 3);
        Assert.Equal(heard, first.Count);
    }

    [Fact]
    public async Task A_link_that_was_disposed_sends_nothing_and_does_not_throw()
    {
        var engine = await EngineAsync();
        await engine.DisposeAsync();
        await engine.DisposeAsync();
        Assert.Equal(0, engine.TrySend(StandbyChannel.Beat, [1]));
        engine.AskWitnesses();
        Assert.Throws<ObjectDisposedException>(() => engine.Subscribe(StandbyChannel.Status, _ => { }));
    }
}
