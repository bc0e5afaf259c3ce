using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueLimitTests
{
    private static readonly CancelSigner Owner = new(7);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_beyond_the_limit_are_refused_and_change_nothing(bool perAccount)
    {
        await using var venue = await StartAsync(8, new VenueOptions
        {
            RateLimit = new VenueRateLimit { MessagesPerSecond = 0.001, Burst = 3, PerAccount = perAccount },
        });
        using var first = await VenueClient.ConnectAsync(venue);
        using var second = await VenueClient.ConnectAsync(venue);

        for (var i = 0; i < 3; i++)
        {
            (await first.AskAsync(Cancel(i))).AssertConfirms(CancelSigner.Hash(i));
        }

        var refused = await first.AskAsync(Cancel(3));
        refused.AssertError("rate_limited", CancelSigner.Hash(3));
        Assert.True(refused.GetProperty("error").GetProperty("retry_after_ms").GetInt64() > 0);
        Assert.Equal(VenueOrderState.Open, venue.GetState(CancelSigner.Hash(3)));

        var other = await second.AskAsync(Cancel(4));
        if (perAccount)
        {
            other.AssertError("rate_limited", CancelSigner.Hash(4));
        }
        else
        {
            other.AssertConfirms(CancelSigner.Hash(4));
        }
    }

    [Fact]
    public async Task A_client_that_goes_on_is_banned_for_a_while()
    {
        await using var venue = await StartAsync(1, new VenueOptions
        {
            RateLimit = new VenueRateLimit
            {
                MessagesPerSecond = 0.001,
                BanAfter = 2,
                BanDuration = TimeSpan.FromHours(1),
            },
        });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("{}");
        }

        Assert.Equal(1008, await client.ReadToEndAsync());
        await Assert.ThrowsAsync<WebSocketException>(() => VenueClient.ConnectAsync(venue));
        Assert.Equal(429, venue.RequestLog[^1].StatusCode);
        Assert.Equal(
            [VenueVerdict.Malformed, VenueVerdict.RateLimited, VenueVerdict.RateLimited],
            venue.Transcript.Select(record => record.Verdict));
    }

    [Fact]
    public async Task A_service_rate_spaces_the_answers_while_messages_are_stamped_on_arrival()
    {
        const int Orders = 40;
        const double Rate = 200;
        await using var venue = await StartAsync(Orders, new VenueOptions { ServiceRate = Rate });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < Orders; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        for (var i = 0; i < Orders; i++)
        {
            (await client.ReceiveJsonAsync()).AssertConfirms(CancelSigner.Hash(i));
        }

        // No upper bound: only a lower one holds on a busy machine.
        var transcript = venue.Transcript;
        var took = Stopwatch.GetElapsedTime(transcript[0].ReceivedTimestamp, transcript[^1].DecidedTimestamp);
        Assert.True(took >= TimeSpan.FromSeconds((Orders - 1) / Rate), $"{Orders} cancels took {took}.");
        Assert.All(transcript.Skip(1).Zip(transcript), pair =>
            Assert.True(pair.First.ReceivedTimestamp >= pair.Second.ReceivedTimestamp));
    }

    [Fact]
    public async Task A_full_service_queue_answers_busy()
    {
        const int Messages = 5;
        const int Capacity = 2;
        await using var venue = await StartAsync(
            Messages, new VenueOptions { ServiceRate = 0.001, ServiceQueueCapacity = Capacity });
        using var client = await VenueClient.ConnectAsync(venue);
        for (var i = 0; i < Messages; i++)
        {
            await client.SendAsync(Cancel(i));
        }

        for (var i = Capacity; i < Messages; i++)
        {
            (await client.ReceiveJsonAsync()).AssertError("busy", CancelSigner.Hash(i));
        }

        Assert.Equal(Messages, venue.OpenCount);
        Assert.Equal(
            [VenueVerdict.Pending, VenueVerdict.Pending, VenueVerdict.Busy, VenueVerdict.Busy, VenueVerdict.Busy],
            venue.Transcript.Select(record => record.Verdict));
    }

    [Fact]
    public async Task Pings_are_sent_when_an_interval_is_set()
    {
        await using var venue = await StartAsync(0, new VenueOptions { KeepAliveInterval = TimeSpan.FromMilliseconds(50) });
        (var tcp, var frame) = await RawUpgrade.ConnectAsync(venue);
        using var connection = tcp;
        if (frame.Length == 0)
        {
            frame = await RawUpgrade.ReadAsync(connection.GetStream());
        }

        Assert.Equal(0x89, frame[0]); // FIN and opcode 9: a ping
    }

    private static string Cancel(int number) => Owner.Cancel(CancelSigner.Hash(number));

    private static async Task<SimulatedVenue> StartAsync(int orders, VenueOptions options)
    {
        var venue = await SimulatedVenue.StartAsync(options);
        for (var i = 0; i < orders; i++)
        {
            venue.OpenOrder(CancelSigner.Hash(i), Owner.Address);
        }

        return venue;
    }
}
