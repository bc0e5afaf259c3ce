using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Dmex.Fast.Cli;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Lab.Peers;
using Dmex.Fast.Tests.Support;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class VenueCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-venue-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_prints_its_url_its_certificate_and_its_open_orders_and_ends_when_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to end a process kindly.");
        using var process = Start(new Invocation(["venue", "--tls", "--owner", TestAddress, "--open-orders", "2"]));
        try
        {
            var url = await ReadAsync(process, "url ");
            var certificate = await ReadAsync(process, "certificate ");
            var orders = new[] { await ReadAsync(process, "order "), await ReadAsync(process, "order ") };

            Assert.StartsWith("wss://127.0.0.1:", url, StringComparison.Ordinal);
            Assert.All(orders, order => Assert.Matches("^0x[0-9a-f]{64}$", order));
            await AssertConnectsAsync(new Uri(url), certificate);

            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await Wait.Ended(process);
            Assert.Equal(0, process.ExitCode);
            Assert.False(File.Exists(certificate), "The temporary certificate stayed behind.");
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData("2 of 2 are still open", "--lie", "1")]
    [InlineData("2 of 2 are still open", "--list-stale")]
    [InlineData("HTTP status 429, not the list of open orders. It asks to wait 2 s.", "--list-status", "429")]
    [InlineData("could not be read", "--list-cut", "1")]
    [InlineData("the list holds another user's order", "--list-foreign", "1")]
    public async Task Its_list_has_the_faults_that_the_command_line_asks_for(string expected, params string[] faults)
    {
        var orders = Path.Combine(_folder, "orders.txt");
        using var process = Start(new Invocation(
            ["venue", "--owner", TestAddress, "--open-orders", "2", "--orders-file", orders, .. faults]));
        try
        {
            var url = await ReadAsync(process, "url ");
            Assert.Equal(orders, await ReadAsync(process, "orders "));
            var list = new UriBuilder(url) { Scheme = "http", Path = "/api/orders" }.Uri.ToString();
            var told = await RunAsync(new Invocation(
                ["cancel", .. await File.ReadAllLinesAsync(orders), "--url", url, "--list-url", list], Key: TestKey));
            Assert.Contains(expected, told.Error, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Orders_and_certificate_go_to_the_files_that_are_named()
    {
        var certificate = Path.Combine(_folder, "venue.pem");
        var orders = Path.Combine(_folder, "orders.txt");
        using var process = Start(new Invocation(
            ["venue", "--tls", "--owner", TestAddress, "--open-orders", "3", "--orders-file", orders, "--cert-file", certificate]));
        try
        {
            Assert.NotEmpty(await ReadAsync(process, "url "));
            Assert.Equal(certificate, await ReadAsync(process, "certificate "));
            Assert.Equal(orders, await ReadAsync(process, "orders "));

            Assert.Equal(3, (await File.ReadAllLinesAsync(orders)).Length);
            Assert.Contains("BEGIN CERTIFICATE", await File.ReadAllTextAsync(certificate), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task A_controlled_venue_ends_with_its_input()
    {
        var result = await RunAsync("venue", "--tls", "--control");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("{\"url\":\"wss://127.0.0.1:", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "invalid")]
    [InlineData("{\"do\":\"dance\",\"orders\":[]}", "dance")]
    [InlineData("{\"do\":\"open\",\"orders\":[\"0x12\"],\"owner\":\"" + TestAddress + "\"}", "64 hex digits")]
    public async Task A_controlled_venue_answers_a_wrong_request_with_an_error(string request, string expected)
    {
        var result = await RunAsync(new Invocation(["venue", "--control"], Input: request + "\n"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"error\":", result.Lines[1], StringComparison.Ordinal);
        Assert.Contains(expected, result.Lines[1], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Orders_without_an_owner_are_refused()
    {
        var result = await RunAsync("venue", "--open-orders", "1");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--owner", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_to_be()
    {
        var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        try
        {
            var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

            var result = await RunAsync("venue", "--port", port.ToString());

            Assert.Equal(2, result.ExitCode);
            Assert.Contains("--port", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            taken.Stop();
        }
    }

    /// <summary>Reads the next line, which must begin with <paramref name="name"/>, and returns the rest of it.</summary>
    private static async Task<string> ReadAsync(Process process, string name)
    {
        var line = await process.StandardOutput.ReadLineAsync().Soon();
        Assert.NotNull(line);
        Assert.StartsWith(name, line, StringComparison.Ordinal);
        return line[name.Length..];
    }

    private static async Task AssertConnectsAsync(Uri url, string certificate)
    {
        using var root = X509CertificateLoader.LoadCertificateFromFile(certificate);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = TrustRoot.Only(root);
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(url, invoker, CancellationToken.None).Soon();
        Assert.Equal(WebSocketState.Open, socket.State);
    }
}
