using System.Collections.Concurrent;
using Dmex.Fast.Signing;
using Dmex.Fast.Standby.Firing;
using Dmex.Fast.Standby.Tests.Local;
using Dmex.Fast.Standby.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Operators;

public sealed class VenueFirerTests
{
    private const int Orders = 40;

    [Fact]
    public async Task More_orders_than_the_book_holds_are_canceled_and_those_that_the_venue_does_not_know_are_never_reported_closed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        for (var number = 2; number <= Orders; number++)
        {
            venue.OpenOrder(TestBook.Hash(number).AsSpan(), Engines.Key.Address.AsSpan());
        }

        var options = new PanicOptions { Timeout = TimeSpan.FromMilliseconds(500) };
        var client = ClientOf(venue);
        client.Retry.NotFoundGrace = TimeSpan.FromMilliseconds(50);
        await using var firer = new VenueFirer(client, options) { Capacity = 8 };
        var closed = new ConcurrentDictionary<OrderHash, bool>();
        var fire = Fire(closed, Enumerable.Range(1, Orders));
        Assert.False(firer.CanFire);
        _ = Assert.Throws<InvalidOperationException>(() => firer.Fire(fire));
        await firer.ConnectAsync(new StandbyOwner(Engines.Key.Address, venue.Url), TestContext.Current.CancellationToken);
        Assert.True(firer.CanFire);

        var told = 0;
        firer.Reported += (_, report) => told += report.Panic.NotFound;
        firer.Fire(fire);

        await Patience.Until(() => closed.Count == Orders - 1, "every order that the venue has is reported closed");
        await Patience.Until(() => told >= 2, "the unknown order was fired twice");
        Assert.Equal((1, 0), (firer.Open, venue.OpenCount));
        Assert.False(closed.ContainsKey(TestBook.Hash(1)));
        firer.Forget();
        Assert.Equal(0, firer.Open);
    }

    [Fact]
    public async Task An_order_without_a_signature_holds_up_no_other_and_stays_open()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        venue.OpenOrder(TestBook.Hash(1).AsSpan(), Engines.Key.Address.AsSpan());
        await using var firer = new VenueFirer(ClientOf(venue), new PanicOptions());
        await firer.ConnectAsync(new StandbyOwner(Engines.Key.Address, venue.Url), TestContext.Current.CancellationToken);
        var closed = new ConcurrentDictionary<OrderHash, bool>();
        var good = Fire(closed, [1]).Orders[0];

        var bad = new StandbyOrder(TestBook.Hash(9), default, Tag: 0, Priority: 0, IsLive: true);
        firer.Fire(new StandbyFire(default, [bad, good], hash => closed[hash] = true));

        await Patience.Until(() => closed.Count == 1, "the other one is closed");
        Assert.Equal((1, 0), (firer.Open, venue.OpenCount));
        Assert.False(closed.ContainsKey(TestBook.Hash(9)));
    }

    private static DmexClientOptions ClientOf(SimulatedVenue venue) => new() { Endpoint = venue.Url, Connections = 1 };

    private static StandbyFire Fire(ConcurrentDictionary<OrderHash, bool> closed, IEnumerable<int> numbers) => new(
        default,
        [.. numbers.Select(number => new StandbyOrder(
            TestBook.Hash(number), Sign(TestBook.Hash(number)), Tag: 0, Priority: 0, IsLive: number != 1))],
        hash => closed[hash] = true);

    private static Signature Sign(OrderHash hash)
    {
        using var signer = new OrderSigner(Engines.Key);
        signer.Sign(hash, out var signature);
        return signature;
    }
}
