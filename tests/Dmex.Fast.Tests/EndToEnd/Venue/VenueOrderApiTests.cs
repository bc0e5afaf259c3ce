using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueOrderApiTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly CancelSigner Stranger = new(8);
    private static readonly byte[] Hash = CancelSigner.Hash(1);
    private static readonly byte[] Other = CancelSigner.Hash(2);
    private static readonly byte[] None = new byte[32];

    [Fact]
    public async Task An_engine_can_go_from_a_quote_to_its_cancel()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();
        Assert.Equal((HttpStatusCode.OK, true), await PostAsync(http, venue, Order(Owner, Owner, Hash, None)));
        Assert.Equal([CancelSigner.Hex(Hash)], await ListAsync(http, venue, Owner));

        Assert.Equal((HttpStatusCode.OK, true), await PostAsync(http, venue, Order(Owner, Owner, Other, Hash)));
        Assert.Equal([CancelSigner.Hex(Other)], await ListAsync(http, venue, Owner));
        Assert.Equal((VenueOrderState.Canceled, VenueOrderState.Open), (venue.GetState(Hash), venue.GetState(Other)));

        using var client = await VenueClient.ConnectAsync(venue);
        (await client.AskAsync(Owner.Cancel(Other))).AssertConfirms(Other);
        Assert.Empty(await ListAsync(http, venue, Owner));
    }

    [Fact]
    public async Task A_refused_order_changes_nothing_and_says_why()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();
        venue.OpenOrder(Other, Stranger.Address);
        Assert.Equal((HttpStatusCode.BadRequest, false), await PostAsync(http, venue, Order(Owner, Stranger, Hash, None)));
        Assert.Equal((HttpStatusCode.BadRequest, false), await PostAsync(http, venue, Order(Owner, Owner, Hash, Other)));
        Assert.Equal((HttpStatusCode.BadRequest, false), await PostAsync(http, venue, Order(Owner, Owner, Hash, CancelSigner.Hash(3))));
        Assert.Equal((HttpStatusCode.BadRequest, false), await PostAsync(http, venue, "{"));
        var incomplete = Order(Owner, Owner, Hash, None).Replace("\"price\"", "\"prize\"", StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, false), await PostAsync(http, venue, incomplete));
        Assert.Null(venue.GetState(Hash));
        Assert.Equal(VenueOrderState.Open, venue.GetState(Other));
    }

    [Fact]
    public async Task A_delegate_opens_and_cancels_for_the_owner()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();
        venue.AuthorizeDelegate(Owner.Address, Stranger.Address);
        Assert.Equal((HttpStatusCode.OK, true), await PostAsync(http, venue, Order(Owner, Stranger, Hash, None)));
        using var client = await VenueClient.ConnectAsync(venue);
        (await client.AskAsync(Stranger.Cancel(Hash))).AssertConfirms(Hash);
    }

    [Fact]
    public async Task A_list_may_lag_or_be_stale()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();
        venue.OpenOrder(Hash, Owner.Address);
        venue.Faults = new VenueFaults { StaleList = true };
        venue.OpenOrder(Other, Owner.Address);
        Assert.True(venue.FillOrder(Hash));
        Assert.Equal([CancelSigner.Hex(Hash)], await ListAsync(http, venue, Owner));
        venue.Faults = new VenueFaults { ListLag = TimeSpan.FromMinutes(10) };
        Assert.Empty(await ListAsync(http, venue, Owner));
        venue.Faults = VenueFaults.None;
        Assert.Equal([CancelSigner.Hex(Other)], await ListAsync(http, venue, Owner));
    }

    [Fact]
    public async Task A_list_may_be_cut_refused_or_hold_anothers_order()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();
        venue.OpenOrder(Hash, Owner.Address);
        venue.Faults = new VenueFaults { CutListProbability = 1 };
        _ = await Assert.ThrowsAsync<HttpRequestException>(() => ListAsync(http, venue, Owner));
        venue.Faults = new VenueFaults { ForeignRowProbability = 1 };
        Assert.Equal(2, (await ListAsync(http, venue, Owner)).Count);
        venue.Faults = new VenueFaults { ListErrorProbability = 1 };
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync(UriOf(venue, Owner)).Soon()).StatusCode);
        venue.Faults = new VenueFaults { RefuseList = new VenueRefusal { StatusCode = 429, RetryAfter = TimeSpan.FromSeconds(3) } };
        using var refused = await http.GetAsync(UriOf(venue, Owner)).Soon();
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(3)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
    }

    [Fact]
    public async Task A_reply_that_lies_leaves_the_order_open_and_says_so_in_the_transcript()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { LieProbability = 1 } });
        venue.OpenOrder(Hash, Owner.Address);
        using var client = await VenueClient.ConnectAsync(venue);
        (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
        Assert.Equal(VenueOrderState.Open, venue.GetState(Hash));
        Assert.Equal(VenueVerdict.Lied, Assert.Single(venue.Transcript).Verdict);
    }

    [Fact]
    public async Task A_venue_that_is_started_again_with_its_certificate_is_trusted_as_before()
    {
        using var certificate = SimulatedVenue.CreateCertificate();
        var port = 0;
        for (var life = 0; life < 2; life++)
        {
            await using var venue = await SimulatedVenue.StartAsync(
                new VenueOptions { Tls = true, Certificate = certificate, Port = port });
            port = venue.Url.Port;
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            _ = handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(certificate.RawData));
            using var http = new HttpClient(handler);
            Assert.Empty(await ListAsync(http, venue, Owner));
        }
    }

    private static async Task<List<string>> ListAsync(HttpClient http, SimulatedVenue venue, CancelSigner user)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync(UriOf(venue, user)).Soon());
        Assert.True(document.RootElement.GetProperty("success").GetBoolean());
        return [.. document.RootElement.GetProperty("data").EnumerateArray().Select(order => order.GetProperty("hash").GetString()!)];
    }

    private static Uri UriOf(SimulatedVenue venue, CancelSigner user) => new($"{venue.ListUrl}?user=0x{Convert.ToHexString(user.Address)}");

    private static async Task<(HttpStatusCode Status, bool Success)> PostAsync(HttpClient http, SimulatedVenue venue, string order)
    {
        using var content = new StringContent(order, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(venue.ListUrl, "/api/order"), content).Soon();
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync().Soon());
        return (response.StatusCode, document.RootElement.GetProperty("success").GetBoolean());
    }

    private static string Order(CancelSigner user, CancelSigner signer, byte[] hash, byte[] replaced)
    {
        using var cancel = JsonDocument.Parse(signer.Cancel(hash));
        var signature = cancel.RootElement.GetProperty("data");
        return JsonSerializer.Serialize(new
        {
            hash = CancelSigner.Hex(hash),
            user_address = CancelSigner.Hex(user.Address),
            base_token = "0x" + new string('0', 40),
            asset = "btcusd",
            amount = "1000000000",
            price = "10000000000000",
            side = true,
            nonce = 1,
            leverage = "1000000000",
            closing_order = false,
            stop = false,
            stop_price = "0",
            is_market = false,
            post_only = false,
            v = signature.GetProperty("v").GetInt32(),
            r = signature.GetProperty("r").GetString(),
            s = signature.GetProperty("s").GetString(),
            replace_hash = CancelSigner.Hex(replaced),
        });
    }
}
