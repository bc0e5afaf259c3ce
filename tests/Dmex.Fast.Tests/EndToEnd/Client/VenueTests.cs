using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>The client against the simulated venue (Kestrel), which verifies every signature with other code.</summary>
public sealed class VenueTests
{
    [Theory]
    [InlineData(false, false, Pace.Normal, 1000)]
    [InlineData(true, false, Pace.Normal, 1000)]
    [InlineData(true, true, Pace.Normal, 200)]
    [InlineData(false, true, Pace.OneByte, 50)]
    [InlineData(true, false, Pace.OneByte, 20)]
    [InlineData(true, true, Pace.Slow, 5)]
    public async Task Every_order_is_canceled_with_a_valid_signature(bool tls, bool fragmented, Pace pace, int orders)
    {
        await using var venue = await StartAsync(
            new VenueOptions { Tls = tls, Faults = VenueFaults.None with { FragmentReplies = fragmented } }, orders);
        await using var relay = Relays.Create(venue.Url, pace);
        await using var client = await ConnectAsync(venue, o => o.Endpoint = relay.Through(venue.Url));

        var cancels = Enumerable.Range(0, orders).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
        var outcomes = await Task.WhenAll(cancels).Soon();

        Assert.All(outcomes, o => Assert.Equal((CancelOutcomeKind.Confirmed, 1), (o.Kind, o.Attempts)));
        Assert.Equal((orders, 0), (venue.CanceledCount, venue.OpenCount));
        Assert.Equal(orders, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task Eight_callers_at_once_cancel_each_order_once()
    {
        const int Orders = 2000;
        await using var venue = await StartAsync(new VenueOptions { Tls = true }, Orders);
        await using var client = await ConnectAsync(venue, o => o.Limits.InFlightCapacity = 256);
        var other = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; i < Orders; i += 8)
            {
                var outcome = await client.CancelAsync(TestClient.Hash(i));
                _ = Interlocked.Add(ref other, outcome.Kind == CancelOutcomeKind.Confirmed ? 0 : 1);
            }
        }))).Soon();
        Assert.Equal(0, other);
        Assert.Equal((Orders, Orders), (venue.CanceledCount, (int)venue.MessagesReceived));
    }

    [Fact]
    public async Task A_venue_with_an_unknown_certificate_is_refused()
    {
        await using var venue = await StartAsync(new VenueOptions { Tls = true }, 1);
        var error = await Assert.ThrowsAsync<TransportException>(() => TestClient.ConnectAsync(venue.Url));
        Assert.Equal(TransportFailure.Certificate, error.Failure);
    }

    [Fact]
    public async Task What_is_not_open_is_gone_and_what_is_anothers_is_rejected()
    {
        await using var venue = await StartAsync(new VenueOptions(), 1);
        venue.OpenOrder(TestClient.Hash(7).AsSpan(), new byte[20]);
        await using var client = await ConnectAsync(venue);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(0)).Soon()).Kind);

        var again = await client.CancelAsync(TestClient.Hash(0)).Soon();
        Assert.Equal((CancelOutcomeKind.AlreadyGone, GoneReason.Canceled), (again.Kind, again.GoneReason));
        var unknown = await client.CancelAsync(TestClient.Hash(8)).Soon();
        Assert.Equal((CancelOutcomeKind.AlreadyGone, GoneReason.NotFound), (unknown.Kind, unknown.GoneReason));
        var foreign = await client.CancelAsync(TestClient.Hash(7)).Soon();
        Assert.Equal(CancelOutcomeKind.Rejected, foreign.Kind);
        Assert.False(string.IsNullOrEmpty(foreign.Reason));
        Assert.Equal(1, venue.OpenCount);
    }

    [Fact]
    public async Task Pushed_events_that_carry_the_hashes_claim_nothing()
    {
        const int Orders = 200;
        await using var venue = await StartAsync(
            new VenueOptions { PushOrderEvents = true, UpperCaseHashes = true, Faults = VenueFaults.None with { NeverAnswer = true } },
            Orders);
        await using var client = await ConnectAsync(venue);
        var cancels = Enumerable.Range(0, Orders)
            .Select(i => client.CancelAsync(TestClient.Hash(i), TimeSpan.FromSeconds(1)).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(cancels).Soon(), o => Assert.Equal(UnresolvedReason.Deadline, o.UnresolvedReason));
        Assert.Equal(Orders, client.InFlight);
    }

    [Fact]
    public async Task Garbage_duplicates_and_reordered_replies_do_not_matter()
    {
        const int Orders = 300;
        await using var venue = await StartAsync(
            new VenueOptions
            {
                PushOrderEvents = true,
                Faults =
                    VenueFaults.None with { Seed = 5, GarbageProbability = 0.5, DuplicateReplyProbability = 0.5, ReorderReplies = true },
            },
            Orders);
        await using var client = await ConnectAsync(venue);
        var cancels = Enumerable.Range(0, Orders).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
        Assert.All(await Task.WhenAll(cancels).Soon(), o => Assert.Equal(CancelOutcomeKind.Confirmed, o.Kind));
        Assert.Null(client.Loss);
    }

    [Fact]
    public async Task Busy_answers_are_met_with_further_copies_until_the_venue_takes_one()
    {
        await using var venue = await StartAsync(
            new VenueOptions { Faults = VenueFaults.None with { Seed = 3, BusyProbability = 0.5 } }, 20);
        await using var client = await ConnectAsync(venue, o => o.Retry.MaxResendsPerOrder = 1000);
        var cancels = Enumerable.Range(0, 20).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
        var outcomes = await Task.WhenAll(cancels).Soon();
        Assert.All(outcomes, o => Assert.Equal(CancelOutcomeKind.Confirmed, o.Kind));
        Assert.Equal(venue.MessagesReceived, outcomes.Sum(o => o.Attempts));
        Assert.True(venue.MessagesReceived > 20);
    }

    [Fact]
    public async Task Answers_without_hashes_resolve_nothing_and_are_reported()
    {
        await using var venue = await StartAsync(new VenueOptions { ReplyWithoutHash = true }, 20);
        await using var client = await ConnectAsync(venue);
        var reported = new TaskCompletionSource<RepliesUnrecognizedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.RepliesUnrecognized += (_, replies) => reported.TrySetResult(replies);
        for (var i = 0; i < 20; i++)
        {
            _ = client.CancelAsync(TestClient.Hash(i)).AsTask();
        }

        var replies = await reported.Task.Soon();
        Assert.True(replies.Written >= 16);
        Assert.Equal(20, client.InFlight);
    }

    [Fact]
    public async Task A_reset_in_the_middle_leaves_every_cancel_confirmed_or_lost_with_the_connection()
    {
        const int Orders = 500;
        await using var venue = await StartAsync(
            new VenueOptions { Tls = true, Faults = VenueFaults.None with { Seed = 11, ResetProbability = 0.01 } }, Orders);
        await using var client = await ConnectAsync(venue);
        var cancels = Enumerable.Range(0, Orders).Select(i => client.CancelAsync(TestClient.Hash(i), Timeout.InfiniteTimeSpan).AsTask())
            .ToArray();
        var outcomes = await Task.WhenAll(cancels).Soon();
        var confirmed = outcomes.Count(o => o.Kind == CancelOutcomeKind.Confirmed);
        Assert.All(
            outcomes.Where(o => o.Kind != CancelOutcomeKind.Confirmed),
            o => Assert.Equal(UnresolvedReason.ConnectionLost, o.UnresolvedReason));
        Assert.True(confirmed < Orders);
        Assert.True(venue.CanceledCount >= confirmed);
        Assert.Equal(ConnectionLossKind.Broken, client.Loss!.Kind);
    }

    [Fact]
    public async Task A_venue_that_stops_reading_pushes_back_and_nothing_is_lost_when_it_goes_on()
    {
        const int Orders = 20_000;
        await using var venue = await StartAsync(
            new VenueOptions { Verification = VenueVerification.Deferred, Faults = VenueFaults.None with { StopReading = true } }, Orders);
        await using var client = await ConnectAsync(venue, o =>
        {
            o.Limits.InFlightCapacity = Orders;
            o.Transport.SendBufferSize = 64 * 1024;
        });
        var cancels = Enumerable.Range(0, Orders).Select(i => client.CancelAsync(TestClient.Hash(i)).AsTask()).ToArray();
        Assert.Equal(Orders, client.InFlight);
        venue.Faults = VenueFaults.None;
        var outcomes = await Task.WhenAll(cancels).Soon();
        Assert.All(outcomes, o => Assert.Equal((CancelOutcomeKind.Confirmed, 1), (o.Kind, o.Attempts)));
        Assert.Equal(Orders, venue.MessagesReceived);
    }

    [Fact]
    public async Task The_classifier_can_be_replaced()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Classifier = new JsonClassifier());
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(1)).Soon()).Kind);
    }

    [Fact]
    public async Task A_classifier_that_throws_is_reported_and_the_reader_goes_on()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.SendTextAsync("{\"next\":1}");
            await peer.DrainAsync();
        });
        await using var client = await TestClient.ConnectAsync(server.Uri, o => o.Classifier = new ThrowingClassifier());
        var messages = new System.Collections.Concurrent.BlockingCollection<string>();
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.HandlerFailed += (_, failure) => failed.TrySetResult(failure.Exception);
        client.MessageReceived += (_, message) => messages.Add(message.ToString());
        var cancel = client.CancelAsync(TestClient.Hash(1)).AsTask();
        Assert.Equal("classifier", (await failed.Task.Soon()).Message);
        Assert.Contains("order_hash", await Task.Run(messages.Take).Soon(), StringComparison.Ordinal);
        Assert.Equal("{\"next\":1}", await Task.Run(messages.Take).Soon());
        Assert.False(cancel.IsCompleted);
    }

    private static async Task<SimulatedVenue> StartAsync(VenueOptions options, int orders)
    {
        var venue = await SimulatedVenue.StartAsync(options);
        using var key = TestClient.Key();
        var hashes = new byte[orders * OrderHash.Size];
        for (var i = 0; i < orders; i++)
        {
            TestClient.Hash(i).CopyTo(hashes.AsSpan(i * OrderHash.Size));
        }

        venue.OpenOrders(hashes, key.Address.AsSpan());
        return venue;
    }

    private static Task<DmexClient> ConnectAsync(SimulatedVenue venue, Action<DmexClientOptions>? configure = null) =>
        TestClient.ConnectAsync(venue.Url, options =>
        {
            if (venue.Certificate is { } certificate)
            {
                options.Transport.TrustRoots = [certificate];
            }

            configure?.Invoke(options);
        });

    private sealed class ThrowingClassifier : IReplyClassifier
    {
        public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink) =>
            throw new InvalidOperationException("classifier");
    }
}
