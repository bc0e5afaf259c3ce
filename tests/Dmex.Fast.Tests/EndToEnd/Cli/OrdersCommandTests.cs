using System.CommandLine;
using System.Text.Json;
using Dmex.Fast.Cli.Input;
using Dmex.Fast.Signing;
using Dmex.Fast.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;
using static Dmex.Fast.Tests.EndToEnd.Cli.DmexProcess;

namespace Dmex.Fast.Tests.EndToEnd.Cli;

public sealed class OrdersCommandTests
{
    private static readonly byte[] Owner = EthereumAddress.Parse(TestAddress).AsSpan().ToArray();

    [Fact]
    public async Task Open_orders_are_listed_as_lines_or_as_the_venues_json()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        var details = new VenueOrderDetails { Asset = "ethusd", IsBuy = false, Price = 7, Amount = 9 };
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), Owner, details);
        string[] arguments = ["orders", "--url", venue.Url.ToString(), "--account", TestAddress];

        var lines = await RunAsync(new Invocation(arguments));
        Assert.True(lines.ExitCode == 0, lines.Error);
        Assert.StartsWith($"{TestClient.Hash(1)} ethusd sell 7 9 20", Assert.Single(lines.Lines), StringComparison.Ordinal);

        var json = await RunAsync(new Invocation([.. arguments, "--json"]));
        Assert.True(json.ExitCode == 0, json.Error);
        Assert.Equal(2, json.Lines.Length);
        using var order = JsonDocument.Parse(json.Lines[0]);
        Assert.Equal(TestClient.Hash(1).ToString(), order.RootElement.GetProperty("hash").GetString());
        AssertSummary(json.Lines[1], 1);
    }

    [Fact]
    public async Task No_open_orders_are_told_and_told_from_a_list_that_failed()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        string[] arguments = ["orders", "--url", venue.Url.ToString(), "--account", TestAddress];

        var told = await RunAsync(new Invocation(arguments));
        Assert.Equal((0, string.Empty), (told.ExitCode, told.Output));
        Assert.Contains($"{TestAddress} has no open orders", told.Error, StringComparison.Ordinal);

        var json = await RunAsync(new Invocation([.. arguments, "--json"]));
        Assert.Equal((0, string.Empty), (json.ExitCode, json.Error));
        AssertSummary(Assert.Single(json.Lines), 0);

        venue.Faults = new VenueFaults { CutListProbability = 1 };
        var failed = await RunAsync(new Invocation([.. arguments, "--json"]));
        Assert.Equal((4, string.Empty), (failed.ExitCode, failed.Output));
        Assert.Contains("the list of open orders could not be read", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_listed_orders_of_a_side_are_canceled_and_both_witnesses_are_told()
    {
        await using var venue = await StartWithBuysAndSellsAsync();
        var result = await RunAsync(new Invocation(
            ["panic", "--open-orders", "--side", "buy", "--timeout", "60", "--url", venue.Url.ToString()], Key: TestKey));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(
            result.Lines, line => line.StartsWith("confirmed", StringComparison.Ordinal) && line.EndsWith(" 4", StringComparison.Ordinal));
        Assert.Contains(result.Lines, line => line.EndsWith("clear, twice in a row", StringComparison.Ordinal));
        Assert.Equal(2, venue.OpenCount);
    }

    [Fact]
    public async Task A_dry_run_over_the_list_prints_what_passes_the_filter_and_cancels_nothing()
    {
        await using var venue = await StartWithBuysAndSellsAsync();
        var result = await RunAsync(new Invocation(
            ["panic", "--open-orders", "--dry-run", "--side", "sell", "--url", venue.Url.ToString()], Key: TestKey));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(2, result.Lines.Length);
        Assert.Contains($"2 orders of {TestAddress} would be canceled. Nothing was sent.", result.Error, StringComparison.Ordinal);
        Assert.Equal(6, venue.OpenCount);
    }

    [Fact]
    public async Task Where_nothing_was_canceled_the_account_and_the_filter_are_named()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), Owner, new VenueOrderDetails { Asset = "btcusd" });
        string[] arguments =
            ["panic", "--open-orders", "--asset", "btcusdd", "--side", "buy", "--timeout", "60", "--url", venue.Url.ToString()];
        var result = await RunAsync(new Invocation(arguments, Key: TestKey));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("account", result.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith(TestAddress, result.Lines[0], StringComparison.Ordinal);
        Assert.Contains("the account has no open order to buy in btcusdd", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, venue.OpenCount);
    }

    [Fact]
    public async Task A_list_that_was_never_read_has_no_orders_that_could_be_counted()
    {
        var faults = new VenueFaults { RefuseList = new VenueRefusal { RetryAfter = TimeSpan.FromDays(100) } };
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = faults });
        string[] arguments = ["panic", "--open-orders", "--timeout", "1", "--url", venue.Url.ToString()];
        var result = await RunAsync(new Invocation(arguments, Key: TestKey));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{"list",-18}not read", result.Lines, StringComparer.Ordinal);
        Assert.Contains("HTTP status 503", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_that_the_list_contradicts_is_not_done()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions { Faults = new VenueFaults { LieProbability = 1 } });
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), Owner);
        string[] arguments =
            ["cancel", TestClient.Hash(1).ToString(), "--url", venue.Url.ToString(), "--list-url", venue.ListUrl.ToString()];
        var result = await RunAsync(new Invocation(arguments, Key: TestKey));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"still listed {TestClient.Hash(1)}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_panic_over_a_book_says_at_the_end_what_the_list_says()
    {
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        venue.OpenOrder(TestClient.Hash(1).AsSpan(), Owner);
        string[] arguments = ["panic", "--hashes", "-", "--url", venue.Url.ToString(), "--list-url", venue.ListUrl.ToString()];
        var result = await RunAsync(new Invocation(arguments, Key: TestKey, Input: TestClient.Hash(1).ToString()));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"By the venue's list, {TestAddress} has none of 1 open.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--no-list leaves nothing to do", "orders", "--url", "dmex", "--no-list")]
    [InlineData("rule each other out", "cancel", "-", "--no-list", "--list-url", "https://venue.example/api/orders", "--url", "dmex")]
    [InlineData("--list-url is not the address of a list", "orders", "--url", "dmex", "--list-url", "venue.example")]
    [InlineData("--asset and --side filter the venue's list", "panic", "--asset", "btcusd", "--url", "dmex")]
    [InlineData("--book means nothing with --open-orders", "panic", "--open-orders", "--book", "orders.book", "--url", "dmex")]
    [InlineData("--hashes means nothing with --open-orders", "panic", "--open-orders", "--hashes", "-", "--url", "dmex")]
    [InlineData("--scope means nothing with --open-orders", "panic", "--open-orders", "--scope", "ff:01", "--url", "dmex")]
    [InlineData("--json means nothing with --open-orders", "panic", "--open-orders", "--json", "--url", "dmex")]
    [InlineData("--cluster means nothing with --open-orders", "panic", "--open-orders", "--cluster", "cluster.json", "--url", "dmex")]
    [InlineData("dmex: --list-url: https:// for venue.example", "orders", "--url", "dmex", "--list-url", "http://venue.example/api/orders")]
    public async Task Flags_of_the_list_that_do_not_fit_are_refused_before_anything_is_sent(string expected, params string[] arguments)
    {
        var result = await RunAsync(new Invocation(arguments, Key: TestKey, Input: TestClient.Hash(1).ToString()));
        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wss://api.dmex.app/ws", false, true)]
    [InlineData("wss://api.dmex.app/ws --no-list", false, false)]
    [InlineData("wss://venue.example/ws", false, false)]
    [InlineData("wss://venue.example/ws", true, true)]
    [InlineData("wss://venue.example/ws --list-url https://other.example/orders", false, true)]
    public void The_list_is_derived_from_the_documented_venue_alone_unless_the_command_is_about_it(string text, bool isNeeded, bool isAsked)
    {
        var (flags, command) = (new ListFlags(), new Command("test"));
        flags.AddTo(command);
        var words = text.Split(' ');
        var options = new DmexClientOptions { Endpoint = new Uri(words[0]) };
        flags.Apply(command.Parse(words[1..]), options, isNeeded);
        Assert.Equal(isAsked, options.OpenOrders is not null);
        Assert.Equal(words.ElementAtOrDefault(2), options.OpenOrders?.Endpoint?.ToString());
    }

    /// <summary>A venue with four orders to buy and two to sell.</summary>
    private static async Task<SimulatedVenue> StartWithBuysAndSellsAsync()
    {
        var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        for (var i = 0; i < 6; i++)
        {
            venue.OpenOrder(TestClient.Hash(i).AsSpan(), Owner, new VenueOrderDetails { IsBuy = i < 4 });
        }

        return venue;
    }

    private static void AssertSummary(string line, int orders)
    {
        using var summary = JsonDocument.Parse(line);
        Assert.Equal(TestAddress, summary.RootElement.GetProperty("account").GetString(), ignoreCase: true);
        Assert.Equal(orders, summary.RootElement.GetProperty("orders").GetInt32());
    }
}
