using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>Nothing that keeps a cancel alive may need the thread pool.</summary>
[Collection(nameof(StarvedReconnectionTests))]
[CollectionDefinition(nameof(StarvedReconnectionTests), DisableParallelization = true)]
public sealed class StarvedReconnectionTests
{
    private const int Orders = 200;

    [Fact]
    public async Task With_every_pool_thread_blocked_a_lost_connection_is_made_anew_and_what_it_left_goes_out()
    {
        using var peer = new ThreadedPeer();
        await using var client = await TestClient.ConnectAsync(peer.Uri, options =>
        {
            options.Reconnect.Delay = TimeSpan.FromMilliseconds(5);
            options.Reconnect.MaxDelay = TimeSpan.FromMilliseconds(50);
        });
        var confirmed = 0;
        client.OutcomeChanged += (_, e) => confirmed += e.Current.Kind == CancelOutcomeKind.Confirmed ? 1 : 0;

        // From a thread of its own, looking rather than awaiting: an await would need the pool.
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = new Thread(() => ended.SetResult(Try(client, peer, () => Volatile.Read(ref confirmed))));
        caller.Start();
        Assert.Null(await ended.Task.Soon());
        Assert.Null(peer.Failure);
    }

    private static Exception? Try(DmexClient client, ThreadedPeer peer, Func<int> confirmed)
    {
        using var blocked = new BlockedPool();
        try
        {
            peer.Mute();
            var cancels = Enumerable.Range(0, Orders)
                .Select(i => client.CancelAsync(TestClient.Hash(i), Timeout.InfiniteTimeSpan)).ToArray();
            Wait.UntilSync(() => peer.Received == Orders, "all have been sent");
            peer.Unmute();
            peer.Cut();

            // Those who wait are told of the loss; the cancels go on and are confirmed on the next connection.
            Wait.UntilSync(() => Array.TrueForAll(cancels, c => c.IsCompleted), "all are told of the loss");
            Assert.All(cancels, c => Assert.Equal(UnresolvedReason.ConnectionLost, c.Result.UnresolvedReason));
            Wait.UntilSync(() => client.InFlight == 0, "all are resolved on the next connection");
            Wait.UntilSync(() => confirmed() == Orders, "and the events say so");
            Assert.Equal(2, peer.Connections);
            Assert.Equal(2 * Orders, peer.Received);
            Assert.True(blocked.IsBlocked);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
