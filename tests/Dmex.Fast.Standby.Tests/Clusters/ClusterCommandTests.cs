using System.Globalization;
using System.Text.Json;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Local;
using Dmex.Fast.Standby.Tests.Network;
using Dmex.Fast.Standby.Tests.Support;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Clusters;

/// <summary>
/// The commands of a cluster as processes, on servers that <c>dmex standby init</c> set up, with the venue's transcript as the judge.
/// </summary>
public sealed class ClusterCommandTests(CommandCluster cluster) : IClassFixture<CommandCluster>
{
    private const int Orders = 60;

    [Fact]
    public async Task A_killed_engines_orders_are_canceled_from_another_process_and_an_acknowledged_fence_lets_the_next_engine_begin()
    {
        var book = cluster.NewBook();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        OpenOrders(venue);
        using var standby = DmexChild.Start(
            "standby", "--cluster", Standby(book), "--name", "s1", "--url", venue.Url.ToString(), "--json");
        using (var engine = new LabProcess(
        [
            Environment.ProcessPath!, LabProgram.Word, "engine", Engine(book), venue.Url.ToString(), Text(Orders), LabStandby.NoUdp,
        ]))
        {
            _ = await standby.ReadAsync("ready");
            var (code, said) = await StatusAsync(book, orders: Orders);
            Assert.Equal(0, code);
            Assert.Equal("s1", said.GetProperty("wouldFire")[0].GetString());
            Assert.Equal(0UL, said.GetProperty("standbys")[0].GetProperty("lag").GetUInt64());
            Assert.True(said.TryGetProperty("engineSilent", out _));
            engine.Kill();
        }

        var fired = Parse(await standby.ReadAsync("fired"));
        Assert.Equal(("silence", Orders), (fired.GetProperty("reason").GetString(), fired.GetProperty("orders").GetInt32()));
        Assert.Equal(0, Parse(await standby.ReadAsync("reported")).GetProperty("open").GetInt32());
        await IsEverythingCanceledAsync(venue);

        var (fencedCode, fenced) = await StatusAsync(book, orders: Orders);
        Assert.Equal(1, fencedCode);
        var fence = fenced.GetProperty("fences")[0].GetProperty("id").GetString()!;
        await RefusedAsync(2, "--wait means nothing with --cluster", "standby", "--cluster", Standby(book), "--name", "s2", "--wait");
        await RefusedAsync(2, "the one that holds is", "resume", "--cluster", Person(book), "--fence", "00000000000000ff");
        await using (var early = ClusterEngine.New(Engine(book), venue))
        {
            _ = await Assert.ThrowsAsync<StandbyFencedException>(early.BeginAsync);
        }

        var shown = await AnsweredAsync("resume", "--cluster", Person(book), "--json");
        Assert.Equal(1, shown.ExitCode);
        Assert.Equal(fence, Parse(shown.Output).GetProperty("fences")[0].GetProperty("id").GetString());
        var resumed = await AnsweredAsync("resume", "--cluster", Person(book), "--fence", fence);
        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        Assert.Contains("reconcile", resumed.Error, StringComparison.Ordinal);

        await using var next = ClusterEngine.New(Engine(book), venue);
        await next.BeginAsync();
        Assert.Equal(2U, next.Engine.State.Generation);
        standby.Signal("TERM");
        Assert.Equal(0, await standby.EndAsync());
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_fire_sends_nothing_and_writes_no_fence()
    {
        var book = cluster.NewBook();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        using var standby = DmexChild.Start("standby", "--cluster", Standby(book), "--name", "dry", "--dry-run", "--json");
        await using (var engine = await ClusterEngine.StartAsync(Engine(book), venue, Orders))
        {
            _ = await standby.ReadAsync("watching");
            var (code, said) = await StatusAsync(book, Orders, standbys: 1);
            Assert.Equal(1, code); // nobody would fire
            Assert.True(said.GetProperty("standbys")[0].GetProperty("isDryRun").GetBoolean());
        }

        Assert.Equal(Orders, Parse(await standby.ReadAsync("wouldFire")).GetProperty("orders").GetInt32());
        Assert.False((await StatusAsync(book, Orders)).Said.GetProperty("isFenced").GetBoolean());
        Assert.Equal((Orders, 0L), (venue.OpenCount, venue.MessagesReceived));
        standby.Signal("TERM");
        Assert.Equal(130, await standby.EndAsync());
    }

    [Fact]
    public async Task A_panic_has_the_standby_fire_and_a_waiting_engine_resumes_when_an_operator_has_looked()
    {
        var book = cluster.NewBook();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        await using var engine = await ClusterEngine.StartAsync(Engine(book), venue, Orders);
        using var standby = DmexChild.Start("standby", "--cluster", Standby(book), "--name", "s1", "--json");
        _ = await standby.ReadAsync("ready");
        _ = await StatusAsync(book, Orders);

        var panic = await DmexChild.RunAsync("panic", "--cluster", Person(book));

        Assert.True(panic.ExitCode == 0, panic.Output + panic.Error);
        Assert.Contains("1 standby fires", panic.Output, StringComparison.Ordinal);
        Assert.Contains($"reported closed   {Orders}", panic.Output, StringComparison.Ordinal);
        await IsEverythingCanceledAsync(venue);
        await Patience.Until(() => engine.Engine.State.IsLatched, "the engine is latched");

        var fence = (await cluster.StatusAsync(book)).Said.GetProperty("fences")[0];
        Assert.Equal("an operator ordered it", fence.GetProperty("why").GetString());
        foreach (var order in engine.Book.ListOrders(BookScope.All))
        {
            _ = engine.Book.Forget(order.Hash);
        }

        var resuming = engine.Engine.ResumeWhenAcknowledgedAsync().AsTask();
        var resumed = await AnsweredAsync("resume", "--cluster", Person(book), "--fence", fence.GetProperty("id").GetString()!);
        Assert.True(resumed.ExitCode == 0, resumed.Output + resumed.Error);
        await resuming.WaitAsync(Patience.Long);
        Assert.Equal((2U, false), (engine.Engine.State.Generation, engine.Engine.State.IsLatched));
    }

    [Fact]
    public async Task A_panic_without_a_standby_fires_from_the_stream_what_its_scope_covers_and_fences_the_engine()
    {
        var book = cluster.NewBook();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        await using var engine = await ClusterEngine.StartAsync(Engine(book), venue, Orders);
        _ = await StatusAsync(book, Orders);

        var listed = await AnsweredAsync("panic", "--cluster", Person(book), "--scope", "0x1:0x1", "--dry-run");
        Assert.Equal((0, Orders / 2), (listed.ExitCode, listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(0, venue.MessagesReceived);
        var panic = await DmexChild.RunAsync("panic", "--cluster", Person(book), "--scope", "0x1:0x1", "--json");

        Assert.True(panic.ExitCode == 0, panic.Output + panic.Error);
        Assert.Contains("this process fires", panic.Error, StringComparison.Ordinal);
        var notices = panic.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToArray();
        Assert.Equal(["fenced", "reported"], notices.Select(notice => notice.GetProperty("notice").GetString()), StringComparer.Ordinal);
        Assert.Equal((Orders / 2, 0), (notices[1].GetProperty("orders").GetInt32(), notices[1].GetProperty("open").GetInt32()));
        await venue.WaitUntilVerifiedAsync();
        Assert.Equal((Orders / 2, Orders / 2), (venue.OpenCount, venue.CanceledWithValidSignature));
        await Patience.Until(() => engine.Engine.State.IsLatched, "the engine is latched");
        await RefusedAsync(
            1, "No standby says what became of the orders", "resume", "--cluster", Person(book), "--fence", await FenceAsync(book));
    }

    [Fact]
    public async Task A_standby_of_another_venue_account_or_role_is_refused_with_the_remedy()
    {
        var book = cluster.NewBook();
        await using var venue = await SimulatedVenue.StartAsync(new VenueOptions());
        await using var engine = await ClusterEngine.StartAsync(Engine(book), venue, orders: 1);
        string[] standby = ["standby", "--cluster", Standby(book), "--name", "s1"];
        await RefusedAsync(2, "leave --url out", [.. standby, "--url", "ws://127.0.0.1:1/ws"]);
        await RefusedAsync(2, "Give --ttl the engine's", [.. standby, "--ttl", "1.5"]);
        await RefusedAsync(2, "correct --account", [.. standby, "--account", "0x00000000000000000000000000000000000000aa"]);
        await RefusedAsync(2, "is the file of the role operator", "standby", "--cluster", Person(book), "--name", "s1");
        await RefusedAsync(2, "Give --name", "standby", "--cluster", Standby(book));
        await RefusedAsync(2, "1 to 32 of a-z", "standby", "--cluster", Standby(book), "--name", "S 1");
        await RefusedAsync(2, "nothing is to be resumed", "resume", "--cluster", Person(book), "--fence", "1");
        Assert.Equal(0, venue.MessagesReceived);
    }

    [Fact]
    public async Task Init_says_what_to_copy_where_and_replaces_nothing()
    {
        _ = cluster.NewBook();
        Assert.Contains("keep it offline", cluster.Said, StringComparison.Ordinal);
        Assert.Contains("/b1/engine", cluster.Said, StringComparison.Ordinal);
        string[] init = ["standby", "init", "--directory", cluster.Target, "--books", "e1", "--servers"];
        await RefusedAsync(2, "is not empty", [.. init, "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3"]);
        await RefusedAsync(2, "--servers: 'n1:2' is on a host named before", [.. init, "n1:1,n1:2,n3:3"]);
    }

    private async Task<string> FenceAsync(string book) =>
        (await cluster.StatusAsync(book)).Said.GetProperty("fences")[0].GetProperty("id").GetString()!;

    /// <summary>Asks until the stream holds the orders, and so many standbys.</summary>
    private async Task<(int ExitCode, JsonElement Said)> StatusAsync(string book, int orders, int standbys = 0)
    {
        for (var attempt = 0; ; attempt++)
        {
            var status = await cluster.StatusAsync(book);
            if ((status.Said.TryGetProperty("orders", out var held) && held.GetInt32() == orders
                && status.Said.GetProperty("standbys").GetArrayLength() >= standbys) || attempt == 20)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(status.Said.ToString());
                Assert.Equal(orders, held.GetInt32());
                return status;
            }
        }
    }

    /// <summary>Runs it again where the cluster did not answer in time, which on a busy machine is true.</summary>
    private static async Task<(int ExitCode, string Output, string Error)> AnsweredAsync(params string[] arguments)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await DmexChild.RunAsync(arguments);
            if (result.ExitCode != 4 || attempt == 10)
            {
                return result;
            }
        }
    }

    private static async Task RefusedAsync(int exitCode, string expected, params string[] arguments)
    {
        var result = await AnsweredAsync(arguments);
        Assert.True(exitCode == result.ExitCode, $"{result.ExitCode}: {result.Output}{result.Error}");
        Assert.Contains(expected, result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static void OpenOrders(SimulatedVenue venue)
    {
        using var key = LabVenue.OpenKey();
        for (var number = 1; number <= Orders; number++)
        {
            venue.OpenOrder(TestBook.Hash(number).AsSpan(), key.Address.AsSpan());
        }
    }

    private static async Task IsEverythingCanceledAsync(SimulatedVenue venue)
    {
        await venue.WaitUntilVerifiedAsync();
        Assert.Equal((0, Orders), (venue.OpenCount, venue.CanceledWithValidSignature));
        Assert.Empty(venue.Violations);
    }

    private static JsonElement Parse(string json)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(json);
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Engine(string book) => cluster.File(book, NatsStandbyRole.Engine);

    private string Standby(string book) => cluster.File(book, NatsStandbyRole.Standby);

    private string Person(string book) => cluster.File(book, NatsStandbyRole.Operator);
}
