using System.Collections.Concurrent;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Tracking;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>Several connections: who carries, who takes over, and what becomes of unanswered cancels when one dies.</summary>
public sealed class RedundancyTests
{
    [Fact]
    public async Task When_a_connection_dies_its_unanswered_cancels_go_out_on_the_other_at_once()
    {
        var carriers = 0;
        var taken = new ConcurrentBag<string>();
        using var cut = new SemaphoreSlim(0);
        await using var server = new ScriptedServer(async peer =>
        {
            var first = await peer.ReadCancelAsync();
            if (Interlocked.Increment(ref carriers) == 1)
            {
                for (var i = 1; i < 5; i++)
                {
                    _ = await peer.ReadCancelAsync();
                }

                await cut.WaitAsync(peer.Closing);
                return; // the connection is cut without an answer
            }

            for (var hash = first; ; hash = await peer.ReadCancelAsync())
            {
                taken.Add(hash);
                await peer.ConfirmAsync(hash);
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Connections = 2);
        await Wait.Until(() => client.Connections.Count(c => c.State == ConnectionState.Ready) == 2, "both ready");
        var primary = client.Connections.Single(c => c.IsPrimary).ConnectionId;
        var cancels = Enumerable.Range(0, 5).Select(i => client.CancelAsync(TestClient.Hash(i), Timeout.InfiniteTimeSpan).AsTask())
            .ToArray();
        _ = cut.Release();
        foreach (var outcome in await Task.WhenAll(cancels).Soon())
        {
            Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
            Assert.Equal(2, outcome.Attempts);
            Assert.NotEqual(primary, outcome.ConnectionId);
        }

        Assert.Equal(5, taken.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task With_no_connection_left_callers_are_told_and_the_cancels_go_out_first_on_the_next()
    {
        var connections = 0;
        var order = new ConcurrentQueue<string>();
        await using var server = new ScriptedServer(async peer =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                _ = await peer.ReadCancelAsync();
                return;
            }

            while (true)
            {
                var hash = await peer.ReadCancelAsync();
                order.Enqueue(hash);
                await peer.ConfirmAsync(hash);
            }
        });
        var changes = new BlockingCollection<OutcomeChangedEventArgs>();
        await using var client = await TestClient.ConnectAsync(server.Uri);
        client.OutcomeChanged += (_, e) => changes.Add(e);

        var told = await client.CancelAsync(TestClient.Hash(1), Timeout.InfiniteTimeSpan).Soon();
        Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.ConnectionLost), (told.Kind, told.UnresolvedReason));
        var second = await client.CancelAsync(TestClient.Hash(2), Timeout.InfiniteTimeSpan).Soon();

        Assert.Equal(CancelOutcomeKind.Confirmed, second.Kind);
        var change = await Task.Run(changes.Take).Soon();
        Assert.Equal((TestClient.Hash(1), CancelOutcomeKind.Confirmed), (change.Hash, change.Current.Kind));
        Assert.Equal(told, change.Previous);
        Assert.Equal(0, client.InFlight);
        Assert.Contains(TestClient.Hash(1).ToString(), order, StringComparer.Ordinal);
        Assert.True(client.Connections[0].Connects >= 2);
    }

    [Fact]
    public async Task Broadcast_sends_on_every_connection_and_the_first_good_answer_counts()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        var hashes = Enumerable.Range(0, 50).Select(TestClient.Hash).ToArray();
        foreach (var hash in hashes)
        {
            Open(venue, hash, key);
        }

        var strays = 0;
        await using var client = await TestClient.ConnectAsync(venue.Url, o =>
        {
            o.Connections = 3;
            o.Policy = ConnectionPolicy.Broadcast;
        });
        client.MessageReceived += (_, _) => Interlocked.Increment(ref strays);
        await Wait.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "all ready");

        foreach (var hash in hashes)
        {
            // The answer to a second copy may be read first: the order is gone by the first.
            Assert.True((await client.CancelAsync(hash).Soon()).IsClosed);
        }

        await Wait.Until(() => venue.Transcript.Count == 150, "all copies");
        Assert.Equal(0, client.InFlight);
        Assert.Equal(0, Volatile.Read(ref strays));
    }

    [Fact]
    public async Task An_unanswered_cancel_goes_out_again_on_another_connection_after_the_ack_timeout()
    {
        var connections = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                await peer.DrainAsync(); // reads, and never answers
                return;
            }

            while (true)
            {
                await peer.ConfirmAsync(await peer.ReadCancelAsync());
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Connections = 2;
            o.Retry.AckTimeout = TimeSpan.FromMilliseconds(100);
            o.Retry.MaxResendsPerOrder = 1; // however long the answer to the second copy takes
        });
        await Wait.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "all ready");

        var outcome = await client.CancelAsync(TestClient.Hash(1), Timeout.InfiniteTimeSpan).Soon();

        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.InRange(outcome.Attempts, 1, 2); // one, if the silent connection was the second to be ready
    }

    [Fact]
    public async Task A_venue_that_refuses_and_restarts_is_tried_until_it_is_back()
    {
        var port = 0;
        using var key = TestClient.Key();
        DmexClient client;
        var states = new ConcurrentQueue<ConnectionState>();
        await using (var first = await SimulatedVenue.StartAsync(new VenueOptions()))
        {
            port = first.Url.Port;
            client = await TestClient.ConnectAsync(first.Url, o =>
            {
                o.Connections = 2;
                o.Reconnect.Delay = TimeSpan.FromMilliseconds(10);
                o.Reconnect.MaxDelay = TimeSpan.FromMilliseconds(50);
            });
            client.StateChanged += (_, e) => states.Enqueue(e.State);
            await Wait.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "all ready");
        }

        await using (client)
        {
            var waiting = client.CancelAsync(TestClient.Hash(7), Timeout.InfiniteTimeSpan).AsTask();
            await Wait.Until(() => client.Connections.All(c => c.LastFailure is not null), "refused");
            await using var second = await SimulatedVenue.StartAsync(new VenueOptions { Port = port });
            Open(second, TestClient.Hash(7), key);

            var outcome = await waiting.Soon();
            if (outcome.UnresolvedReason == UnresolvedReason.ConnectionLost)
            {
                // It was accepted before the loss was noticed: told then, and still sent.
                await Wait.Until(() => client.InFlight == 0, "resolved");
            }

            await Wait.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "all ready");
            Assert.Contains(ConnectionState.Closed, states);
            Assert.Contains(ConnectionState.Connecting, states);
            Assert.Equal(0, client.InFlight);
        }
    }

    [Fact]
    public async Task Not_found_shortly_after_a_cancel_is_taken_for_a_cancel_that_overtook_its_order()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        await using var client = await TestClient.ConnectAsync(venue.Url, o => o.Retry.NotFoundGrace = TimeSpan.FromSeconds(30));
        var hash = TestClient.Hash(5);

        var cancel = client.CancelAsync(hash, Timeout.InfiniteTimeSpan).AsTask();
        await Wait.Until(() => venue.Transcript.Any(copy => copy.Verdict == VenueVerdict.OrderNotFound), "the first copy is not found");
        Open(venue, hash, key);

        var outcome = await cancel.Soon();
        Assert.Equal(CancelOutcomeKind.Confirmed, outcome.Kind);
        Assert.True(outcome.Attempts >= 2);
    }

    private static void Open(SimulatedVenue venue, OrderHash hash, SigningKey key)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        Span<byte> owner = stackalloc byte[EthereumAddress.Size];
        hash.CopyTo(bytes);
        Convert.FromHexString(key.Address.ToString().AsSpan(2)).CopyTo(owner);
        venue.OpenOrder(bytes, owner);
    }
}
