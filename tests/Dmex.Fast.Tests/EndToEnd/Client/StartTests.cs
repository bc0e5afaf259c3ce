using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

public sealed class StartTests
{
    [Fact]
    public async Task A_key_of_another_account_is_refused_and_only_addresses_are_named()
    {
        using var key = TestClient.Key();
        var options = TestClient.Options(new Uri("ws://127.0.0.1:1/ws"));
        options.Account = new EthereumAddress(new byte[20]);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => DmexClient.ConnectAsync(options, key));
        Assert.Contains(key.Address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(options.Account.ToString()!, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4242", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_key_is_refused_before_anything_is_connected()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        var key = TestClient.Key();
        key.Dispose();

        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => TestClient.ConnectAsync(server.Uri, key: key)).Soon();

        Assert.Contains(nameof(SigningKey), error.ObjectName, StringComparison.Ordinal);
        Assert.Equal(0, server.Accepted);
    }

    [Fact]
    public async Task A_book_that_another_client_uses_or_that_is_disposed_is_refused_and_the_first_client_keeps_it()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        using var key = TestClient.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 4, Endpoint = server.Uri }, key);
        await using var client = await TestClient.ConnectAsync(server.Uri, options => options.Book = book, key);

        var second = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestClient.ConnectAsync(server.Uri, options => options.Book = book, key)).Soon();
        var underClient = Assert.Throws<InvalidOperationException>(book.Dispose);
        Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(1), tag: 1));

        Assert.Contains("one client at a time", second.Message, StringComparison.Ordinal);
        Assert.Contains("dispose the client first", underClient.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Accepted);
        await client.DisposeAsync().Soon();
        book.Dispose();
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            () => TestClient.ConnectAsync(server.Uri, options => options.Book = book, key)).Soon();
    }

    [Fact]
    public async Task A_refused_handshake_tells_the_status()
    {
        await using var server = new ScriptedServer(_ => Task.CompletedTask)
        {
            HandshakeResponse = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        };
        var error = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => TestClient.ConnectAsync(server.Uri));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_background_connecting_returns_at_once_and_cancels_go_out_when_the_venue_is_there()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.DrainAsync();
        })
        {
            HandshakeResponse = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        };
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Reconnect.ConnectInBackground = true;
            o.Reconnect.Delay = o.Reconnect.MaxDelay = TimeSpan.FromHours(1);
        }).Soon();
        await Wait.Until(() => client.Connections[0].LastFailure is WebSocketHandshakeException, "the first attempt is refused");

        var cancel = client.CancelAsync(TestClient.Hash(1)).AsTask();
        Assert.Equal((false, 1), (cancel.IsCompleted, client.InFlight));
        server.HandshakeResponse = null;
        client.ReconnectNow();

        // Connected at once, though the delay is an hour.
        Assert.Equal(CancelOutcomeKind.Confirmed, (await cancel.Soon()).Kind);
    }

    [Fact]
    public async Task Headers_and_subprotocols_reach_the_venue()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        await using var client = await TestClient.ConnectAsync(server.Uri);
        Assert.StartsWith("GET /ws HTTP/1.1\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains($"Host: 127.0.0.1:{server.Uri.Port}\r\n", server.LastRequest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Connecting_is_bounded_by_its_time_wherever_it_stands()
    {
        // Accepts TCP (the backlog does) and says nothing.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        foreach (var scheme in new[] { "ws", "wss" })
        {
            var error = await Assert.ThrowsAsync<TransportException>(() => TestClient.ConnectAsync(
                new Uri($"{scheme}://127.0.0.1:{port}/ws"), o => o.ConnectTimeout = TimeSpan.FromMilliseconds(200)));
            Assert.Equal(TransportFailure.Timeout, error.Failure);
        }
    }

    [Fact]
    public async Task Connecting_ends_when_its_token_is_canceled()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var key = TestClient.Key();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DmexClient
            .ConnectAsync(TestClient.Options(new Uri($"ws://127.0.0.1:{port}/ws")), key, source.Token).Soon());
    }

    [Fact]
    public async Task The_callback_runs_before_the_connection_is_ready_and_its_text_goes_first()
    {
        var texts = new List<string>();
        await using var server = new ScriptedServer(async peer =>
        {
            texts.Add((await peer.ReadFrameAsync(1)).Text);
            var hash = await peer.ReadCancelAsync();
            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        ConnectionState? during = null;
        CancelOutcome early = default;
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.AfterConnect = async (session, token) =>
        {
            during = session.Client.State;
            early = await session.Client.CancelAsync(TestClient.Hash(1), token);
            Assert.Equal(SendOutcomeKind.Written, (await session.SendTextAsync("{\"login\":\"£\"}".AsMemory(), token)).Kind);
        });
        Assert.Equal(ConnectionState.Preparing, during);
        Assert.Equal((UnresolvedReason.ConnectionLost, 0), (early.UnresolvedReason, early.Attempts));
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(1)).Soon()).Kind);
        Assert.Equal("{\"login\":\"£\"}", Assert.Single(texts));
    }

    [Fact]
    public async Task A_callback_that_throws_or_never_ends_fails_the_connecting()
    {
        await using var server = new ScriptedServer(peer => peer.DrainAsync());
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => TestClient.ConnectAsync(
            server.Uri, o => o.AfterConnect = (_, _) => throw new InvalidOperationException("no login")));
        Assert.Equal("no login", thrown.Message);

        // A busy machine may need longer to connect at all.
        var isCalled = false;
        TransportException late;
        var timeout = TimeSpan.FromMilliseconds(500);
        do
        {
            timeout *= 2;
            late = await Assert.ThrowsAsync<TransportException>(() => TestClient.ConnectAsync(server.Uri, o =>
            {
                o.ConnectTimeout = timeout;
                o.AfterConnect = (_, _) =>
                {
                    Volatile.Write(ref isCalled, true);
                    return new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously).Task;
                };
            }));
        }
        while (!Volatile.Read(ref isCalled) && timeout < Wait.Long);

        Assert.Equal(TransportFailure.Timeout, late.Failure);
        Assert.Contains("AfterConnect", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Losing_the_connection_during_the_callback_ends_it()
    {
        await using var server = new ScriptedServer(async peer => await peer.SendCloseAsync(1008, "who are you"));
        var error = await Assert.ThrowsAsync<ConnectionLostException>(() => TestClient.ConnectAsync(
            server.Uri, o => o.AfterConnect = (_, token) => Task.Delay(Timeout.Infinite, token)));
        Assert.Equal(1008, error.Loss!.CloseCode);
    }

    [Fact]
    public async Task A_heartbeat_is_sent_again_and_again()
    {
        var beats = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            while (true)
            {
                Assert.Equal("{\"op\":\"ping\"}", (await peer.ReadFrameAsync(1)).Text);
                beats++;
            }
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Liveness.HeartbeatText = "{\"op\":\"ping\"}";
            o.Liveness.HeartbeatInterval = TimeSpan.FromMilliseconds(20);
        });
        await Wait.Until(() => Volatile.Read(ref beats) >= 5, "five heartbeats");
        Assert.Null(server.ScriptFailure);
    }

    [Fact]
    public async Task Texts_are_checked_before_they_are_sent()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer(async peer =>
        {
            received.SetResult((await peer.ReadFrameAsync(1)).Text);
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Limits.SendBufferSize = 1024);
        _ = Assert.Throws<ArgumentException>(() => { _ = client.SendTextAsync(new byte[] { 0xC3, 0x28 }); });
        _ = Assert.ThrowsAny<ArgumentException>(() => { _ = client.SendTextAsync("\ud800".AsMemory()); });
        var error = Assert.Throws<ArgumentException>(() => { _ = client.SendTextAsync(new byte[1020]); });
        Assert.Contains("SendBufferSize", error.Message, StringComparison.Ordinal);

        var longest = new string('x', 1010);
        Assert.Equal(SendOutcomeKind.Written, (await client.SendTextAsync(longest.AsMemory()).Soon()).Kind);
        Assert.Equal(longest, await received.Task.Soon());
    }
}
