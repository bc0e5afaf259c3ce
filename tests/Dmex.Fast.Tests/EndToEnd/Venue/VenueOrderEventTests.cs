using System.Text.Json;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueOrderEventTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly byte[] Hash = CancelSigner.Hash(1);

    [Fact]
    public async Task Events_mention_live_orders_before_they_are_canceled()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);

        var snapshot = await client.ReceiveJsonAsync();
        Assert.Equal("order_snapshot", snapshot.Text("op"));
        var listed = Assert.Single(snapshot.GetProperty("data").GetProperty("orders").EnumerateArray());
        Assert.Equal((CancelSigner.Hex(Hash), "open"), (listed.Text("order_hash"), listed.Text("status")));

        AssertUpdate(await client.AskAsync(Owner.Cancel(Hash)), Hash, "open");
        (await client.ReceiveJsonAsync()).AssertConfirms(Hash);
    }

    [Fact]
    public async Task Orders_opened_filled_and_canceled_by_the_venue_are_announced()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        using var client = await VenueClient.ConnectAsync(venue);
        var other = CancelSigner.Hash(2);

        venue.OpenOrder(Hash, Owner.Address);
        venue.OpenOrders(other, Owner.Address);
        venue.FillOrder(Hash);
        venue.MarkCanceledOnVenue(other);

        AssertUpdate(await client.ReceiveJsonAsync(), Hash, "open");
        AssertUpdate(await client.ReceiveJsonAsync(), other, "open");
        AssertUpdate(await client.ReceiveJsonAsync(), Hash, "filled");
        AssertUpdate(await client.ReceiveJsonAsync(), other, "canceled");
    }

    [Fact]
    public async Task Every_sixteenth_message_brings_a_snapshot()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { PushOrderEvents = true });
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);
        Assert.Equal("order_snapshot", (await client.ReceiveJsonAsync()).Text("op"));
        for (var i = 1; i < 16; i++)
        {
            (await client.AskAsync("{}")).AssertError("malformed_message", hash: null);
        }

        Assert.Equal("order_snapshot", (await client.AskAsync("{}")).Text("op"));
    }

    private static void AssertUpdate(JsonElement message, byte[] hash, string status)
    {
        Assert.Equal("order_update", message.Text("op"));
        var data = message.GetProperty("data");
        Assert.Equal((CancelSigner.Hex(hash), status), (data.Text("order_hash"), data.Text("status")));
    }
}
