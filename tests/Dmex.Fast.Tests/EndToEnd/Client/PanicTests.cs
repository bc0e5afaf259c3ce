using System.Collections.Concurrent;
using System.Diagnostics;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>Panics over a book, against the simulated venue.</summary>
public sealed class PanicTests
{
    [Theory]
    [InlineData(1, PanicSharing.Shard)]
    [InlineData(3, PanicSharing.Shard)]
    [InlineData(3, PanicSharing.Broadcast)]
    public async Task A_panic_cancels_every_armed_order_in_scope_and_reports_exactly(int connections, PanicSharing sharing)
    {
        const int Orders = 1000;
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, Orders);
        var hashes = Arm(venue, book, key, Orders);
        await using var client = await ConnectAsync(venue, book, connections);

        var begun = Stopwatch.GetTimestamp();
        var report = await client.PanicAsync(new BookScope(1, 1), new PanicOptions { Sharing = sharing, Timeout = Wait.Long }).Soon();
        var took = Stopwatch.GetElapsedTime(begun);

        Assert.Equal(Orders / 2, report.Orders);
        Assert.Equal(Orders / 2, report.Written);
        Assert.Equal(Orders / 2, report.Confirmed + report.AlreadyGone);
        Assert.Equal((0, 0, 0), (report.Rejected, report.Unresolved, report.Left));
        Assert.Null(report.UnresolvedOrders);
        Assert.True(report.FirstByte > TimeSpan.Zero && report.FirstByte <= report.LastByte && report.LastByte <= took);
        Assert.InRange(report.LastConfirmation!.Value, report.FirstByte!.Value, took);
        Assert.Equal(Orders / 2, book.Count);
        Assert.Equal(Orders / 2, venue.CanceledCount);
        for (var i = 0; i < Orders; i++)
        {
            Assert.Equal(i % 2 == 1 ? VenueOrderState.Canceled : VenueOrderState.Open, State(venue, hashes[i]));
        }

        await venue.WaitUntilVerifiedAsync();
        Assert.Equal(0, venue.ViolationCount);
    }

    [Fact]
    public async Task A_panic_over_given_orders_cancels_those_latches_nothing_and_counts_what_is_not_armed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 200);
        var hashes = Arm(venue, book, key, 100);
        await using var client = await ConnectAsync(venue, book, 2);
        OrderHash[] given = [.. hashes[10..40], TestClient.Hash(5000), hashes[10]];

        var report = await client.PanicAsync(given, new PanicOptions { Timeout = Wait.Long }).Soon();

        Assert.Equal((30, 30, 0, 1), (report.Orders, report.Confirmed, report.Unresolved, report.NotArmed));
        Assert.Equal((30, 70), (venue.CanceledCount, book.Count));
        Assert.All(given[..30], hash => Assert.Equal(VenueOrderState.Canceled, State(venue, hash)));
        Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(6000), 0));
    }

    [Fact]
    public async Task A_canceled_token_ends_the_wait_for_a_panic_and_not_the_panic()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        _ = Arm(venue, book, key, 10);
        await using var client = await ConnectAsync(venue, book, 1);
        venue.Faults = VenueFaults.None with { NeverAnswer = true };
        using var source = new CancellationTokenSource();
        var panic = client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }, source.Token).AsTask();
        await Wait.Until(() => venue.Transcript.Count == 10, "the cancels arrive");

        await source.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => panic.Soon());
        Assert.Equal((10, 10), (client.InFlight, book.Count));
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PanicAsync(BookScope.All, null, source.Token).AsTask());
    }

    [Fact]
    public async Task Orders_armed_while_the_scope_is_latched_go_out_at_once()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 200);
        _ = Arm(venue, book, key, 50);
        await using var client = await ConnectAsync(venue, book, 2);
        _ = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon();

        for (var i = 100; i < 150; i++)
        {
            Open(venue, TestClient.Hash(i), key);
            Assert.Equal(ArmResult.FiredByLatch, book.Arm(TestClient.Hash(i), 0));
        }

        await Wait.Until(() => venue.CanceledCount == 100, "the latched orders are canceled");
        await Wait.Until(() => book.Count == 0, "and out of the book");
        book.Reset();
        Open(venue, TestClient.Hash(151), key);
        Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(151), 0));
        Assert.Equal(1, book.Count);
    }

    [Fact]
    public async Task What_a_dead_connection_carried_is_sent_again()
    {
        var connections = 0;
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var server = new ScriptedServer(async peer =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                for (var i = 0; i < 20; i++)
                {
                    _ = await peer.ReadCancelAsync();
                }

                peer.Reset();
                return;
            }

            while (true)
            {
                var hash = await peer.ReadCancelAsync();
                _ = seen.AddOrUpdate(hash, 1, (_, n) => n + 1);
                await peer.ConfirmAsync(hash);
            }
        });
        using var key = TestClient.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 100, Endpoint = server.Uri }, key);
        for (var i = 0; i < 100; i++)
        {
            _ = book.Arm(TestClient.Hash(i), 0);
        }

        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Book = book);
        var report = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon();

        Assert.Equal((100, 100, 100, 0), (report.Orders, report.Written, report.Confirmed, report.Unresolved));
        Assert.Equal(100, seen.Count);
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public async Task A_copy_that_its_connection_passed_over_is_sent_again_however_busy_the_connection_is()
    {
        var lost = TestClient.Hash(5).ToString();
        var copies = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            while (true)
            {
                var hash = await peer.ReadCancelAsync();
                if (!string.Equals(hash, lost, StringComparison.Ordinal) || Interlocked.Increment(ref copies) > 1)
                {
                    await peer.ConfirmAsync(hash);
                }
            }
        });
        using var key = TestClient.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 100, Endpoint = server.Uri }, key);
        for (var i = 0; i < 10; i++)
        {
            _ = book.Arm(TestClient.Hash(i), 0);
        }

        await using var client = await TestClient.ConnectAsync(server.Uri, o =>
        {
            o.Book = book;
            o.Retry.AckTimeout = TimeSpan.FromSeconds(2); // a busy machine may keep the venue waiting for a while
        });
        var panic = client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).AsTask();
        for (var i = 100; !panic.IsCompleted; i++)
        {
            // Answers without a pause: that the venue is alive does not mean that it still has the copy.
            Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(i)).Soon()).Kind);
        }

        Assert.Equal((10, 1, 2), ((await panic).Confirmed, (await panic).Resent, copies));
    }

    [Fact]
    public async Task What_the_venue_does_not_answer_is_unresolved_and_listed_and_still_followed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { NeverAnswer = true } });
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        var hashes = Arm(venue, book, key, 10);
        await using var client = await ConnectAsync(venue, book, 2, o => o.Retry.AckTimeout = TimeSpan.FromMilliseconds(100));

        var report = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = TimeSpan.FromSeconds(2) }).Soon();

        Assert.Equal((10, 10, 0, 10), (report.Orders, report.Written, report.Confirmed, report.Unresolved));
        Assert.Equal(
            hashes.Order(Comparer<OrderHash>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))),
            report.UnresolvedOrders!.Order(Comparer<OrderHash>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
        Assert.Null(report.LastConfirmation);
        venue.Faults = VenueFaults.None;
        await Wait.Until(() => book.Count == 0, "the orders are resolved after the venue has found its voice");
    }

    [Fact]
    public async Task A_pending_order_that_is_not_found_is_tried_again_until_it_is_there()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        _ = book.Arm(TestClient.Hash(1), 0);
        await using var client = await ConnectAsync(venue, book, 1, o => o.Retry.NotFoundGrace = TimeSpan.FromMinutes(1));
        var panic = client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).AsTask();
        await Wait.Until(() => venue.Transcript.Count > 0, "the first copy");
        Open(venue, TestClient.Hash(1), key);

        var report = await panic.Soon();

        Assert.Equal((1, 1), (report.Orders, report.Confirmed));
    }

    [Fact]
    public async Task A_pending_order_that_stays_unknown_is_not_found_and_a_live_one_is_gone()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        _ = book.Arm(TestClient.Hash(1), 0);
        _ = book.Arm(TestClient.Hash(2), 0);
        _ = book.MarkLive(TestClient.Hash(2));
        await using var client = await ConnectAsync(venue, book, 1, o => o.Retry.NotFoundGrace = TimeSpan.FromSeconds(2));

        var report = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon();

        Assert.Equal((2, 1, 1, 0), (report.Orders, report.NotFound, report.AlreadyGone, report.Unresolved));
        Assert.True(venue.Transcript.Count > 2, "the pending one was tried again");
    }

    [Fact]
    public async Task A_client_refuses_a_book_of_another_endpoint_or_account_and_a_panic_without_a_book()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var elsewhere = CancelBook.Create(
            new CancelBookOptions { Capacity = 1, Endpoint = new Uri("wss://elsewhere.example/ws") }, key);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestClient.ConnectAsync(venue.Url, o => o.Book = elsewhere));
        Assert.Contains("elsewhere.example", error.Message, StringComparison.Ordinal);

        await using var client = await TestClient.ConnectAsync(venue.Url);
        _ = Assert.Throws<InvalidOperationException>(() => { _ = client.PanicAsync(BookScope.All); });
    }

    [Fact]
    public async Task A_book_cannot_be_disposed_under_its_client_nor_serve_two()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        var hashes = Arm(venue, book, key, 10);
        await using (var client = await ConnectAsync(venue, book, 1))
        {
            _ = Assert.Throws<InvalidOperationException>(book.Dispose);
            var second = await Assert.ThrowsAsync<InvalidOperationException>(() => ConnectAsync(venue, book, 1));
            Assert.Contains("Another client", second.Message, StringComparison.Ordinal);
            Assert.Equal(10, (await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon()).Confirmed);
        }

        Assert.Equal(hashes.Length, venue.Transcript.Count);
        book.Dispose();
    }

    [Fact]
    public async Task What_could_not_be_fired_by_the_deadline_is_unresolved_and_listed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        var hashes = Arm(venue, book, key, 10);
        await using var client = await ConnectAsync(venue, book, 1);
        await DisconnectAsync(venue, client);

        var report = await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = TimeSpan.FromMilliseconds(100) }).Soon();

        Assert.Equal((10, 0, 10), (report.Orders, report.Written, report.Unresolved));
        Assert.Equal(hashes.ToHashSet(), report.UnresolvedOrders!.ToHashSet());
        venue.Faults = VenueFaults.None;
        await Wait.Until(() => venue.CanceledCount == 10, "they go out when a connection is there");
    }

    [Fact]
    public async Task An_order_that_met_the_latch_goes_out_though_the_latch_is_cleared_before_a_connection_is_there()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        await using var client = await ConnectAsync(venue, book, 1);
        Assert.Equal(0, (await client.PanicAsync(BookScope.All).Soon()).Orders);
        await DisconnectAsync(venue, client);

        Open(venue, TestClient.Hash(1), key);
        Assert.Equal(ArmResult.FiredByLatch, book.Arm(TestClient.Hash(1), 0));
        book.Reset();
        await Task.Delay(100); // several looks of the panic's thread
        venue.Faults = VenueFaults.None;

        await Wait.Until(() => venue.CanceledCount == 1, "the order that met the latch");
    }

    [Fact]
    public async Task Panics_one_after_the_other_are_never_refused_for_room()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        await using var client = await ConnectAsync(venue, book, 1);
        for (var i = 0; i < 300; i++)
        {
            Open(venue, TestClient.Hash(i), key);
            _ = book.Arm(TestClient.Hash(i), 0);
            _ = await client.PanicAsync(new BookScope(1, (ulong)(i & 1)), new PanicOptions { Timeout = Wait.Long }).Soon();
        }

        await Wait.Until(() => venue.CanceledCount == 300, "each order met one of them");
    }

    [Fact]
    public async Task A_pending_order_that_was_canceled_too_early_stays_armed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        using var book = CreateBook(venue, key, 10);
        _ = book.Arm(TestClient.Hash(1), 0);
        await using var client = await TestClient.ConnectAsync(venue.Url, o => o.Book = book, key);
        Assert.Equal(GoneReason.NotFound, (await client.CancelAsync(TestClient.Hash(1)).Soon()).GoneReason);
        Assert.Equal(1, book.CountsByState.Armed);

        Open(venue, TestClient.Hash(1), key);
        Assert.Equal(1, (await client.PanicAsync(BookScope.All, new PanicOptions { Timeout = Wait.Long }).Soon()).Confirmed);
    }

    private static async Task DisconnectAsync(SimulatedVenue venue, DmexClient client)
    {
        venue.Faults = new VenueFaults { RefuseHandshake = new VenueRefusal { StatusCode = 503 } };
        venue.ResetConnections();
        await Wait.Until(() => client.State != ConnectionState.Ready, "no connection");
    }

    private static CancelBook CreateBook(SimulatedVenue venue, SigningKey key, int capacity) =>
        CancelBook.Create(new CancelBookOptions { Capacity = capacity, Endpoint = venue.Url }, key);

    private static OrderHash[] Arm(SimulatedVenue venue, CancelBook book, SigningKey key, int count)
    {
        var hashes = Enumerable.Range(0, count).Select(TestClient.Hash).ToArray();
        for (var i = 0; i < count; i++)
        {
            Open(venue, hashes[i], key);
            Assert.Equal(ArmResult.Armed, book.Arm(hashes[i], (ulong)i, i % CancelBook.Priorities));
        }

        return hashes;
    }

    private static async Task<DmexClient> ConnectAsync(
        SimulatedVenue venue, CancelBook book, int connections, Action<DmexClientOptions>? configure = null)
    {
        var client = await TestClient.ConnectAsync(venue.Url, o =>
        {
            o.Connections = connections;
            o.Book = book;
            configure?.Invoke(o);
        });
        await Wait.Until(() => client.Connections.All(c => c.State == ConnectionState.Ready), "all ready");
        return client;
    }

    private static void Open(SimulatedVenue venue, OrderHash hash, SigningKey key)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        hash.CopyTo(bytes);
        venue.OpenOrder(bytes, Convert.FromHexString(key.Address.ToString().AsSpan(2)));
    }

    private static VenueOrderState? State(SimulatedVenue venue, OrderHash hash)
    {
        Span<byte> bytes = stackalloc byte[OrderHash.Size];
        hash.CopyTo(bytes);
        return venue.GetState(bytes);
    }
}
