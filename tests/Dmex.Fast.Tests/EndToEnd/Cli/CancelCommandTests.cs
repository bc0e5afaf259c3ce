using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
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
        Assert.Matches($"^{first} confirmed [0-9.,]+ ms$", result.Lines[0]);
        Assert.Matches($"^{second} confirmed [0-9.,]+ ms$", result.Lines[1]);
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
        Assert.Matches($@"^{order} already-gone\(filled\) [0-9.,]+ ms", result.Lines[0]);
    }

    [Fact]
    public async Task A_strangers_order_is_rejected_with_the_reason_and_decides_the_exit_code()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var (mine, other) = (Open(venue, Owner), Open(venue, Stranger));

        var result = await CancelAsync(venue, "", mine.ToString(), other.ToString());

        Assert.Equal(3, result.ExitCode);
        Assert.Matches($"^{mine} confirmed", result.Lines[0]);
        Assert.Matches($"^{other} rejected [0-9.,]+ ms: .*owner", result.Lines[1]);
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
    public async Task Connections_that_are_lost_are_re_established_for_as_long_as_there_is_time()
    {
        var cancels = 0;
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            if (Interlocked.Increment(ref cancels) <= 2)
            {
                peer.Reset(); // both connections: none is left for a while
                return;
            }

            await peer.ConfirmAsync(hash);
            await peer.DrainAsync();
        });
        var order = Hash();

        var result = await RunAsync(
            new Invocation(["cancel", order.ToString(), "--url", server.Uri.ToString(), "--timeout", "60"], TestKey));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches($"^{order} confirmed", result.Lines[0]);
        Assert.Equal(3, cancels);
    }

    [Fact]
    public async Task A_venue_that_resets_every_connection_leaves_the_order_unresolved_when_the_time_is_up()
    {
        await using var venue = await SimulatedVenue.StartAsync(
            new VenueOptions { Faults = new VenueFaults { ResetProbability = 1 } });
        var order = Open(venue, Owner);

        var result = await CancelAsync(venue, "", order.ToString(), "--timeout", "1");

        Assert.Equal(1, result.ExitCode);
        var time = Regex.Match(
            result.Lines[0], $@"^{order} unresolved\([a-z-]+\) ([0-9.,]+) ms", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        Assert.True(double.Parse(time, CultureInfo.InvariantCulture) > 900, result.Output);
    }

    [Fact]
    public async Task What_no_rule_knows_is_counted_and_shown_and_a_rule_makes_an_answer_of_it()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            var hash = await peer.ReadCancelAsync();
            await peer.SendTextAsync("{\"done\":\"" + hash + "\",\"r\":\"0x1234567890\"}");
            await peer.DrainAsync();
        });
        var rules = Path.Combine(_folder, "rules.json");
        await File.WriteAllTextAsync(
            rules, "{\"rules\":[{\"name\":\"done\",\"means\":\"confirmed\",\"message\":{\"done\":\"$order\",\"r\":\"0x1234567890\"}}]}");
        string[] arguments = ["cancel", Hash().ToString(), "--url", server.Uri.ToString(), "--timeout", "1"];

        var text = await RunAsync(new Invocation(arguments, TestKey));
        var json = await RunAsync(new Invocation([.. arguments, "--json"], TestKey));
        var told = await RunAsync(new Invocation([.. arguments, "--rules", rules], TestKey));

        Assert.Equal((1, 1, 0), (text.ExitCode, json.ExitCode, told.ExitCode));
        Assert.Matches(@"unresolved\(no-answer\) [0-9.,]+ ms: [12] messages? that no rule knows", text.Lines[0]);
        Assert.Contains("\",\"r\":…}", text.Error, StringComparison.Ordinal);
        Assert.Contains("--rules", text.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        Assert.True(document.RootElement.GetProperty("unknownMessages").GetInt64() > 0);
        Assert.DoesNotContain("1234567890", document.RootElement.GetProperty("lastUnknownMessage").GetString(), StringComparison.Ordinal);
        Assert.Contains(" confirmed ", told.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_file_of_rules_is_refused_with_its_line()
    {
        var rules = Path.Combine(_folder, "rules.json");
        await File.WriteAllTextAsync(rules, "{\"rules\":[\n{\"nme\":1}]}");

        var result = await RunAsync(new Invocation(["cancel", Hash().ToString(), "--url", "ws://127.0.0.1:1/", "--rules", rules], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains($"{rules}, line 2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_and_a_token_reach_the_venue()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            await peer.ConfirmAsync(await peer.ReadCancelAsync());
            await peer.DrainAsync();
        });
        var token = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(token, "abc.def\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead);
        }

        var result = await RunAsync(new Invocation(
            [
                "cancel", Hash().ToString(), "--url", server.Uri.ToString(), "--header", "X-Api-Key: one", "--header", "X-Other:two",
                "--token-file", token, "--rate", "5",
            ],
            TestKey));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("\r\nX-Api-Key: one\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Other: two\r\n", server.LastRequest, StringComparison.Ordinal);
        Assert.Contains("\r\nAuthorization: Bearer abc.def\r\n", server.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host: x", "belongs to the handshake")]
    [InlineData("nonsense", "not NAME:VALUE")]
    [InlineData("a b: x", "is not a token")]
    public async Task A_header_that_cannot_be_sent_is_refused_in_the_commands_words(string header, string expected)
    {
        var result = await RunAsync(
            new Invocation(["cancel", Hash().ToString(), "--url", "ws://127.0.0.1:1/", "--header", header], TestKey));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--header", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Handshake", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel", "-")]
    [InlineData("panic", "--hashes", "-")]
    public async Task The_venue_must_be_named_and_the_documented_one_is_shown(params string[] arguments)
    {
        var result = await RunAsync(new Invocation(arguments, TestKey, $"{Hash()}\n"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("must be named with --url; DMEX documents wss://api.dmex.app/ws", result.Error, StringComparison.Ordinal);
        Assert.Contains("--url dmex", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_word_dmex_stands_for_the_documented_venue() =>
        Assert.Equal(new Uri("wss://api.dmex.app/ws"), VenueUrl.Parse("dmex"));

    [Fact]
    public async Task A_refusal_with_a_time_to_wait_is_told()
    {
        await using var server = new ScriptedServer(_ => Task.CompletedTask)
        {
            HandshakeResponse = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
        };

        var result = await RunAsync(new Invocation(["cancel", Hash().ToString(), "--url", server.Uri.ToString()], TestKey));

        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.Contains("wait for 30 s", result.Error, StringComparison.Ordinal);
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
