using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Venue;

public sealed class VenueHandshakeTests
{
    private static readonly CancelSigner Owner = new(7);
    private static readonly byte[] Hash = CancelSigner.Hash(1);

    [Fact]
    public async Task The_request_log_shows_headers_and_the_agreed_subprotocol()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { SubProtocol = "dmex.v1", Path = "/feed" });
        using var client = await VenueClient.ConnectAsync(venue, options =>
        {
            options.SetRequestHeader("X-Account", "desk 7");
            options.SetRequestHeader("User-Agent", "tests/1.0");
            options.AddSubProtocol("other");
            options.AddSubProtocol("dmex.v1");
        });

        Assert.Equal("dmex.v1", client.Socket.SubProtocol);
        var handshake = Assert.Single(venue.RequestLog);
        Assert.Equal((1L, 101, "/feed", "dmex.v1"), (handshake.ConnectionId, handshake.StatusCode, handshake.Path, handshake.SubProtocol));
        Assert.Equal("desk 7", handshake.Headers["x-account"]);
        Assert.Equal("tests/1.0", handshake.Headers["User-Agent"]);
        Assert.Equal("13", handshake.Headers["Sec-WebSocket-Version"]);
        Assert.Equal(1, venue.ConnectionCount);
    }

    [Fact]
    public async Task A_client_that_offers_no_subprotocol_is_accepted_without_one()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { SubProtocol = "dmex.v1" });
        using var client = await VenueClient.ConnectAsync(venue);

        Assert.Null(client.Socket.SubProtocol);
    }

    [Fact]
    public async Task Handshakes_are_refused_until_the_fault_is_healed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions
        {
            Faults = new VenueFaults { RefuseHandshake = new VenueRefusal { RetryAfter = TimeSpan.FromSeconds(1.2) } },
        });

        using var http = new HttpClient();
        using var response = await http.SendAsync(UpgradeRequest(venue));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        await Assert.ThrowsAsync<WebSocketException>(() => VenueClient.ConnectAsync(venue));
        Assert.Equal([503, 503], venue.RequestLog.Select(handshake => handshake.StatusCode));

        venue.Faults = VenueFaults.None;
        using var client = await VenueClient.ConnectAsync(venue);
        Assert.Equal(WebSocketState.Open, client.Socket.State);
    }

    [Fact]
    public async Task Other_paths_and_plain_requests_are_refused()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var http = new HttpClient();

        using var wrongPath = await http.GetAsync(new UriBuilder(venue.Url) { Scheme = "http", Path = "/other" }.Uri);
        using var noUpgrade = await http.GetAsync(new UriBuilder(venue.Url) { Scheme = "http" }.Uri);

        Assert.Equal(HttpStatusCode.NotFound, wrongPath.StatusCode);
        Assert.Equal(HttpStatusCode.UpgradeRequired, noUpgrade.StatusCode);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_validates_against_the_certificate_as_custom_trust_root(SslProtocols protocol)
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        venue.OpenOrder(Hash, Owner.Address);
        Assert.Equal("wss", venue.Url.Scheme);
        Assert.False(venue.Certificate!.HasPrivateKey);

        foreach (var host in new[] { "127.0.0.1", "localhost" })
        {
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, venue.Url.Port);
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = protocol,
                CertificateChainPolicy = Trusting(venue.Certificate),
            });
            Assert.Equal(protocol, tls.SslProtocol);
        }
    }

    [Fact]
    public async Task A_cancel_over_tls_is_confirmed_with_the_exported_certificate_as_trust_root()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        venue.OpenOrder(Hash, Owner.Address);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            venue.ExportCertificatePem(path);
            Assert.DoesNotContain("PRIVATE", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
            using var root = X509CertificateLoader.LoadCertificateFromFile(path);
            var policy = Trusting(root);
            using var client = await VenueClient.ConnectAsync(venue, options =>
                options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    using var chain = new X509Chain { ChainPolicy = policy };
                    return errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors
                        && chain.Build((X509Certificate2)certificate!);
                });

            (await client.AskAsync(Owner.Cancel(Hash))).AssertConfirms(Hash);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task The_certificate_is_not_trusted_by_default_and_not_for_other_names()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });

        await Assert.ThrowsAsync<WebSocketException>(() => VenueClient.ConnectAsync(venue));
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, venue.Url.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "example.org",
            CertificateChainPolicy = Trusting(venue.Certificate!),
        }));
    }

    [Fact]
    public async Task Without_tls_there_is_no_certificate()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());

        Assert.Null(venue.Certificate);
        Assert.Contains(
            "Tls", Assert.Throws<InvalidOperationException>(() => venue.ExportCertificatePem("unused")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_an_error()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());

        await Assert.ThrowsAsync<IOException>(() => SimulatedVenue.StartAsync(new VenueOptions { Port = venue.Url.Port }));
    }

    [Fact]
    public async Task A_port_can_be_chosen_and_used_again_after_a_restart()
    {
        var first = await SimulatedVenue.StartAsync(new VenueOptions());
        using var client = await VenueClient.ConnectAsync(first);
        var end = client.ReadToEndAsync();
        await first.DisposeAsync();
        Assert.True(await end is null or 1001);

        await using var second = await SimulatedVenue.StartAsync(new VenueOptions { Port = first.Url.Port });
        Assert.Equal(first.Url, second.Url);
        using var again = await VenueClient.ConnectAsync(second);
        Assert.Equal(WebSocketState.Open, again.Socket.State);
    }

    private static X509ChainPolicy Trusting(X509Certificate2 root)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root);
        return policy;
    }

    private static HttpRequestMessage UpgradeRequest(SimulatedVenue venue)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(venue.Url) { Scheme = "http" }.Uri);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new System.Net.Http.Headers.ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        return request;
    }
}
