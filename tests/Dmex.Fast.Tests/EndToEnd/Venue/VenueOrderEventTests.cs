using System.Text.Json;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueOrderEventTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly byte[] Hash = CancelSigner.Hash(1);

    [Fact]
    public async Task Events_mention_live_orders_before_they_are_cancelled()
    {
        await using SimulatedVenue venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);

        JsonElement snapshot = await client.ReceiveJsonAsync();
        Assert.Equal("order_snapshot", snapshot.Text("op"));
        JsonElement listed = Assert.Single(snapshot.GetProperty("data").GetProperty("orders").EnumerateArray());
        Assert.Equal((CancelSigner.Hex(Hash), "open"), (listed.Text("order_hash"), listed.Text("status")));

        AssertUpdate(await client.AskAsync(Owner.Cancel(Hash)), Hash, "open");
        (await client.ReceiveJsonAsync()).AssertConfirms(Hash);
    }

    [Fact]
    public async Task Orders_opened_filled_and_cancelled_by_the_venue_are_announced()
    {
        await using SimulatedVenue venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        byte[] other = CancelSigner.Hash(2);

        venue.OpenOrder(Hash, Owner.Address);
        venue.OpenOrders(other, Owner.Address);
        venue.FillOrder(Hash);
        venue.MarkCancelledOnVenue(other);

        AssertUpdate(await client.ReceiveJsonAsync(), Hash, "open");
        AssertUpdate(await client.ReceiveJsonAsync(), other, "open");
        AssertUpdate(await client.ReceiveJsonAsync(), Hash, "filled");
        AssertUpdate(await client.ReceiveJsonAsync(), other, "cancelled");
    }

    [Fact]
    public async Task Every_sixteenth_message_brings_a_snapshot()
    {
        await using SimulatedVenue venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        venue.OpenOrder(Hash, Owner.Address);
        using VenueClient client = await VenueClient.ConnectAsync(venue);
        Assert.Equal("order_snapshot", (await client.ReceiveJsonAsync()).Text("op"));
        for (int i = 1; i < 16; i++)
        {
            (await client.AskAsync("{}")).AssertError("malformed_message", hash: null);
        }

        Assert.Equal("order_snapshot", (await client.AskAsync("{}")).Text("op"));
    }

    private static void AssertUpdate(JsonElement message, byte[] hash, string status)
    {
        Assert.Equal("order_update", message.Text("op"));
        JsonElement data = message.GetProperty("data");
        Assert.Equal((CancelSigner.Hex(hash), status), (data.Text("order_hash"), data.Text("status")));
    }
}
