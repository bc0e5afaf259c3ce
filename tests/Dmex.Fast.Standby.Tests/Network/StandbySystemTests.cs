using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Standby.Nats;
using Dmex.Fast.Standby.Tests.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>
/// Engine, two standbys, three servers and the venue as processes on hosts of their own. What happened is what the venue's transcript
/// says.
/// </summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class StandbySystemTests(NetworkLabFixture fixture, ITestOutputHelper output) : IClassFixture<NetworkLabFixture>, IDisposable
{
    private const int Orders = 1000;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(120));
    private readonly List<LabProcess> _processes = [];
    private NetworkLab _lab = null!;
    private LabProcess _venue = null!;
    private LabProcess _engine = null!;
    private LabProcess[] _standbys = [];

    private CancellationToken Token => _timeout.Token;

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        _timeout.Dispose();
    }

    [Fact]
    public async Task An_engine_that_is_killed_has_every_order_canceled()
    {
        await StartAsync();
        await ExpectFireAsync(() => _engine.Kill());
    }

    [Fact]
    public async Task An_engine_that_is_stopped_has_every_order_canceled()
    {
        await StartAsync();
        await ExpectFireAsync(() => _engine.Freeze());

        // When it goes on it learns that it was fenced, and resumes when it is told to: nothing of the old generation is fired again.
        _engine.Thaw();
        await _engine.WaitForAsync(line => LabProcess.Value(line, "latched") == 1 && LabProcess.Value(line, "fenced") == 1, Token);
        _engine.Tell(LabEngine.Resume);
        await _engine.WaitForAsync(
            line => line.Contains("held=1 latched=0 generation=2", StringComparison.Ordinal),
            Token);
        await Task.Delay(3000, Token);
        await _venue.WaitForAsync(line => LabProcess.Value(line, "open") == LabEngine.ArmedAfterResume, Token);

        // The new generation is guarded as the old one was.
        _engine.Kill();
        var seen = await _venue.WaitForAsync(line => LabProcess.Value(line, "open") == 0, Token);
        Assert.Equal(Orders + LabEngine.ArmedAfterResume, LabProcess.Value(seen, "valid"));
    }

    [Fact]
    public async Task An_engine_that_dies_while_the_stream_has_no_leader_has_every_order_canceled()
    {
        var book = await StartAsync();
        var asking = Start(NetworkLab.Engine, "leader", _lab.ClusterFile(book, NatsStandbyRole.Engine));
        var leader = await asking.WaitForAsync(line => LabProcess.Value(line, "leader") is not null, Token);
        _lab.Servers[(int)LabProcess.Value(leader, "leader")!.Value].Kill();
        await ExpectFireAsync(() => _engine.Kill());
    }

    [Theory]
    [InlineData(IsolationPolicy.Hold)]
    [InlineData(IsolationPolicy.Fire)]
    public async Task A_standby_that_is_alone_for_long_does_what_its_policy_says(IsolationPolicy policy)
    {
        await StartAsync(policy);
        string[] cluster = ["n1", "n2", "n3", NetworkLab.Engine];
        void Isolate() => _lab.CutOff(NetworkLab.FirstStandby, cluster);
        if (policy == IsolationPolicy.Fire)
        {
            await ExpectFireAsync(Isolate);
            Assert.Contains(_standbys[0].Lines, line => line.Contains("fired=Isolated", StringComparison.Ordinal));
        }
        else
        {
            Isolate();
            await Task.Delay(13_000, Token);
            await ExpectNoFireAsync();
        }

        _lab.Heal(NetworkLab.FirstStandby, cluster);
    }

    [Fact]
    public async Task An_engine_whose_host_is_cut_off_has_every_order_canceled_and_latches()
    {
        await StartAsync();
        var latched = _engine.WaitForAsync(line => LabProcess.Value(line, "latched") == 1, Token);
        await ExpectFireAsync(() => _lab.CutOff(NetworkLab.Engine));
        await latched;
        _lab.Heal(NetworkLab.Engine);
    }

    [Fact]
    public async Task An_engine_that_dies_just_after_two_servers_has_every_order_canceled_by_isolation()
    {
        await StartAsync();
        await ExpectFireAsync(() =>
        {
            _lab.Servers[0].Kill();
            _lab.Servers[1].Kill();
            _engine.Kill();
        });
    }

    [Fact]
    public async Task A_healthy_engine_keeps_its_orders_through_faults_of_all_others()
    {
        await StartAsync();
        _engine.Freeze();
        await Task.Delay(1000, Token);
        _engine.Thaw();
        await Task.Delay(2000, Token);

        _standbys[0].Freeze();
        _lab.CutOff(NetworkLab.SecondStandby);
        await Task.Delay(4000, Token);
        _standbys[0].Thaw();
        _lab.Heal(NetworkLab.SecondStandby);
        await Task.Delay(2000, Token);

        for (var i = 0; i < 8; i++)
        {
            _lab.Mute(NetworkLab.Engine);
            await Task.Delay(600, Token);
            _lab.Unmute(NetworkLab.Engine);
            await Task.Delay(400, Token);
        }

        foreach (var server in _lab.Servers.Take(2))
        {
            server.Kill();
            await Task.Delay(2000, Token);
        }

        await Task.Delay(3000, Token);
        await ExpectNoFireAsync();
    }

    /// <summary>Starts everything, and waits until both standbys hold every order and can fire.</summary>
    private async Task<string> StartAsync(IsolationPolicy policy = IsolationPolicy.Fire)
    {
        _lab = fixture.Open();
        var book = _lab.NewBook();
        var venue = $"ws://{NetworkLab.AddressOf(NetworkLab.Venue)}:{LabVenue.Port}/ws";
        _venue = Start(NetworkLab.Venue, "venue", Orders.ToString(CultureInfo.InvariantCulture));
        await _venue.WaitForAsync(line => LabProcess.Value(line, "open") == Orders + LabEngine.ArmedAfterResume, Token);
        var standbyFile = _lab.ClusterFile(book, NatsStandbyRole.Standby);
        _standbys = [
            Start(NetworkLab.FirstStandby, "standby", standbyFile, venue, "s1", policy.ToString()),
            Start(NetworkLab.SecondStandby, "standby", standbyFile, venue, "s2", policy.ToString())];
        _engine = Start(
            NetworkLab.Engine,
            "engine", _lab.ClusterFile(book, NatsStandbyRole.Engine), venue, Orders.ToString(CultureInfo.InvariantCulture));
        await _engine.WaitForAsync(line => LabProcess.Value(line, "held") == 1, Token);
        foreach (var standby in _standbys)
        {
            await standby.WaitForAsync(
                line => LabProcess.Value(line, "orders") == Orders && LabProcess.Value(line, "canfire") == 1, Token);
        }

        return book;
    }

    private async Task ExpectNoFireAsync()
    {
        var seen = await _venue.WaitForAsync(line => line.Contains("open=", StringComparison.Ordinal), Token);
        Assert.Equal(0, LabProcess.Value(seen, "received"));
        Assert.Equal(0, LabProcess.Value(_engine.Lines[^1], "latched"));
        Assert.All(_standbys, standby => Assert.DoesNotContain(standby.Lines, line => line.Contains("fired=", StringComparison.Ordinal)));
    }

    private async Task ExpectFireAsync(Action fault)
    {
        var before = Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency;
        fault();
        var seen = await _venue.WaitForAsync(line => LabProcess.Value(line, "open") == LabEngine.ArmedAfterResume, Token);
        Assert.Equal(Orders, LabProcess.Value(seen, "valid"));
        var first = LabProcess.Value(seen, "first")!.Value;
        Assert.True(first > before, $"The first cancel came {before - first} ms before the fault.");
        output.WriteLine($"fault -> first cancel {first - before} ms, last {LabProcess.Value(seen, "last") - before} ms, "
            + $"{LabProcess.Value(seen, "received")} messages for {Orders} orders");
        var lines = _standbys.SelectMany(standby => standby.Lines);
        foreach (var line in lines.Where(line => line.Contains("fired=", StringComparison.Ordinal)))
        {
            output.WriteLine(line);
        }
    }

    private LabProcess Start(string host, params string[] arguments)
    {
        var process = _lab.Start(host, arguments);
        _processes.Add(process);
        return process;
    }
}
