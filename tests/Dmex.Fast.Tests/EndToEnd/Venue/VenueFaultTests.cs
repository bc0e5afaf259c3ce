using System.Net.WebSockets;
using System.Text.Json;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueFaultTests
{
    private static readonly CancelSigner Owner = new(7);

    [Fact]
    public async Task A_dropped_reply_still_cancels_the_order()
    {
        await using var venue = await StartAsync(2, new VenueFaults { DropReplyProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);
        await client.SendAsync(Cancel(0));
        await VenueWait.UntilAsync(() => venue.CanceledCount == 1, "the first order is canceled");
        Assert.Equal(0, venue.Transcript[0].RepliedTimestamp);

        venue.Faults = venue.Faults with { DropReplyProbability = 0 };
        (await client.AskAsync(Cancel(1))).AssertConfirms(CancelSigner.Hash(1));
    }

    [Fact]
    public async Task A_lost_request_leaves_the_order_open_and_is_not_answered()
    {
        await using var venue = await StartAsync(2, new VenueFaults { LoseRequestProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);
        await client.SendAsync(Cancel(0));
        await VenueWait.UntilAsync(() => venue.Transcript is [{ Verdict: VenueVerdict.Lost }], "the message is lost");

        venue.Faults = VenueFaults.None;
        (await client.AskAsync(Cancel(1))).AssertConfirms(CancelSigner.Hash(1));
        Assert.Equal(VenueOrderState.Open, venue.GetState(CancelSigner.Hash(0)));
    }

    [Fact]
    public async Task Never_answering_acts_but_stays_silent_until_healed()
    {
        await using var venue = await StartAsync(20, new VenueFaults { NeverAnswer = true });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < 19; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        await VenueWait.UntilAsync(() => venue.CanceledCount == 19, "all are canceled");
        venue.Faults = VenueFaults.None;
        (await client.AskAsync(Cancel(19))).AssertConfirms(CancelSigner.Hash(19));
    }

    [Fact]
    public async Task A_duplicated_reply_comes_twice()
    {
        await using var venue = await StartAsync(1, new VenueFaults { DuplicateReplyProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Cancel(0))).AssertConfirms(CancelSigner.Hash(0));
        (await client.ReceiveJsonAsync()).AssertConfirms(CancelSigner.Hash(0));
    }

    [Theory]
    [InlineData(1011)]
    [InlineData(4001)]
    public async Task A_closed_connection_says_the_code_and_the_message_was_acted_upon_or_lost(int code)
    {
        var seen = new HashSet<VenueVerdict>();
        await using var venue = await StartAsync(40, new VenueFaults { CloseProbability = 1, CloseCode = code });
        for (var i = 0; i < 40 && seen.Count < 2; i++)
        {
            using var client = await VenueClient.ConnectAsync(venue);
            await client.SendAsync(Cancel(i));
            Assert.Equal(code, await client.ReadToEndAsync());
            var record = venue.Transcript[^1];
            Assert.Equal(0, record.RepliedTimestamp);
            Assert.Equal(
                record.Verdict == VenueVerdict.Confirmed ? VenueOrderState.Canceled : VenueOrderState.Open,
                venue.GetState(CancelSigner.Hash(i)));
            seen.Add(record.Verdict);
        }

        Assert.Equal([VenueVerdict.Confirmed, VenueVerdict.Lost], seen.Order());
    }

    [Fact]
    public async Task A_reset_connection_breaks_without_a_close()
    {
        await using var venue = await StartAsync(1, new VenueFaults { ResetProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);

        await client.SendAsync(Cancel(0));

        Assert.Null(await client.ReadToEndAsync());
        await VenueWait.UntilAsync(() => venue.ConnectionCount == 0, "the connection is gone");
    }

    [Fact]
    public async Task A_reset_is_a_tcp_reset()
    {
        await using var venue = await StartAsync(0, VenueFaults.None);
        (var tcp, _) = await RawUpgrade.ConnectAsync(venue);
        using var connection = tcp;

        venue.ResetConnections();

        var error = await Assert.ThrowsAsync<IOException>(() => RawUpgrade.ReadAsync(connection.GetStream()));
        Assert.Equal(
            System.Net.Sockets.SocketError.ConnectionReset,
            Assert.IsType<System.Net.Sockets.SocketException>(error.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task The_default_close_code_is_service_restart()
    {
        await using var venue = await StartAsync(1, new VenueFaults { CloseProbability = 1 });
        (var tcp, _) = await RawUpgrade.ConnectAsync(venue);
        using var connection = tcp;
        var stream = connection.GetStream();

        await stream.WriteAsync(new byte[] { 0x81, 0x82, 0, 0, 0, 0, (byte)'{', (byte)'}' }); // "{}" with a masking key of 0

        // FIN and opcode 8, unmasked, the code 1012 = 0x03F4, the reason (ClientWebSocket itself refuses to read 1012).
        var frame = await RawUpgrade.ReadAsync(stream);
        Assert.Equal([0x88, 2 + 5, 0x03, 0xF4, .. "fault"u8], frame);
    }

    [Fact]
    public async Task Garbage_of_every_form_precedes_the_reply()
    {
        const int Orders = 200;
        await using var venue = await StartAsync(Orders, new VenueFaults { GarbageProbability = 1, Seed = 3 });
        using var client = await VenueClient.ConnectAsync(venue);
        var forms = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Orders; i++)
        {
            await client.SendAsync(Cancel(i));
            (var bytes, var type, _) = await client.ReceiveAsync();
            forms.Add(type == WebSocketMessageType.Binary ? "binary" : Convert.ToBase64String(bytes));
            (await client.ReceiveJsonAsync()).AssertConfirms(CancelSigner.Hash(i));
        }

        Assert.Equal(13, forms.Count);
    }

    [Fact]
    public async Task A_busy_venue_changes_nothing()
    {
        await using var venue = await StartAsync(1, new VenueFaults { BusyProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);

        (await client.AskAsync(Cancel(0))).AssertError("busy", CancelSigner.Hash(0));

        Assert.Equal(1, venue.OpenCount);
        Assert.Equal(VenueVerdict.Busy, Assert.Single(venue.Transcript).Verdict);
    }

    [Fact]
    public async Task A_fill_can_win_the_race_against_the_cancel()
    {
        await using var venue = await StartAsync(1, new VenueFaults { FillRaceProbability = 1 });
        using var client = await VenueClient.ConnectAsync(venue);

        var reply = await client.AskAsync(Cancel(0));

        reply.AssertError("order_not_open", CancelSigner.Hash(0));
        Assert.Equal("filled", reply.ErrorText("reason"));
        Assert.Equal((0, 1), (venue.CanceledCount, venue.FilledCount));
    }

    [Fact]
    public async Task Fragmented_replies_arrive_whole()
    {
        await using var venue = await StartAsync(3, new VenueFaults { FragmentReplies = true });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Cancel(i));
            (var bytes, _, var fragments) = await client.ReceiveAsync();
            Assert.True(fragments > 1);
            using var reply = JsonDocument.Parse(bytes);
            reply.RootElement.AssertConfirms(CancelSigner.Hash(i));
        }
    }

    [Fact]
    public async Task Delayed_replies_keep_their_order_and_come_no_earlier_than_the_delay()
    {
        const int Orders = 30;
        var min = TimeSpan.FromMilliseconds(20);
        await using var venue = await StartAsync(
            Orders, new VenueFaults { MinDelay = min, MaxDelay = TimeSpan.FromMilliseconds(60) });
        using var client = await VenueClient.ConnectAsync(venue);
        var order = await OrderOfRepliesAsync(client, Orders);

        Assert.Equal(Enumerable.Range(0, Orders), order);
        Assert.All(venue.Transcript, record => Assert.True(
            System.Diagnostics.Stopwatch.GetElapsedTime(record.DecidedTimestamp, record.RepliedTimestamp) >= min));
    }

    [Fact]
    public async Task Reordered_replies_overtake_each_other_and_all_come()
    {
        const int Orders = 100;
        await using var venue = await StartAsync(
            Orders,
            new VenueFaults { ReorderReplies = true, MaxDelay = TimeSpan.FromMilliseconds(100) });
        using var client = await VenueClient.ConnectAsync(venue);

        var order = await OrderOfRepliesAsync(client, Orders);

        Assert.Equal(Enumerable.Range(0, Orders), order.Order());
        Assert.NotEqual(Enumerable.Range(0, Orders), order);
    }

    [Fact]
    public async Task A_venue_that_stops_reading_goes_on_where_it_stopped()
    {
        const int Orders = 50;
        await using var venue = await StartAsync(Orders, new VenueFaults { StopReading = true });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < Orders; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        var first = client.ReceiveJsonAsync();
        await Task.Delay(20); // time for a mistake to show; a slow machine cannot make this fail
        Assert.False(first.IsCompleted);
        Assert.Empty(venue.Transcript);

        venue.Faults = VenueFaults.None;
        (await first).AssertConfirms(CancelSigner.Hash(0));
        for (var i = 1; i < Orders; i++)
        {
            (await client.ReceiveJsonAsync()).AssertConfirms(CancelSigner.Hash(i));
        }
    }

    [Fact]
    public async Task A_venue_that_stops_reading_can_still_be_disposed()
    {
        var venue = await StartAsync(1, VenueFaults.None);
        using var client = await VenueClient.ConnectAsync(venue);
        venue.Faults = new VenueFaults { StopReading = true };
        await client.SendAsync(Cancel(0));

        await venue.DisposeAsync();

        Assert.Equal(0, venue.ConnectionCount);
    }

    [Fact]
    public async Task The_same_seed_and_traffic_meet_the_same_faults()
    {
        var faults = new VenueFaults
        {
            Seed = 11,
            DropReplyProbability = 0.2,
            LoseRequestProbability = 0.2,
            BusyProbability = 0.2,
            FillRaceProbability = 0.2,
            DuplicateReplyProbability = 0.2,
        };

        var first = await StoryAsync(faults);
        var second = await StoryAsync(faults);
        var otherSeed = await StoryAsync(faults with { Seed = 12 });

        Assert.Equal(first, second);
        Assert.NotEqual(first, otherSeed, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Switching_a_fault_on_does_not_change_whom_another_strikes()
    {
        var drops = new VenueFaults { Seed = 5, DropReplyProbability = 0.3 };

        var alone = await StoryAsync(drops, answered: true);
        var together = await StoryAsync(drops with { BusyProbability = 0.3, FragmentReplies = true }, answered: true);

        Assert.Equal(alone, together);
    }

    [Fact]
    public async Task Live_connections_can_be_closed_reset_and_written_to()
    {
        await using var venue = await StartAsync(0, VenueFaults.None);
        using var first = await VenueClient.ConnectAsync(venue);
        using var second = await VenueClient.ConnectAsync(venue);
        Assert.Equal(2, venue.ConnectionCount);

        await venue.SendToAllAsync("""{"op":"notice"}""");
        Assert.Equal("notice", (await first.ReceiveJsonAsync()).Text("op"));
        Assert.Equal("notice", (await second.ReceiveJsonAsync()).Text("op"));

        Task<int?>[] ends = [first.ReadToEndAsync(), second.ReadToEndAsync()];
        await venue.CloseConnectionsAsync(4000, "maintenance");
        Assert.Equal([4000, 4000], await Task.WhenAll(ends));
        Assert.Equal("maintenance", first.Socket.CloseStatusDescription);
        await VenueWait.UntilAsync(() => venue.ConnectionCount == 0, "the connections are gone");

        using var third = await VenueClient.ConnectAsync(venue);
        venue.ResetConnections();
        Assert.Null(await third.ReadToEndAsync());
    }

    [Fact]
    public async Task A_close_that_cannot_stand_in_a_frame_is_refused()
    {
        await using var venue = await StartAsync(0, VenueFaults.None);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => venue.CloseConnectionsAsync(1006));
        await Assert.ThrowsAsync<ArgumentException>(() => venue.CloseConnectionsAsync(1000, new string('x', 124)));
    }

    private static string Cancel(int number) => Owner.Cancel(CancelSigner.Hash(number));

    private static async Task<SimulatedVenue> StartAsync(int orders, VenueFaults faults)
    {
        var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { Faults = faults, Verification = VenueVerification.Deferred });
        for (var i = 0; i < orders; i++)
        {
            venue.OpenOrder(CancelSigner.Hash(i), Owner.Address);
        }

        return venue;
    }

    private static async Task<int[]> OrderOfRepliesAsync(VenueClient client, int orders)
    {
        for (var i = 0; i < orders; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        var order = new int[orders];
        for (var i = 0; i < orders; i++)
        {
            var reply = await client.ReceiveJsonAsync();
            var hash = Convert.FromHexString(reply.Text("order_hash")!.AsSpan(2));
            reply.AssertConfirms(hash);
            order[i] = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(28));
        }

        return order;
    }

    // What became of 100 messages on one connection: verdict, whether it was answered, and how often.
    private static async Task<string> StoryAsync(VenueFaults faults, bool answered = false)
    {
        const int Orders = 100;
        await using var venue = await StartAsync(Orders, faults);
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < Orders; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        await VenueWait.UntilAsync(
            () => venue.Transcript is { Count: Orders } all && all[^1].Verdict != VenueVerdict.Pending, "all are decided");
        venue.Faults = VenueFaults.None;
        await client.SendAsync("{}");
        var replies = 0;
        while (!string.Equals((await client.ReceiveJsonAsync()).ErrorText("code"), "malformed_message", StringComparison.Ordinal))
        {
            replies++;
        }

        var story = venue.Transcript.Select(record =>
            (answered ? "" : record.Verdict.ToString()) + (record.RepliedTimestamp == 0 ? "-" : "+"));
        return string.Join(' ', story.Take(Orders)) + (answered ? "" : $" {replies}");
    }
}
