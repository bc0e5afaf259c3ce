using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>Everything that is open is canceled, whatever the client remembers, the venue replies and its list does meanwhile.</summary>
[Trait("Lane", "Long")]
public sealed class CancelAllChaosTests(ITestOutputHelper output)
{
    private const int Orders = 10_000;
    private const int Unseen = 1_000;

    [Fact(Explicit = true)]
    public async Task Of_ten_thousand_orders_of_which_the_book_has_never_seen_a_thousand_none_is_open_at_the_end()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Verification = VenueVerification.Deferred });
        using var key = TestClient.Key();
        var hashes = Enumerable.Range(1, Orders).Select(TestClient.Hash).ToArray();
        venue.OpenOrders(hashes.SelectMany(hash => hash.AsSpan().ToArray()).ToArray(), key.Address.AsSpan());
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = Orders, Endpoint = venue.Url }, key);
        foreach (var hash in hashes[Unseen..])
        {
            _ = book.Arm(hash, tag: 1);
        }

        await using var client = await TestClient.ConnectAsync(venue.Url, options =>
        {
            options.Book = book;
            options.Connections = 2;
            options.Limits.InFlightCapacity = 4096;
            options.Retry.AckTimeout = TimeSpan.FromSeconds(1);
            options.Liveness.PingInterval = TimeSpan.FromSeconds(5);
            options.OpenOrders = new OpenOrdersOptions
            {
                ListLag = TimeSpan.FromMilliseconds(200),
                Interval = TimeSpan.FromMilliseconds(300),
                Timeout = Wait.Long,
            };
        });
        venue.Faults = new VenueFaults
        {
            Seed = seed,
            LoseRequestProbability = 0.03,
            DropReplyProbability = 0.03,
            BusyProbability = 0.02,
            LieProbability = 0.02,
            FillRaceProbability = 0.01,
            DuplicateReplyProbability = 0.02,
            ResetProbability = 0.0003,
            CloseProbability = 0.0003,
            MaxDelay = TimeSpan.FromMilliseconds(20),
            ListLag = TimeSpan.FromMilliseconds(100),
            ListDelay = TimeSpan.FromMilliseconds(20),
            ListErrorProbability = 0.2,
            CutListProbability = 0.2,
            ForeignRowProbability = 0.1,
        };
        var report = await client.CancelAllAsync(options: new CancelAllOptions { Timeout = Wait.Long }).Soon();
        output.WriteLine($"{report}");
        Assert.True(report.IsClear);
        Assert.Equal((0, 0), (venue.OpenCount, report.Unresolved));
        Assert.Empty(report.StillOpen);
        Assert.Equal(report.Orders, report.Confirmed + report.AlreadyGone + report.NotFound + report.Rejected + report.Left);

        // By the venue's own transcript: each was canceled by a message of this client or filled.
        var closed = venue.Transcript.Where(record => record.Verdict is VenueVerdict.Confirmed or VenueVerdict.NotOpen)
            .Select(record => record.Hash!.Value).ToHashSet();
        Assert.All(hashes, hash => Assert.Contains(new VenueHash(hash.AsSpan()), closed));
        Assert.All(hashes, hash => Assert.NotEqual(VenueOrderState.Open, venue.GetState(hash.AsSpan())));
        await venue.WaitUntilVerifiedAsync().Soon();
        Assert.Equal(0, venue.ViolationCount);
    }
}
