using System.Globalization;
using System.Security.Cryptography;
using Dmex.Fast.Cli.Commands;
using Dmex.Fast.Cli.Output;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class PanicCommandTests : IDisposable
{
    private static readonly byte[] Owner = EthereumAddress.Parse(TestAddress).AsSpan().ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("dmex-panic-test-").FullName;

    private string BookPath => Path.Combine(_folder, "orders.book");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_book_file_is_fired_without_the_key_and_the_report_is_exact()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Tls = true });
        var roots = Path.Combine(_folder, "venue.pem");
        venue.ExportCertificatePem(roots);
        WriteBook(venue.Url, Open(venue, 30));

        var result = await RunAsync(new Invocation(["panic", "--book", BookPath, "--ca", roots]));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(
            ("30", "30", "30", "0"),
            (Value(result, "orders"), Value(result, "written"), Value(result, "confirmed"), Value(result, "unresolved")));
        Assert.Matches("^[0-9.]+ ms$", Value(result, "last closed"));
        Assert.Equal(30, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task A_dry_run_lists_the_orders_of_the_scope_and_sends_nothing()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var orders = Open(venue, 4);
        WriteBook(venue.Url, orders);

        var result = await RunAsync(new Invocation(["panic", "--book", BookPath, "--scope", "0x1:0x1", "--dry-run"]));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(2, result.Lines.Length);
        Assert.Contains(
            result.Lines, line => line.StartsWith($"{orders[1]} tag 0x0000000000000001 priority 0 armed", StringComparison.Ordinal));
        Assert.Contains("Nothing was sent", result.Error, StringComparison.Ordinal);
        Assert.Empty(venue.RequestLog);
    }

    [Fact]
    public async Task A_scope_leaves_the_other_orders_open()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        WriteBook(venue.Url, Open(venue, 10));

        var result = await RunAsync(new Invocation(["panic", "--book", BookPath, "--scope", "1:0"]));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("5", Value(result, "orders"));
        Assert.Equal(5, venue.OpenCount);
    }

    [Fact]
    public async Task Hashes_from_standard_input_are_signed_and_fired()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var orders = Open(venue, 20);

        var result = await RunAsync(new Invocation(
            ["panic", "--hashes", "-", "--url", venue.Url.ToString(), "--broadcast"], TestKey, string.Join('\n', orders) + "\n"));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("20", Value(result, "orders"));

        // One copy's confirmation and the other's "already canceled" may come in either order.
        Assert.Equal(
            20, int.Parse(Value(result, "confirmed"), CultureInfo.InvariantCulture)
                + int.Parse(Value(result, "already gone"), CultureInfo.InvariantCulture));
        Assert.Equal(20, venue.CanceledWithValidSignature);
    }

    [Fact]
    public async Task A_venue_that_never_answers_leaves_the_orders_unresolved_and_lists_them()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { NeverAnswer = true } });
        var orders = Open(venue, 3);
        WriteBook(venue.Url, orders);

        var result = await RunAsync(new Invocation(["panic", "--book", BookPath, "--timeout", "1"]));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("3", Value(result, "unresolved"));
        Assert.All(orders, order => Assert.Contains($"unresolved {order}", result.Output, StringComparison.Ordinal));
        Assert.Contains("may still be open", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_the_venue_does_not_know_is_not_found_and_no_success()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var known = Open(venue, 1)[0];
        var unknown = new OrderHash(RandomNumberGenerator.GetBytes(OrderHash.Size));

        var result = await RunAsync(
            new Invocation(["panic", "--hashes", "-", "--url", venue.Url.ToString()], TestKey, $"{known}\n{unknown}\n"));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(("1", "1"), (Value(result, "confirmed"), Value(result, "not found")));
    }

    [Fact]
    public async Task A_book_of_another_endpoint_is_fired_only_when_that_is_allowed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        WriteBook(new Uri("wss://elsewhere.example/ws"), Open(venue, 2));

        var refused = await RunAsync(new Invocation(["panic", "--book", BookPath, "--url", venue.Url.ToString()]));
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--allow-endpoint", refused.Error, StringComparison.Ordinal);
        Assert.Empty(venue.RequestLog);

        var allowed = await RunAsync(new Invocation(["panic", "--book", BookPath, "--url", venue.Url.ToString(), "--allow-endpoint"]));
        Assert.True(allowed.ExitCode == 0, allowed.Error);
        Assert.Equal("2", Value(allowed, "confirmed"));
    }

    [Fact]
    public async Task A_file_that_is_no_book_and_no_source_at_all_are_refused()
    {
        await File.WriteAllTextAsync(BookPath, "not a book");

        var noBook = await RunAsync("panic", "--book", BookPath);
        Assert.Equal((2, ""), (noBook.ExitCode, noBook.Output));
        Assert.Contains("Nothing was sent", noBook.Error, StringComparison.Ordinal);

        var nothing = await RunAsync("panic");
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("--book FILE or --hashes FILE", nothing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_book_that_another_process_holds_is_listed_and_fired_from_a_copy()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        WriteBook(venue.Url, Open(venue, 3));
        using var engine = CancelBook.OpenFile(BookPath);

        var listed = await RunAsync("panic", "--book", BookPath, "--dry-run");
        var fired = await RunAsync("panic", "--book", BookPath);

        foreach (var result in new[] { listed, fired })
        {
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Contains("opened read-only, as a copy: another process has it open", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(3, listed.Lines.Length);
        Assert.Equal(("3", 3L), (Value(fired, "confirmed"), venue.CanceledWithValidSignature));
        Assert.Equal(3, engine.CountsByState.Armed);
    }

    [Fact]
    public async Task A_book_that_cannot_be_written_is_fired_from_a_copy()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName is "root")
        {
            Assert.Skip("Root may write whatever the mode says.");
            return;
        }

        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        WriteBook(venue.Url, Open(venue, 3));
        File.SetUnixFileMode(BookPath, UnixFileMode.UserRead);

        var fired = await RunAsync("panic", "--book", BookPath);

        Assert.True(fired.ExitCode == 0, fired.Error);
        Assert.Contains("it cannot be written", fired.Error, StringComparison.Ordinal);
        Assert.Equal("3", Value(fired, "confirmed"));
    }

    [Theory]
    [InlineData("/dev/null", "is not a book: it is empty, or a device or a pipe")]
    [InlineData("/", "is not a book: it is a directory")]
    [InlineData("/nowhere/orders.book", "there is no such")]
    public async Task What_is_no_file_is_no_book_and_the_error_says_what_it_is(string path, string expected)
    {
        var result = await RunAsync("panic", "--book", path, "--dry-run");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_no_rule_knows_is_shown_when_an_order_is_unresolved()
    {
        await using var server = new ScriptedServer(async peer =>
        {
            _ = await peer.ReadCancelAsync();
            await peer.SendTextAsync("{\"verdict\":\"E17\"}");
            await peer.DrainAsync();
        });

        var result = await RunAsync(new Invocation(
            ["panic", "--hashes", "-", "--url", server.Uri.ToString(), "--timeout", "1", "--connections", "1"], TestKey,
            $"0x{new string('a', 64)}\n"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "1 message came that no rule knows; the last begins: {\"verdict\":\"E17\"}", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("x:1")]
    [InlineData("1:2")] // a value outside of the mask matches no tag
    public void A_scope_that_is_wrong_is_refused(string scope) =>
        Assert.Equal(ExitCode.BadInput, Assert.Throws<CommandException>(() => PanicCommand.ParseScope(scope)).ExitCode);

    // The report's names are as wide as the longest, so that no list line is taken for one.
    private static string Value(Result result, string name) =>
        Assert.Single(
            result.Lines,
            line => line.StartsWith(name.PadRight("last confirmation ".Length), StringComparison.Ordinal))[name.Length..].Trim();

    /// <summary>Tags count up from 0.</summary>
    private void WriteBook(Uri endpoint, OrderHash[] orders)
    {
        using var key = SigningKey.Parse(TestKey.AsSpan());
        using var book = CancelBook.CreateFile(BookPath, new CancelBookOptions { Capacity = 100, Endpoint = endpoint }, key);
        for (var i = 0; i < orders.Length; i++)
        {
            Assert.Equal(ArmResult.Armed, book.Arm(orders[i], tag: (ulong)i));
            Assert.True(book.MarkLive(orders[i]));
        }
    }

    private static OrderHash[] Open(SimulatedVenue venue, int count)
    {
        var orders = new OrderHash[count];
        for (var i = 0; i < count; i++)
        {
            orders[i] = new OrderHash(RandomNumberGenerator.GetBytes(OrderHash.Size));
            venue.OpenOrder(orders[i].AsSpan(), Owner);
        }

        return orders;
    }
}
