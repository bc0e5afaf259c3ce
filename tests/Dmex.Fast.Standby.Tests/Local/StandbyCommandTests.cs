using System.Text.Json;
using Dmex.Fast.Signing;
using Dmex.Fast.Venue;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Local;

/// <summary>Engine and standby as processes of their own, and the venue's transcript as the judge.</summary>
public sealed class StandbyCommandTests
{
    private const int Orders = 100;
    private const string Ttl = "1";

    [Fact]
    public async Task An_engine_that_is_killed_has_every_armed_order_canceled()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines);

        engine.Signal("KILL");

        Assert.Equal("killed", Report(await standby.ReadAsync("reported")).Trigger);
        Assert.Equal(0, await standby.EndAsync());
        await IsEverythingCanceledAsync(engines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_engine_that_hangs_is_fired_beside_its_lock_finds_the_fence_and_resumes(bool isStopped)
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines);

        await StopAsync(engine, isStopped);
        Assert.Equal("silent", Report(await standby.ReadAsync("reported")).Trigger);
        await IsEverythingCanceledAsync(engines);

        await GoOnAsync(engine, isStopped);
        _ = await engine.ReadAsync("fenced");
        await engine.TellAsync("resume");
        _ = await engine.ReadAsync("resumed");
        var sent = engines.Venue.MessagesReceived;
        _ = await standby.ReadAsync("watching");
        await engine.TellAsync("close");
        _ = await engine.ReadAsync("closed");
        _ = await standby.ReadAsync("closed");
        Assert.Equal(0, await standby.EndAsync());
        Assert.Equal(sent, engines.Venue.MessagesReceived); // what it has armed since is its own
    }

    [Fact]
    public async Task A_resumed_engine_that_is_killed_is_fired_again()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines);
        await StopAsync(engine, isStopped: true);
        _ = await standby.ReadAsync("reported");
        await GoOnAsync(engine, isStopped: true);
        _ = await engine.ReadAsync("fenced");
        await engine.TellAsync("resume");
        _ = await engine.ReadAsync("resumed");

        engine.Signal("KILL");

        Assert.Equal(("killed", Orders), Report(await standby.ReadAsync("reported")));
        Assert.Equal(0, await standby.EndAsync());
    }

    [Fact]
    public async Task An_engine_that_was_closed_has_nothing_canceled()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines);

        await engine.TellAsync("close");

        Assert.Contains($"with {Orders} orders armed; nothing was sent", await standby.ReadAsync("closed"), StringComparison.Ordinal);
        Assert.Equal(0, await standby.EndAsync());
        Assert.Equal((Orders, 0L), (engines.Venue.OpenCount, engines.Venue.MessagesReceived));
    }

    [Fact]
    public async Task A_standby_that_was_stopped_itself_fires_nothing()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines);

        standby.Signal("STOP");
        engine.Signal("STOP");
        await Task.Delay(TimeSpan.FromSeconds(3));
        standby.Signal("CONT");
        engine.Signal("CONT");

        _ = await standby.ReadAsync("restarted");
        await engine.TellAsync("close");
        _ = await standby.ReadAsync("closed");
        Assert.Equal((Orders, 0L), (engines.Venue.OpenCount, engines.Venue.MessagesReceived));
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_fire_and_sends_nothing()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        using var standby = await WatchAsync(engines, "--dry-run");

        await StopAsync(engine, isStopped: false);
        Assert.Contains($"{Orders} orders would be canceled", await standby.ReadAsync("wouldFire"), StringComparison.Ordinal);
        await GoOnAsync(engine, isStopped: false);
        _ = await standby.ReadAsync("recovered");
        engine.Signal("KILL");
        _ = await standby.ReadAsync("wouldFire");

        Assert.Equal(0, await standby.EndAsync());
        Assert.Equal((Orders, 0L), (engines.Venue.OpenCount, engines.Venue.MessagesReceived));
    }

    [Fact]
    public async Task Status_says_who_watches_and_warns_when_nobody_does()
    {
        await using var engines = await Engines.CreateAsync();
        using var engine = await StartEngineAsync(engines);
        string[] status = ["standby", "status", "--book", engines.BookPath, "--json"];
        var alone = await DmexChild.RunAsync(status);
        Assert.Equal(1, alone.ExitCode);
        Assert.False(Parse(alone.Output).GetProperty("isWatched").GetBoolean());

        using var standby = await WatchAsync(engines);
        var watched = await DmexChild.RunAsync(status);
        Assert.Equal((0, ""), (watched.ExitCode, watched.Error));
        var said = Parse(watched.Output);
        Assert.True(said.GetProperty("isWatched").GetBoolean() && said.GetProperty("isRunning").GetBoolean());
        Assert.Equal(
            (engine.Id, standby.Id, Orders),
            (Number("engineProcess"), Number("standbyProcess"), Number("orders")));

        int Number(string name) => said.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task The_page_of_an_engine_that_has_ended_is_refused_with_what_to_do()
    {
        await using var engines = await Engines.CreateAsync();
        using (var engine = await StartEngineAsync(engines))
        {
            engine.Signal("KILL");
            _ = await engine.EndAsync();
        }

        var result = await DmexChild.RunAsync("standby", "--book", engines.BookPath);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("its orders may be open", result.Error, StringComparison.Ordinal);
        Assert.Contains("dmex panic --book FILE", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_named_with_what_to_do()
    {
        await using var engines = await Engines.CreateAsync();
        using var book = engines.OpenBook();
        await RefusedAsync("needs the engine's book", "standby");
        await RefusedAsync("no beat page", "standby", "--book", engines.BookPath);
        await RefusedAsync("not accessible", "standby", "--book", Path.Combine(engines.Folder, "none"));
        await RefusedAsync("--ttl is a time from 0.1 to 3600 seconds, not '0.01'", "standby", "--book", engines.BookPath, "--ttl", "0.01");
        await RefusedAsync("no beat page", "standby", "status", "--book", engines.BookPath);

        static async Task RefusedAsync(string expected, params string[] arguments)
        {
            var result = await DmexChild.RunAsync(arguments);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>An engine in a process of its own, whose orders are open at the venue.</summary>
    private static async Task<DmexChild> StartEngineAsync(Engines engines)
    {
        var orders = Enumerable.Range(1, Orders).Select(Engines.Hash).ToArray();
        await File.WriteAllLinesAsync(Path.Combine(engines.Folder, "orders"), orders.Select(order => order.ToString()));
        var engine = DmexChild.Start("standby", "engine", "--folder", engines.Folder, "--url", engines.Venue.Url.ToString(), "--ttl", Ttl);
        var account = EthereumAddress.Parse((await engine.ReadAsync("account "))["account ".Length..]);
        Array.ForEach(orders, order => engines.Venue.OpenOrder(order.AsSpan(), account.AsSpan()));
        _ = await engine.ReadAsync("armed");
        return engine;
    }

    private static async Task<DmexChild> WatchAsync(Engines engines, params string[] more)
    {
        var standby = DmexChild.Start(["standby", "--book", engines.BookPath, "--json", .. more]);
        _ = await standby.ReadAsync("watching");
        return standby;
    }

    private static async Task StopAsync(DmexChild engine, bool isStopped)
    {
        if (isStopped)
        {
            engine.Signal("STOP");
            return;
        }

        await engine.TellAsync("hang");
        _ = await engine.ReadAsync("hanging");
    }

    private static async Task GoOnAsync(DmexChild engine, bool isStopped)
    {
        if (isStopped)
        {
            engine.Signal("CONT");
            return;
        }

        await engine.TellAsync("go on");
    }

    private static async Task IsEverythingCanceledAsync(Engines engines)
    {
        await engines.Venue.WaitUntilVerifiedAsync();
        Assert.Equal((0, Orders), (engines.Venue.OpenCount, engines.Venue.CanceledCount));
        Assert.Empty(engines.Venue.Violations);

        // A copy that comes now is not decided yet.
        var decided = engines.Venue.Transcript.Where(record => record.Verdict != VenueVerdict.Pending);
        Assert.All(decided, record => Assert.Equal(VenueSignatureCheck.Valid, record.Signature));
    }

    private static (string? Trigger, int Orders) Report(string line)
    {
        var notice = Parse(line);
        var report = notice.GetProperty("report");
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(report.GetProperty("clear").GetBoolean(), line);
        return (notice.GetProperty("trigger").GetString(), report.GetProperty("orders").GetInt32());
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
