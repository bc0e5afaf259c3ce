using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

[Collection(nameof(PoolStarvationTests))]
[CollectionDefinition(nameof(PoolStarvationTests), DisableParallelization = true)]
public sealed class PoolStarvationTests
{
    [Fact]
    public async Task With_every_pool_thread_blocked_cancels_leave_are_confirmed_and_time_out()
    {
        using var peer = new ThreadedPeer();
        await using var client = await TestClient.ConnectAsync(peer.Uri, o => o.Transport.SendBufferSize = 4096);

        // From a thread of its own, looking rather than awaiting: an await would need the pool.
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = new Thread(() =>
        {
            using var blocked = new BlockedPool();
            Exception? failure = null;
            try
            {
                var cancels = Enumerable.Range(0, 1000).Select(i => client.CancelAsync(TestClient.Hash(i))).ToArray();
                Wait.UntilSync(() => Array.TrueForAll(cancels, c => c.IsCompleted), "all are confirmed");
                Assert.All(cancels, c => Assert.Equal(CancelOutcomeKind.Confirmed, c.Result.Kind));
                Assert.True(blocked.IsBlocked);

                peer.Mute();
                var unanswered = client.CancelAsync(TestClient.Hash(5000), TimeSpan.FromMilliseconds(50));
                Wait.UntilSync(() => unanswered.IsCompleted, "the deadline comes");
                Assert.Equal(UnresolvedReason.Deadline, unanswered.Result.UnresolvedReason);
                Assert.True(blocked.IsBlocked);
            }
            catch (Exception e)
            {
                failure = e;
            }

            blocked.Dispose();
            ended.SetResult(failure);
        });
        caller.Start();
        Assert.Null(await ended.Task.Soon());
    }

    [Fact]
    public async Task With_every_pool_thread_blocked_a_panic_leaves_is_confirmed_and_reported()
    {
        using var peer = new ThreadedPeer();
        using var key = TestClient.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 1000, Endpoint = peer.Uri }, key);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(i), 0)));
        await using var client = await TestClient.ConnectAsync(peer.Uri, o => o.Book = book);
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = new Thread(() =>
        {
            using var blocked = new BlockedPool();
            Exception? failure = null;
            try
            {
                var panic = client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long });
                Wait.UntilSync(() => panic.IsCompleted, "it is reported");
                var report = panic.Result;
                Assert.Equal((1000, 1000, 0), (report.Orders, report.Confirmed, report.Unresolved));
                Assert.True(blocked.IsBlocked);
            }
            catch (Exception e)
            {
                failure = e;
            }

            blocked.Dispose();
            ended.SetResult(failure);
        });
        caller.Start();
        Assert.Null(await ended.Task.Soon());
    }
}
