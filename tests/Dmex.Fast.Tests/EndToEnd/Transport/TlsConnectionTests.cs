using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Transport;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Transport;

public sealed class TlsConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly WorkerThread _worker = new("test-worker", _ => { });
    private readonly FlushWorker _flushes;
    private readonly X509Certificate2 _certificate = TestCertificates.SelfSigned();

    public TlsConnectionTests()
    {
        _flushes = new FlushWorker(_worker);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _worker.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Bytes_go_both_ways_over_tls_1_3_with_a_trusted_root()
    {
        var serving = ServeAsync(_certificate);
        await using var connection = Connect(new TransportOptions { TrustRoots = TestCertificates.Roots(_certificate) });
        await using var server = await serving;
        Assert.Equal(SslProtocols.Tls13, connection.Protocol);

        Assert.True(connection.Output.WriteAsync("to the server"u8.ToArray()).IsCompletedSuccessfully);
        var received = new byte[13];
        await server.ReadExactlyAsync(received).Soon();
        Assert.Equal("to the server", Encoding.UTF8.GetString(received));

        await server.WriteAsync("back"u8.ToArray());
        var result = await Task.Run(async () => await connection.Input.ReadAsync()).Soon();
        Assert.Equal("back", Encoding.UTF8.GetString(result.Buffer.FirstSpan));
        connection.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task A_stalled_burst_arrives_whole()
    {
        var serving = ServeAsync(_certificate);
        await using var connection = Connect(
            new TransportOptions { TrustRoots = TestCertificates.Roots(_certificate), SendBufferSize = 4096 });
        await using var server = await serving;
        var sent = new byte[6 << 20];
        new Random(3).NextBytes(sent);
        var flush = connection.Output.WriteAsync(sent);
        Assert.False(flush.IsCompleted);
        var done = flush.AsTask();
        _flushes.ReleaseDeferred();
        var received = new byte[sent.Length];
        await server.ReadExactlyAsync(received).Soon();
        _ = await done.Soon();
        Assert.True(received.AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task A_certificate_of_no_trusted_root_is_refused_with_the_status_of_its_chain()
    {
        var serving = ServeAsync(_certificate);
        var error = Assert.Throws<TransportException>(() => Connect(new TransportOptions()));
        Assert.Equal(TransportFailure.Certificate, error.Failure);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("not trusted", error.Message, StringComparison.Ordinal);
        await Ended(serving);

        using var other = TestCertificates.SelfSigned("CN=other");
        serving = ServeAsync(_certificate);
        error = Assert.Throws<TransportException>(() => Connect(new TransportOptions { TrustRoots = TestCertificates.Roots(other) }));
        Assert.Equal(TransportFailure.Certificate, error.Failure);
        Assert.Contains("trust roots", error.Message, StringComparison.Ordinal);
        await Ended(serving);
    }

    /// <summary>
    /// The certificate names an address for its missing issuer that accepts and says nothing: asking it would take the chain's own
    /// time-out of many seconds, whatever the time to connect.
    /// </summary>
    [Fact]
    public async Task A_missing_intermediate_certificate_is_not_downloaded_unless_asked_for()
    {
        var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        try
        {
            var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
            var (leaf, root) = TestCertificates.WithoutIntermediate(new Uri($"http://127.0.0.1:{port}/issuer.cer"));
            using (leaf)
            using (root)
            {
                foreach (var options in new[] { new TransportOptions { TrustRoots = TestCertificates.Roots(root) },
                new TransportOptions() })
                {
                    var serving = ServeAsync(leaf);
                    var error = Assert.Throws<TransportException>(() => Connect(options));
                    Assert.Equal(TransportFailure.Certificate, error.Failure);
                    Assert.Contains(nameof(TransportOptions.AllowCertificateDownloads), error.Message, StringComparison.Ordinal);
                    await Ended(serving);
                    Assert.False(silent.Pending(), "The address that the certificate names was asked.");
                }

                var asked = new TransportOptions { TrustRoots = TestCertificates.Roots(root), AllowCertificateDownloads = true };
                var asking = ServeAsync(leaf);
                var refused = Assert.Throws<TransportException>(() => Connect(asked, TimeSpan.FromSeconds(1)));
                Assert.NotEqual(TransportFailure.Tls, refused.Failure);
                await Ended(asking);
                Assert.True(silent.Pending(), "The address that the certificate names was not asked.");
            }
        }
        finally
        {
            silent.Dispose();
        }
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_its_names_are_told()
    {
        using var other = TestCertificates.SelfSigned("CN=elsewhere", "venue.example");
        var serving = ServeAsync(other);
        var error = Assert.Throws<TransportException>(() => Connect(new TransportOptions { TrustRoots = TestCertificates.Roots(other) }));
        Assert.Equal(TransportFailure.Certificate, error.Failure);
        Assert.Contains("venue.example", error.Message, StringComparison.Ordinal);
        await Ended(serving);
    }

    [Fact]
    public async Task A_pinned_key_is_accepted_and_any_other_refused()
    {
        var options = new TransportOptions { TrustRoots = TestCertificates.Roots(_certificate) };
        options.PinnedPublicKeys.Add(new byte[32]);
        var serving = ServeAsync(_certificate);
        var error = Assert.Throws<TransportException>(() => Connect(options));
        Assert.Equal(TransportFailure.Certificate, error.Failure);
        Assert.Contains("pinned", error.Message, StringComparison.Ordinal);
        await Ended(serving);

        options.PinnedPublicKeys.Add(TestCertificates.Pin(_certificate));
        serving = ServeAsync(_certificate);
        await using var connection = Connect(options);
        await using var server = await serving;
    }

    [Fact]
    public async Task A_server_that_speaks_no_tls_is_told_apart()
    {
        var accepting = _listener.AcceptSocketAsync().Soon();
        var connecting = Task.Run(() => Connect(new TransportOptions()));
        using var server = await accepting;
        _ = await server.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        var error = await Assert.ThrowsAsync<TransportException>(() => connecting);
        Assert.Equal(TransportFailure.Tls, error.Failure);
    }

    [Fact]
    public void A_server_that_says_nothing_is_given_up_in_time()
    {
        // A busy machine may need longer to come to the handshake.
        TransportException error;
        var timeout = TimeSpan.FromMilliseconds(150);
        do
        {
            timeout *= 2;
            error = Assert.Throws<TransportException>(() => Connect(new TransportOptions(), timeout));
        }
        while (!error.Message.Contains("TLS handshake", StringComparison.Ordinal) && timeout < Wait.Long);

        Assert.Equal(TransportFailure.Timeout, error.Failure);
        Assert.Contains("TLS handshake", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_name_what_is_wrong_and_the_expected_form()
    {
        var options = new TransportOptions();
        options.PinnedPublicKeys.Add(new byte[31]);
        Assert.Contains("32 bytes", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.Contains(
            "TrustRoots", Assert.Throws<ArgumentException>(new TransportOptions { TrustRoots = [] }.Validate).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "SendBufferSize", Assert.Throws<ArgumentException>(new TransportOptions { SendBufferSize = 0 }.Validate).Message,
            StringComparison.Ordinal);
    }

    private static async Task Ended(Task<SslStream> serving)
    {
        try
        {
            await using var stream = await serving;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // With TLS 1.3 a server may be done before it hears of the refusal.
        }
    }

    private async Task<SslStream> ServeAsync(X509Certificate2 certificate)
    {
        var client = await _listener.AcceptTcpClientAsync().Soon();
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            // Offline, so that the server itself downloads nothing.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
        });
        return tls;
    }

    private TlsConnection Connect(TransportOptions options, TimeSpan? timeout = null)
    {
        var budget = new ConnectBudget("127.0.0.1", timeout ?? Wait.Long, default);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var socket = SocketConnection.Connect("127.0.0.1", port, options, budget, new AddressOrder(), _flushes);
        var connection = TlsConnection.Handshake(socket, "127.0.0.1", options, budget);
        budget.End();
        return connection;
    }
}
