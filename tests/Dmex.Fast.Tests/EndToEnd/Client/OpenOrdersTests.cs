using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Client;

/// <summary>The venue's own list of open orders as a second witness.</summary>
public sealed class OpenOrdersTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_list_is_derived_from_the_websocket_and_read_with_its_trust(bool tls)
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = tls });
        using var key = TestClient.Key();
        var details = new VenueOrderDetails { Asset = "ethusd", IsBuy = false, Price = 7 };
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan(), details);
        venue.OpenOrder(TestClient.Hash(2).AsSpan(), new byte[20]);
        await using var client = await ConnectAsync(venue);
        var order = Assert.Single(await client.ListOpenOrdersAsync().Soon());
        Assert.Equal((TestClient.Hash(1), "ethusd", OrderSide.Sell, (UInt128)7), (order.Hash, order.Asset, order.Side, order.Price));
    }

    [Fact]
    public async Task Without_the_venues_certificate_among_the_roots_the_list_is_refused_with_the_reason()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        await using var other = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        await using var client = await ConnectAsync(venue, options => options.OpenOrders!.Endpoint = other.ListUrl);
        var refused = await Assert.ThrowsAsync<OpenOrdersException>(() => client.ListOpenOrdersAsync().Soon());
        Assert.Contains("is not trusted", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_lists_server_has_a_key_that_is_pinned(bool isPinned)
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        await using var other = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        var pin = SHA256.HashData(other.Certificate!.PublicKey.ExportSubjectPublicKeyInfo());
        pin[0] ^= isPinned ? (byte)0 : (byte)1;
        await using var client = await ConnectAsync(venue, options =>
        {
            options.OpenOrders!.Endpoint = other.ListUrl;
            options.Transport.TrustRoots = [other.Certificate!];
            options.Transport.PinnedPublicKeys.Add(pin);
        });
        var refused = await Record.ExceptionAsync(() => client.ListOpenOrdersAsync().Soon());
        Assert.Equal(isPinned, refused is null);
        Assert.Equal(!isPinned, refused is OpenOrdersException);
        Assert.Equal(!isPinned, refused?.Message.Contains("none of the 1 pinned", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_cancel_is_told_while_a_list_is_awaited()
    {
        var faults = new VenueFaults { ListDelay = TimeSpan.FromHours(1) };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        using var key = TestClient.Key();
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        await using var client = await ConnectAsync(venue);
        using var ending = new CancellationTokenSource();
        var list = client.ListOpenOrdersAsync(ending.Token);
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(1)).Soon()).Kind);
        Assert.False(list.IsCompleted);
        await ending.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => list.Soon());
    }

    [Fact]
    public async Task A_venue_that_never_answers_is_overheard_by_its_list()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { NeverAnswer = true } });
        using var key = TestClient.Key();
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        await using var client = await ConnectAsync(venue);
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal((CancelOutcomeKind.AlreadyGone, CancelEvidence.List), (outcome.Kind, outcome.Evidence));
        Assert.Equal(GoneReason.NotListed, outcome.GoneReason);
        Assert.True(outcome.IsClosed);
    }

    /// <summary>The list of a delegate's own account has none of the orders that it cancels, open or not.</summary>
    [Fact]
    public async Task A_delegate_that_names_no_account_is_not_told_that_its_orders_are_gone()
    {
        var faults = new VenueFaults { LoseRequestProbability = 1 };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        using var key = TestClient.Key();
        byte[] account = [.. Enumerable.Repeat((byte)0xAC, 20)];
        venue.AuthorizeDelegate(account, key.Address.AsSpan());
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), account);
        await using var client = await ConnectAsync(venue, options =>
        {
            options.CancelTimeout = TimeSpan.FromSeconds(3);
            options.Retry.NotFoundGrace = Lag;
        });
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal((CancelOutcomeKind.Unresolved, false), (outcome.Kind, outcome.IsClosed));
    }

    [Fact]
    public async Task A_reply_that_lies_is_corrected_and_the_cancel_goes_out_again()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { LieProbability = 1 } });
        using var key = TestClient.Key();
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        await using var client = await ConnectAsync(venue);
        var changes = new ConcurrentQueue<OutcomeChangedEventArgs>();
        client.OutcomeChanged += (_, change) =>
        {
            venue.Faults = VenueFaults.None;
            changes.Enqueue(change);
        };
        var told = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal((CancelOutcomeKind.Confirmed, CancelEvidence.Reply), (told.Kind, told.Evidence));

        await Wait.Until(() => changes.Any(change => change.Current.Evidence == CancelEvidence.Both), "both witnesses");
        Assert.Contains(changes, change => change.Current.UnresolvedReason == UnresolvedReason.StillOpen);
        Assert.Equal(VenueOrderState.Canceled, venue.GetState(TestClient.Hash(1).AsSpan()));
    }

    [Fact]
    public async Task An_order_that_a_panic_fired_and_a_reply_lied_about_is_canceled_with_the_books_signature()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { LieProbability = 1 } });
        using var key = TestClient.Key();
        using var book = CancelBook.Create(new CancelBookOptions { Capacity = 8, Endpoint = venue.Url }, key);
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        Assert.Equal(ArmResult.Armed, book.Arm(TestClient.Hash(1), 1));
        await using var client = await ConnectAsync(venue, options => options.Book = book);
        client.OutcomeChanged += (_, _) => venue.Faults = VenueFaults.None;
        var report = await client.PanicAsync(BookScope.All).Soon();
        Assert.Equal((1, 0), (report.Confirmed, book.Count));
        await Wait.Until(() => venue.CanceledCount == 1, "the order is canceled");
        Assert.Equal(1, venue.CanceledWithValidSignature);
    }

    [Theory]
    [InlineData(1, 0, 0, "another user's order")]
    [InlineData(0, 1, 0, "the list of open orders could not be read")]
    [InlineData(0, 0, 1, "HTTP status 500")]
    public async Task A_list_that_fails_is_reported_once_and_nothing_is_claimed_from_it(
        double foreign, double cut, double error, string expected)
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions
        {
            Faults = new VenueFaults
            {
                NeverAnswer = true,
                ForeignRowProbability = foreign,
                CutListProbability = cut,
                ListErrorProbability = error,
            },
        });
        await using var client = await ConnectAsync(venue, options => options.CancelTimeout = TimeSpan.FromSeconds(1));
        var failures = new ConcurrentQueue<Exception>();
        client.HandlerFailed += (_, failed) => failures.Enqueue(failed.Exception);
        var outcome = await client.CancelAsync(TestClient.Hash(1)).Soon();
        Assert.Equal((CancelOutcomeKind.Unresolved, CancelEvidence.None), (outcome.Kind, outcome.Evidence));
        await Wait.Until(() => !failures.IsEmpty, "the failure is reported");
        Assert.Contains(expected, Assert.Single(failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delegate_cancels_for_the_account_and_the_list_is_the_accounts()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        var account = new EthereumAddress([.. Enumerable.Repeat((byte)0xAC, 20)]);
        venue.AuthorizeDelegate(account.AsSpan(), key.Address.AsSpan());
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), account.AsSpan());
        await using var client = await ConnectAsync(venue, options => (options.Account, options.Signer) = (account, key.Address));
        Assert.Single(await client.ListOpenOrdersAsync().Soon());
        Assert.Equal(CancelOutcomeKind.Confirmed, (await client.CancelAsync(TestClient.Hash(1)).Soon()).Kind);

        using var stranger = SigningKey.FromBytes([.. Enumerable.Repeat((byte)0x77, SigningKey.Size)]);
        using var signer = new OrderSigner(stranger);
        signer.Sign(TestClient.Hash(2), out var signature);
        var refused = Assert.Throws<ArgumentException>(() => { _ = client.SendAsync(TestClient.Hash(2), signature); });
        Assert.Contains(key.Address.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_the_signers_is_refused_with_both_addresses()
    {
        using var key = TestClient.Key();
        var account = new EthereumAddress([.. Enumerable.Repeat((byte)0xAC, 20)]);
        var options = TestClient.Options(new Uri("ws://127.0.0.1:9/ws"));
        (options.Account, options.Signer) = (key.Address, account);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => DmexClient.ConnectAsync(options, key));
        Assert.Contains(account.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains(key.Address.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_listed_is_canceled_by_market_and_side()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var key = TestClient.Key();
        for (var i = 0; i < 40; i++)
        {
            var details = new VenueOrderDetails { Asset = i % 2 == 0 ? "btcusd" : "ethusd", IsBuy = i % 4 < 2 };
            venue.OpenOrder(TestClient.Hash(i).AsSpan(), key.Address.AsSpan(), details);
        }

        await using var client = await ConnectAsync(venue);
        var report = await client.CancelAllAsync(new OpenOrderFilter { Asset = "BTCUSD", Side = OrderSide.Buy }).Soon();
        Assert.True(report.IsClear);
        Assert.Equal((10, 10, 0), (report.Orders, report.Confirmed, report.Unresolved));
        Assert.Equal(30, venue.OpenCount);

        report = await client.CancelAllAsync().Soon();
        Assert.True(report.IsClear);
        Assert.Equal((30, 0), (report.Orders, venue.OpenCount));
        Assert.Empty(report.StillOpen);
    }

    [Fact]
    public async Task Orders_that_appear_while_it_runs_are_canceled_too()
    {
        var faults = new VenueFaults { ListDelay = TimeSpan.FromMilliseconds(150) };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        using var key = TestClient.Key();
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        await using var client = await ConnectAsync(venue);
        var running = client.CancelAllAsync();
        await Wait.Until(() => venue.CanceledCount == 1, "the first is canceled");
        venue.OpenOrder(TestClient.Hash(2).AsSpan(), key.Address.AsSpan());
        var report = await running.Soon();
        Assert.Equal((true, 2, 1, 0), (report.IsClear, report.Orders, report.Appeared, venue.OpenCount));
    }

    /// <summary>100 days are more than a timer takes.</summary>
    [Fact]
    public async Task A_time_to_wait_beyond_the_deadline_ends_with_a_report_at_the_deadline()
    {
        var faults = new VenueFaults { RefuseList = new VenueRefusal { RetryAfter = TimeSpan.FromDays(100) } };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        await using var client = await ConnectAsync(venue);
        var report = await client.CancelAllAsync(options: new CancelAllOptions { Timeout = TimeSpan.FromSeconds(1) }).Soon();
        Assert.Equal((false, 0, 503), (report.IsClear, report.Reads, report.LastFailure?.StatusCode));
    }

    [Fact]
    public async Task The_end_of_the_client_ends_it_with_a_report()
    {
        var faults = new VenueFaults { LieProbability = 1 };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        using var key = TestClient.Key();
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), key.Address.AsSpan());
        await using var client = await ConnectAsync(venue);
        var running = client.CancelAllAsync(options: new CancelAllOptions { Timeout = TimeSpan.FromHours(1) });
        await Wait.Until(() => venue.MessagesReceived > 0, "the cancel");
        await client.DisposeAsync();
        var report = await running.Soon();
        Assert.Equal((false, 1, TestClient.Hash(1)), (report.IsClear, report.Orders, Assert.Single(report.StillOpen).Hash));
    }

    [Fact]
    public async Task Without_a_list_nothing_is_claimed_and_the_reason_is_in_the_report()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { CutListProbability = 1 } });
        await using var client = await ConnectAsync(venue);
        var report = await client.CancelAllAsync(options: new CancelAllOptions { Timeout = TimeSpan.FromSeconds(1) }).Soon();
        Assert.Equal((false, 0, 0), (report.IsClear, report.Reads, report.Orders));
        Assert.NotNull(report.LastFailure);
    }

    private static Task<DmexClient> ConnectAsync(SimulatedVenue venue, Action<DmexClientOptions>? configure = null) =>
        TestClient.ConnectAsync(venue.Url, options =>
        {
            options.OpenOrders = new OpenOrdersOptions { ListLag = Lag, Interval = Lag, Timeout = Wait.Long };
            options.Transport.TrustRoots = venue.Certificate is { } certificate ? [certificate] : null;
            configure?.Invoke(options);
        });
}
