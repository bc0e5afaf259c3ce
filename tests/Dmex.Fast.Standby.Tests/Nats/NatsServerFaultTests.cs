using System.Collections.Concurrent;
using Dmex.Fast.Standby.Links;
using Dmex.Fast.Standby.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Nats;

[Collection(nameof(NatsClusterGroup))]
public sealed class NatsServerFaultTests(NatsTestCluster cluster) : NatsClusterTests(cluster)
{
    [Fact]
    public async Task When_the_leader_is_killed_appends_go_on_and_a_reader_sees_each_record_once_in_order()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        const int Records = 300;
        var reading = ReadAsync(standby, from: 1, count: Records);
        var last = 0UL;
        for (var i = 0; i < Records; i++)
        {
            if (i == 100)
            {
                (await LeaderAsync()).Kill();
            }

            last = await AppendSurelyAsync(engine, Number(i), last);
        }

        var records = await reading;
        Assert.Equal(Enumerable.Range(0, Records), records.Select(record => Number(record.Payload.ToArray())));
        Assert.Equal(last, records[^1].Sequence);
    }

    [Fact]
    public async Task An_append_to_a_leader_that_froze_has_no_known_outcome()
    {
        await using var engine = await EngineAsync();
        var last = await AppendSurelyAsync(engine, Number(0), last: 0);
        var leader = await LeaderAsync();
        leader.Freeze();
        try
        {
            var unknown = await Assert.ThrowsAsync<StandbyLinkException>(
                async () => await engine.AppendAsync(StandbyStreamKind.Batch, Number(1), last, Token));
            Assert.Contains("nobody knows whether the record was appended", unknown.Message, StringComparison.Ordinal);
        }
        finally
        {
            leader.Thaw();
        }

        // Whatever became of it, the writer finds out by reading, and writes each record once.
        last = await AppendSurelyAsync(engine, Number(1), last);
        var records = await ReadAsync(engine, from: 1, count: (int)last);
        Assert.Equal([0, 1], records.Select(record => Number(record.Payload.ToArray())));
    }

    [Fact]
    public async Task A_path_keeps_to_its_server_though_others_are_announced_and_comes_back_with_it()
    {
        await using var standby = await StandbyAsync();
        var ids = standby.Servers.Select(server => server.ServerId).ToArray();
        Assert.Equal(3, ids.Distinct(StringComparer.Ordinal).Count());
        Cluster.Servers[1].Kill();
        await UntilAsync(() => !standby.Servers[1].IsConnected);
        await Task.Delay(1500, Token);
        Assert.False(standby.Servers[1].IsConnected);
        Assert.Contains("cannot be reached", standby.Servers[1].Problem, StringComparison.Ordinal);

        Cluster.Servers[1].Start();
        await standby.WaitForServersAsync(3, Token);
        Assert.Equal(3, standby.Servers.Select(server => server.ServerId).Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(standby.Servers[1].ServerId, ids, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Only_servers_that_were_asked_since_and_answered_are_witnesses()
    {
        await using var standby = await StandbyAsync();
        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, standby.WitnessesSince(start));
        await WitnessedAsync(standby, start, 3);

        Cluster.Servers[2].Freeze();
        try
        {
            // It answered before, and is connected still: neither makes it a witness of now.
            var since = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, standby.WitnessesSince(since));
            await WitnessedAsync(standby, since, 2);
            await Task.Delay(300, Token);
            Assert.Equal(2, standby.WitnessesSince(since));
            Assert.Equal(3, standby.WitnessesSince(start));
        }
        finally
        {
            Cluster.Servers[2].Thaw();
        }
    }

    [Fact]
    public async Task One_server_by_two_addresses_is_one_witness()
    {
        await using var relay = new TcpRelay(Cluster.Servers[0].Port);
        var options = Cluster.Options(Book, NatsStandbyRole.Standby);
        options.Servers = [options.Servers[0], options.Servers[1], $"127.0.0.1:{relay.Port}"];
        await using var standby = NatsStandbyLink.Open(options);
        await standby.WaitForServersAsync(3, Token);
        var since = TimeProvider.System.GetTimestamp();
        await WitnessedAsync(standby, since, 2);
        await Task.Delay(500, Token);
        standby.AskWitnesses();
        await Task.Delay(500, Token);
        Assert.Equal(2, standby.WitnessesSince(since));
        Assert.Equal(standby.Servers[0].ServerId, standby.Servers[2].ServerId);
    }

    [Fact]
    public async Task When_the_majority_is_dead_live_messages_pass_but_there_is_one_witness_and_no_append()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var live = Receive(standby, StandbyChannel.Live);
        await SubscribedAsync(engine, StandbyChannel.Live, live, copies: 2);
        var last = await AppendSurelyAsync(engine, Number(0), last: 0);
        Cluster.Servers[0].Kill();
        Cluster.Servers[1].Kill();
        await UntilAsync(() => engine.Servers.Count(server => server.IsConnected) == 1);
        var since = TimeProvider.System.GetTimestamp();

        for (var i = 0; i < 50; i++)
        {
            Assert.True(engine.TrySend(StandbyChannel.Live, Number(1000 + i)) > 0);
        }

        await UntilAsync(() => Enumerable.Range(1000, 50).All(number => live.Any(message => Number(message) == number)));
        await WitnessedAsync(standby, since, 1);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAnyAsync<Exception>(async () => await engine.AppendAsync(StandbyStreamKind.Batch, Number(1), last, soon.Token));
        Assert.Equal(1, standby.WitnessesSince(since));

        // Back with the majority, the writer goes on where the stream ends.
        Cluster.Servers[0].Start();
        Cluster.Servers[1].Start();
        await engine.WaitForServersAsync(3, Token);
        _ = await AppendSurelyAsync(engine, Number(1), last);
    }

    [Fact]
    public async Task A_server_that_froze_holds_nobody_up_and_what_cannot_be_sent_to_it_is_dropped()
    {
        await using var engine = await EngineAsync();
        await using var standby = await StandbyAsync();
        var live = Receive(standby, StandbyChannel.Live);
        await SubscribedAsync(engine, StandbyChannel.Live, live, copies: 2);
        Cluster.Servers[0].Freeze();
        try
        {
            const int Messages = 400;
            var payload = new byte[NatsStandbyLink.MaxLiveBytes];
            for (var i = 0; i < Messages; i++)
            {
                Number(1000 + i).CopyTo(payload, 0);
                Assert.True(engine.TrySend(StandbyChannel.Live, payload) > 0);
                await UntilAsync(() => live.Any(message => Number(message) == 1000 + i));
                live.Clear();
            }

            Assert.True(engine.Servers[0].Dropped > 0, string.Join('\n', engine.Servers));
        }
        finally
        {
            Cluster.Servers[0].Thaw();
        }
    }

    [Fact]
    public async Task A_link_that_was_opened_before_its_servers_connects_when_they_come()
    {
        foreach (var server in Cluster.Servers)
        {
            server.Kill();
        }

        await using var engine = NatsStandbyLink.Open(Cluster.Options(Book, NatsStandbyRole.Engine));
        Assert.Equal(0, engine.TrySend(StandbyChannel.Beat, [1]));
        var none = await Assert.ThrowsAsync<StandbyLinkException>(async () => await engine.GetLastSequenceAsync(Token));
        Assert.Contains("No server of the cluster is connected", none.Message, StringComparison.Ordinal);
        await Task.Delay(500, Token);
        await Cluster.StartAsync();
        await engine.WaitForServersAsync(3, Token);
        Assert.Equal(3, engine.TrySend(StandbyChannel.Beat, [1]));
        _ = await AppendSurelyAsync(engine, Number(0), 0);
    }

    [Fact]
    public async Task A_reader_is_told_when_the_cluster_lost_what_was_read()
    {
        await using var engine = await EngineAsync();
        _ = await AppendSurelyAsync(engine, Number(0), last: 0);
        var lost = await Assert.ThrowsAsync<StandbyLinkException>(() => ReadAsync(engine, from: 5, count: 1));
        Assert.Contains("ends with 1, before 5", lost.Message, StringComparison.Ordinal);
        Assert.Contains("Read it from the start", lost.Message, StringComparison.Ordinal);
    }

    private async Task<NatsTestServer> LeaderAsync() => Cluster.Servers[await Cluster.FindLeaderAsync(Book, Token)];

    private async Task WitnessedAsync(NatsStandbyLink link, long since, int witnesses)
    {
        while (link.WitnessesSince(since) < witnesses)
        {
            link.AskWitnesses();
            await Task.Delay(50, Token);
        }
    }

    /// <summary>As an engine appends: when the outcome is unknown it reads the stream's end, and appends what is not there.</summary>
    private async Task<ulong> AppendSurelyAsync(NatsStandbyLink engine, byte[] payload, ulong last)
    {
        while (true)
        {
            try
            {
                return await engine.AppendAsync(StandbyStreamKind.Batch, payload, last, Token);
            }
            catch (StandbyLinkException)
            {
                await Task.Delay(100, Token);
            }

            try
            {
                if (await engine.GetLastSequenceAsync(Token) > last
                    && (await ReadAsync(engine, from: last + 1, count: 1))[0] is var record
                    && record.Payload.Span.SequenceEqual(payload))
                {
                    return record.Sequence;
                }
            }
            catch (StandbyLinkException)
            {
                // The next round asks again.
            }
        }
    }
}
