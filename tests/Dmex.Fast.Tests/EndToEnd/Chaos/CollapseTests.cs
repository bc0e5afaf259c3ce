using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>A venue that is slower than its client must not be made slower by it.</summary>
[Collection(nameof(CollapseTests))]
[CollectionDefinition(nameof(CollapseTests), DisableParallelization = true)]
[Trait("Lane", "Long")]
public sealed class CollapseTests
{
    private const int Orders = 10_000;
    private const int ServedPerSecond = 1_000;

    private readonly ITestOutputHelper _output;

    public CollapseTests(ITestOutputHelper output) => _output = output;

    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_thousand_orders_at_a_slow_venue_take_one_frame_each_and_no_reconnection(int connections)
    {
        using var key = TestClient.Key();
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { ServiceRate = ServedPerSecond, Verification = VenueVerification.Deferred });
        venue.OpenOrders(
            [.. Enumerable.Range(0, Orders).SelectMany(i => TestClient.Hash(i).AsSpan().ToArray())],
            Convert.FromHexString(key.Address.ToString().AsSpan(2)));

        // What the tests' client is patient about stands here as a user gets it.
        var asDelivered = new DmexClientOptions();
        await using var client = await TestClient.ConnectAsync(
            venue.Url,
            options =>
            {
                options.Connections = connections;
                options.Limits.InFlightCapacity = Orders;
                options.Retry.AckTimeout = asDelivered.Retry.AckTimeout;
                options.Liveness.PingInterval = asDelivered.Liveness.PingInterval;
                options.Liveness.PongTimeout = asDelivered.Liveness.PongTimeout;
            },
            key);
        var lost = 0;
        client.ConnectionLost += (_, _) => Interlocked.Increment(ref lost);

        var cancels = Enumerable.Range(0, Orders).Select(i => client.CancelAsync(TestClient.Hash(i), Timeout.InfiniteTimeSpan).AsTask())
            .ToArray();
        var outcomes = await Task.WhenAll(cancels).Soon();

        _output.WriteLine($"{venue.MessagesReceived} messages for {Orders} orders, {lost} connections lost");
        Assert.All(outcomes, outcome => Assert.True(outcome.IsClosed));
        Assert.Equal(Orders, venue.CanceledCount);
        Assert.InRange(venue.MessagesReceived, Orders, Orders * 105 / 100);
        Assert.Equal(0, Volatile.Read(ref lost));
    }
}
