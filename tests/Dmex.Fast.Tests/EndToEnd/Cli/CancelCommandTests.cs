using System.Security.Cryptography;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class CancelCommandTests : IDisposable
{
    private static readonly byte[] Owner = EthereumAddress.Parse(TestAddress).AsSpan().ToArray();
    private static readonly byte[] Stranger = [.. Enumerable.Repeat((byte)0x11, EthereumAddress.Size)];

    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-cancel-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Orders_are_canceled_over_tls_and_each_gets_a_line()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        var roots = Path.Combine(_folder, "venue.pem");
        venue.ExportCertificatePem(roots);
        var (first, second) = (Open(venue, Owner), Open(venue, Owner));

        var result = await CancelAsync(venue, $"{first}\n{second}\n{first}\n", "-", "--ca", roots, "--account", TestAddress);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(2, result.Lines.Length);
        Assert.Matches($"^{first} confirmed [0-9.]+ ms$", result.Lines[0]);
        Assert.Matches($"^{second} confirmed [0-9.]+ ms$", result.Lines[1]);
        Assert.Equal(2, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task A_filled_order_is_already_gone_and_that_is_success()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var order = Open(venue, Owner);
        Assert.True(venue.FillOrder(order.AsSpan()));

        var result = await CancelAsync(venue, "", order.ToString());

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches($@"^{order} already-gone\(filled\) [0-9.]+ ms", result.Lines[0]);
    }

    [Fact]
    public async Task A_strangers_order_is_rejected_with_the_reason_and_decides_the_exit_code()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var (mine, other) = (Open(venue, Owner), Open(venue, Stranger));

        var result = await CancelAsync(venue, "", mine.ToString(), other.ToString());

        Assert.Equal(3, result.ExitCode);
        Assert.Matches($"^{mine} confirmed", result.Lines[0]);
        Assert.Matches($"^{other} rejected [0-9.]+ ms: .*owner", result.Lines[1]);
    }

    [Fact]
    public async Task A_venue_that_never_answers_leaves_the_order_unresolved()
    {
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { Faults = new VenueFaults { NeverAnswer = true } });
        var order = Open(venue, Owner);

        var result = await CancelAsync(venue, "", order.ToString(), "--timeout", "1");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($@"^{order} unresolved\(no-answer\)", result.Lines[0]);
        Assert.Contains("may still be open", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_lost_leaves_the_order_unresolved_at_once()
    {
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { Faults = new VenueFaults { ResetProbability = 1 } });
        var order = Open(venue, Owner);

        var result = await CancelAsync(venue, "", order.ToString(), "--timeout", "600");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($@"^{order} unresolved\(connection-lost\)", result.Lines[0]);
    }

    [Fact]
    public async Task A_wrong_hash_among_good_ones_sends_nothing()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var order = Open(venue, Owner);

        var result = await CancelAsync(venue, $"{order}\nnonsense\n", "-");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Line 2", result.Error, StringComparison.Ordinal);
        Assert.Empty(venue.RequestLog);
    }

    [Fact]
    public async Task A_key_of_another_account_sends_nothing()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());

        var result = await CancelAsync(
            venue, "", Open(venue, Owner).ToString(), "--account", new EthereumAddress(Stranger).ToString());

        Assert.Equal((5, ""), (result.ExitCode, result.Output));
        Assert.Contains(TestAddress, result.Error, StringComparison.Ordinal);
        Assert.Empty(venue.RequestLog);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_and_ca_is_named()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });

        var result = await CancelAsync(venue, "", Open(venue, Owner).ToString());

        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.Contains("--ca", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, venue.MessagesReceived);
    }

    [Fact]
    public async Task A_refused_handshake_is_told_with_its_status()
    {
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { Faults = new VenueFaults { RefuseHandshake = new VenueRefusal { StatusCode = 503 } } });

        var result = await CancelAsync(venue, "", Open(venue, Owner).ToString());

        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.Contains("503", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/ws")]
    [InlineData("nonsense")]
    [InlineData("ws://venue.example/ws")] // not encrypted, and not loopback
    public async Task A_url_that_cannot_be_used_is_refused(string url)
    {
        var result = await RunAsync(new Invocation(["cancel", Hash().ToString(), "--url", url], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--url", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_a_failed_connection()
    {
        var result = await RunAsync(new Invocation(["cancel", Hash().ToString(), "--url", "ws://127.0.0.1:1/ws"], TestKey));

        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.Contains("Nothing was sent", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_certificates_is_refused()
    {
        var path = Path.Combine(_folder, "empty.pem");
        await File.WriteAllTextAsync(path, "nothing here\n");

        var result = await RunAsync(
            new Invocation(["cancel", Hash().ToString(), "--url", "wss://127.0.0.1:1/ws", "--ca", path], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
    }

    private static Task<Result> CancelAsync(SimulatedVenue venue, string input, params string[] arguments) =>
        RunAsync(new Invocation(["cancel", .. arguments, "--url", venue.Url.ToString()], TestKey, input));

    private static OrderHash Open(SimulatedVenue venue, byte[] owner)
    {
        var hash = Hash();
        venue.OpenOrder(hash.AsSpan(), owner);
        return hash;
    }

    private static OrderHash Hash() => new(RandomNumberGenerator.GetBytes(OrderHash.Size));
}
