using System.Collections.Concurrent;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.WebSockets;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

public sealed class ConnectionEndTests
{
    [Fact]
    public async Task A_cut_connection_fails_everything_in_flight_at_once_with_the_reason()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            for (var i = 0; i < 10; i++)
            {
                _ = await peer.ReadCancelAsync();
            }

            peer.Reset();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var losses = new BlockingCollection<ConnectionLoss>();
        client.ConnectionLost += (_, e) => losses.Add(e.Loss);
        var cancels = Enumerable.Range(0, 10).Select(i => client.CancelAsync(TestClient.Hash(i), Timeout.InfiniteTimeSpan).AsTask())
            .ToArray();

        foreach (var outcome in await Task.WhenAll(cancels).Soon())
        {
            Assert.Equal((CancelOutcomeKind.Unresolved, UnresolvedReason.ConnectionLost), (outcome.Kind, outcome.UnresolvedReason));
            Assert.False(string.IsNullOrEmpty(outcome.Reason));
        }

        var loss = await Task.Run(losses.Take).Soon();
        Assert.Equal(ConnectionLossKind.Broken, loss.Kind);
        Assert.NotEqual(ConnectionState.Closed, client.State);

        // It is tried again, and cut again.
        var late = await client.CancelAsync(TestClient.Hash(99), Timeout.InfiniteTimeSpan).Soon();
        Assert.Equal(UnresolvedReason.ConnectionLost, late.UnresolvedReason);
        Assert.Equal(11, client.InFlight);
    }

    [Fact]
    public async Task The_venues_close_code_and_reason_surface_and_are_echoed()
    {
        var echoed = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadCancelAsync();
            await peer.SendCloseAsync(4001, "maintenance");
            echoed = (await peer.ReadFrameAsync(8)).CloseCode;
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal(UnresolvedReason.ConnectionLost, outcome.UnresolvedReason);
        Assert.Contains("maintenance", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal((ConnectionLossKind.ClosedByVenue, 4001), (client.Loss!.Kind, client.Loss.CloseCode));
        await Wait.Until(() => Volatile.Read(ref echoed) == 4001, "the close frame is echoed");
    }

    [Fact]
    public async Task A_close_frame_is_the_reason_even_when_a_burst_fails_to_be_written_first()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadFrameAsync(1);
            await peer.SendCloseAsync(4002, "enough");
            // Closed with the burst unread, which resets the connection.
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Transport.SendBufferSize = 4096;
            o.Limits.MaxWaitingSends = 2000;
        });
        var cancels = Enumerable.Range(0, 500).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(cancels).Soon(), o => Assert.Equal(UnresolvedReason.ConnectionLost, o.UnresolvedReason));
        Assert.Equal(4002, client.Loss!.CloseCode);
    }

    [Fact]
    public async Task The_end_of_the_bytes_without_a_close_frame_is_a_break()
    {
        await using var server = new ScriptedServer(async peer => await peer.ReadCancelAsync());
        await using var client = await TestClient.ConnectAsync(server.Uri);
        _ = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal((ConnectionLossKind.Broken, (int?)null), (client.Loss!.Kind, client.Loss.CloseCode));
    }

    [Theory]
    [InlineData(new byte[] { 0xC1, 0x01, 0x41 }, 1002)] // RSV1 without an extension
    [InlineData(new byte[] { 0x83, 0x01, 0x41 }, 1002)] // a reserved opcode
    [InlineData(new byte[] { 0x81, 0x81, 1, 2, 3, 4, 0x41 }, 1002)] // masked by a server
    [InlineData(new byte[] { 0x81, 0x02, 0xC3, 0x28 }, 1007)] // not UTF-8
    [InlineData(new byte[] { 0x82, 0x7F, 0, 0, 0, 0, 0x7F, 0, 0, 0 }, 1009)] // 2 GB
    public async Task A_venue_that_breaks_the_protocol_is_told_the_code(byte[] bytes, int code)
    {
        var told = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadCancelAsync();
            await peer.SendRawAsync(bytes);
            told = (await peer.ReadFrameAsync(8)).CloseCode;
        });
        await using var client = await TestClient.ConnectAsync(server.Uri);
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal(UnresolvedReason.ConnectionLost, outcome.UnresolvedReason);
        Assert.Equal((ConnectionLossKind.ProtocolError, code), (client.Loss!.Kind, client.Loss.CloseCode));
        await Wait.Until(() => Volatile.Read(ref told) == code, "the venue is told");
    }

    [Fact]
    public async Task A_venue_that_falls_silent_is_found_out()
    {
        using var done = new SemaphoreSlim(0);
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadFrameAsync(1);
            await done.WaitAsync(peer.Closing); // answers nothing more, not even pings
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Liveness.PingInterval = TimeSpan.FromMilliseconds(100);
            o.Liveness.PongTimeout = TimeSpan.FromSeconds(1);
        });
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal(UnresolvedReason.ConnectionLost, outcome.UnresolvedReason);
        Assert.Equal(ConnectionLossKind.Silent, client.Loss!.Kind);
        _ = done.Release();
    }

    [Fact]
    public async Task A_quiet_venue_that_answers_pings_is_kept()
    {
        var pings = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            while (pings < 10)
            {
                var frame = await peer.ReadFrameAsync();
                if (frame.Opcode == 9)
                {
                    pings++;
                    await peer.SendFrameAsync(10, frame.Payload);
                }
            }

            await peer.SendTextAsync("{\"enough\":true}");
            await peer.DrainAsync();
        });
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Liveness.PingInterval = TimeSpan.FromMilliseconds(50);
            o.Liveness.PongTimeout = TimeSpan.FromSeconds(30);
            o.AfterConnect = (session, _) =>
            {
                session.Client.MessageReceived += (_, _) => enough.TrySetResult();
                return Task.CompletedTask;
            };
        });
        await enough.Task.Soon();
        Assert.Equal(ConnectionState.Ready, client.State);
    }

    [Fact]
    public async Task Pings_are_answered_while_a_burst_is_written()
    {
        const int Pings = 20;
        var answered = 0;
        var cancels = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            // Pings go out while nothing is read, so that the client's writes stall meanwhile.
            for (byte i = 0; i < Pings; i++)
            {
                await peer.SendFrameAsync(9, [i]);
            }

            while (true)
            {
                var frame = await peer.ReadFrameAsync();
                if (frame.Opcode == 10)
                {
                    answered = frame.Payload[0] + 1;
                }
                else if (frame.Opcode == 1)
                {
                    cancels++;
                }
                else if (frame.Opcode == 8)
                {
                    await peer.SendFrameAsync(8, frame.Payload);
                    return;
                }
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Transport.SendBufferSize = 4096;
            o.Limits.MaxWaitingSends = 2000;
        });
        var burst = Enumerable.Range(0, 2000).Select(i => client.SendAsync(TestClient.Hash(i)).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(burst).Soon(), o => Assert.Equal(SendOutcomeKind.Written, o.Kind));
        await Wait.Until(
            () => Volatile.Read(ref answered) == Pings && Volatile.Read(ref cancels) == 2000, "the last ping is answered and all arrived");
    }

    [Fact]
    public async Task Disposing_closes_in_order_and_reports_what_is_unresolved()
    {
        var closeCode = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            var close = await peer.ReadFrameAsync(8);
            closeCode = close.CloseCode;
            await peer.SendFrameAsync(8, close.Payload);
        });
        var client = await TestClient.ConnectAsync(server.Uri);
        var changes = new ConcurrentQueue<OutcomeChangedEventArgs>();
        var states = new ConcurrentQueue<ConnectionState>();
        client.OutcomeChanged += (_, change) => changes.Enqueue(change);
        client.StateChanged += (_, state) => states.Enqueue(state.State);
        var waited = client.CancelAsync(TestClient.Hash(1)).AsTask();
        _ = await client.CancelAsync(TestClient.Hash(2), TimeSpan.FromMilliseconds(20)).Soon();

        await client.DisposeAsync();
        await client.DisposeAsync();

        var outcome = await waited.Soon();
        Assert.Equal(UnresolvedReason.Disposed, outcome.UnresolvedReason);
        var change = Assert.Single(changes);
        Assert.Equal((TestClient.Hash(2), UnresolvedReason.Disposed), (change.Hash, change.Current.UnresolvedReason));
        Assert.Equal(1000, closeCode);
        Assert.Equal((ConnectionLossKind.ClosedHere, 1000), (client.Loss!.Kind, client.Loss.CloseCode));
        Assert.Equal(ConnectionState.Closed, states.Last());
        _ = Assert.Throws<ObjectDisposedException>(() => { _ = client.CancelAsync(TestClient.Hash(3)); });
        _ = Assert.Throws<ObjectDisposedException>(() => { _ = client.SendAsync(TestClient.Hash(3)); });
        _ = Assert.Throws<ObjectDisposedException>(() => { _ = client.SendTextAsync("x".AsMemory()); });
    }

    [Fact]
    public async Task A_confirmation_that_comes_during_the_close_handshake_still_counts()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            var close = await peer.ReadFrameAsync(8);
            await peer.ConfirmAsync(hash);
            await peer.SendFrameAsync(8, close.Payload);
        });
        var client = await TestClient.ConnectAsync(server.Uri);
        var cancel = client.CancelAsync(TestClient.Hash(1)).AsTask();
        await client.DisposeAsync();
        Assert.Equal(CancelOutcomeKind.Confirmed, (await cancel.Soon()).Kind);
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_a_venue_that_does_not_close()
    {
        using var done = new SemaphoreSlim(0);
        await using var server = new ScriptedServer(async peer => await done.WaitAsync(peer.Closing));
        var client = await TestClient.ConnectAsync(server.Uri, o => o.CloseTimeout = TimeSpan.FromMilliseconds(100));
        var waited = client.CancelAsync(TestClient.Hash(1)).AsTask();
        await client.DisposeAsync().Soon();
        Assert.Equal(UnresolvedReason.Disposed, (await waited.Soon()).UnresolvedReason);
        _ = done.Release();
    }

    [Fact]
    public async Task Disposing_leaves_a_message_that_takes_long_to_read()
    {
        // Endless to a reader that does not look whether it is still wanted.
        var classifier = new UnendingClassifier();
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.SendTextAsync("{}");
            await Task.Delay(Timeout.Infinite, peer.Closing);
        });
        var client = await TestClient.ConnectAsync(server.Uri, options =>
        {
            options.Classifier = classifier;
            options.CloseTimeout = TimeSpan.FromMilliseconds(50);
        });
        await classifier.Begun.Task.Soon();

        await client.DisposeAsync().Soon();

        await classifier.Ended.Task.Soon();
    }

    private sealed class UnendingClassifier : IReplyClassifier
    {
        public TaskCompletionSource Begun { get; } = new();

        public TaskCompletionSource Ended { get; } = new();

        public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink)
        {
            _ = Begun.TrySetResult();
            while (!sink.IsStopped)
            {
                Thread.Sleep(1);
            }

            _ = Ended.TrySetResult();
            return default;
        }
    }

    [Fact]
    public async Task Disposing_from_a_handler_does_not_deadlock()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.SendTextAsync("{\"hello\":1}");
            await peer.DrainAsync();
        });
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = await TestClient.ConnectAsync(server.Uri, o => o.AfterConnect = (session, _) =>
        {
            session.Client.MessageReceived += (sender, _) =>
            {
                ((DmexClient)sender!).DisposeAsync().AsTask().GetAwaiter().GetResult();
                disposed.SetResult();
            };
            return Task.CompletedTask;
        });
        await disposed.Task.Soon();
    }
}
