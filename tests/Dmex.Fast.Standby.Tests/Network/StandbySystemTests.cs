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
[Trait("Lane", "Long")]
public sealed class StandbySystemTests(NetworkLabFixture fixture, ITestOutputHelper output) : IClassFixture<NetworkLabFixture>, IDisposable
{
    private const int Orders = 1000;

    // No measure: what a loaded machine may add to the silence that is allowed, far below what would be another rule's time.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(7);
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(120));
    private NetworkLab _lab = null!;
    private LabSystem? _system;

    private LabProcess Venue => _system!.Venue;

    private LabProcess Engine => _system!.Engine;

    private IReadOnlyList<LabProcess> Standbys => _system!.Standbys;

    private CancellationToken Token => _timeout.Token;

    public void Dispose()
    {
        _system?.Dispose();
        _timeout.Dispose();
    }

    [Fact(Explicit = true)]
    public async Task An_engine_that_is_killed_has_every_order_canceled()
    {
        await StartAsync();
        await ExpectFireAsync(() => Engine.Kill());
    }

    [Fact(Explicit = true)]
    public async Task An_engine_whose_trading_loop_hangs_has_every_order_canceled()
    {
        await StartAsync();
        await ExpectFireAsync(() => Engine.Tell(LabEngine.Hang));
    }

    [Fact(Explicit = true)]
    public async Task An_engine_whose_standbys_are_dead_is_told_to_be_unguarded_and_keeps_its_orders()
    {
        await StartAsync();
        foreach (var standby in Standbys)
        {
            standby.Kill();
        }

        await Engine.WaitForAsync(line => LabProcess.Value(line, "unguarded") == 1, Token);
        await ExpectNoFireAsync();
    }

    [Fact(Explicit = true)]
    public async Task An_engine_that_dies_with_two_servers_is_missed_by_standbys_that_hold()
    {
        await StartAsync(IsolationPolicy.Hold);
        _lab.Servers[0].Kill();
        _lab.Servers[1].Kill();
        Engine.Kill();
        await Task.Delay(LabStandby.IsolatedAfter + TimeSpan.FromSeconds(3), Token);
        await ExpectNoFireAsync();
    }

    [Fact(Explicit = true)]
    public async Task An_engine_that_is_stopped_has_every_order_canceled()
    {
        await StartAsync();
        await ExpectFireAsync(() => Engine.Freeze());

        // When it goes on it learns that it was fenced, and resumes when it is told to: nothing of the old generation is fired again.
        Engine.Thaw();
        await Engine.WaitForAsync(line => LabProcess.Value(line, "latched") == 1 && LabProcess.Value(line, "fenced") == 1, Token);
        Engine.Tell(LabEngine.Resume);
        await Engine.WaitForAsync(
            line => line.Contains("held=1 latched=0 generation=2", StringComparison.Ordinal),
            Token);
        await Task.Delay(3000, Token);
        await Venue.WaitForAsync(line => LabProcess.Value(line, "open") == LabEngine.ArmedAfterResume, Token);

        // The new generation is guarded as the old one was.
        Engine.Kill();
        var seen = await Venue.WaitForAsync(line => IsSettled(line, open: 0), Token);
        Assert.Equal(Orders + LabEngine.ArmedAfterResume, LabProcess.Value(seen, "valid"));
    }

    [Fact(Explicit = true)]
    public async Task An_engine_that_dies_while_the_stream_has_no_leader_has_every_order_canceled()
    {
        await StartAsync();
        var asking = _system!.Start(NetworkLab.Engine, "leader", _lab.ClusterFile(_system.Book, NatsStandbyRole.Engine));
        var leader = await asking.WaitForAsync(line => LabProcess.Value(line, "leader") is not null, Token);
        _lab.Servers[(int)LabProcess.Value(leader, "leader")!.Value].Kill();
        await ExpectFireAsync(() => Engine.Kill());
    }

    [Theory(Explicit = true)]
    [InlineData(IsolationPolicy.Hold)]
    [InlineData(IsolationPolicy.Fire)]
    public async Task A_standby_that_is_alone_for_long_does_what_its_policy_says(IsolationPolicy policy)
    {
        await StartAsync(policy);
        string[] cluster = ["n1", "n2", "n3", NetworkLab.Engine];
        void Isolate() => _lab.CutOff(NetworkLab.FirstStandby, cluster);
        if (policy == IsolationPolicy.Fire)
        {
            await ExpectFireAsync(Isolate, LabStandby.IsolatedAfter);
            Assert.Contains(Standbys[0].Lines, line => line.Contains("fired=Isolated", StringComparison.Ordinal));
        }
        else
        {
            Isolate();
            await Task.Delay(13_000, Token);
            await ExpectNoFireAsync();
        }

        _lab.Heal(NetworkLab.FirstStandby, cluster);
    }

    [Fact(Explicit = true)]
    public async Task An_engine_whose_host_is_cut_off_has_every_order_canceled_and_latches()
    {
        await StartAsync();
        var latched = Engine.WaitForAsync(line => LabProcess.Value(line, "latched") == 1, Token);
        await ExpectFireAsync(() => _lab.CutOff(NetworkLab.Engine));
        await latched;
        _lab.Heal(NetworkLab.Engine);
    }

    [Fact(Explicit = true)]
    public async Task An_engine_that_dies_just_after_two_servers_has_every_order_canceled_by_isolation()
    {
        await StartAsync();
        await ExpectFireAsync(() =>
        {
            _lab.Servers[0].Kill();
            _lab.Servers[1].Kill();
            Engine.Kill();
        }, LabStandby.IsolatedAfter);
    }

    [Fact(Explicit = true)]
    public async Task Beats_by_udp_keep_every_order_while_all_servers_are_dead_until_the_engine_dies_too()
    {
        await StartAsync(withUdp: true);
        foreach (var server in _lab.Servers)
        {
            server.Kill();
        }

        await Task.Delay(LabStandby.IsolatedAfter + TimeSpan.FromSeconds(3), Token);
        await ExpectNoFireAsync();

        await ExpectFireAsync(() => Engine.Kill(), LabStandby.IsolatedAfter);
        Assert.Contains(Standbys.SelectMany(standby => standby.Lines), line => line.Contains("fired=Isolated", StringComparison.Ordinal));
    }

    /// <summary>
    /// With beats by UDP: TCP repeats what was lost after delays that double, and all of a connection's repeats may fall into muted parts.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task An_engine_that_is_muted_for_most_of_each_second_keeps_its_orders()
    {
        await StartAsync(withUdp: true);
        for (var i = 0; i < 8; i++)
        {
            _lab.Mute(NetworkLab.Engine);
            await Task.Delay(600, Token);
            _lab.Unmute(NetworkLab.Engine);
            await Task.Delay(400, Token);
        }

        await Task.Delay(3000, Token);
        await ExpectNoFireAsync();
    }

    [Fact(Explicit = true)]
    public async Task A_healthy_engine_keeps_its_orders_through_faults_of_all_others()
    {
        await StartAsync();
        Engine.Freeze();
        await Task.Delay(1000, Token);
        Engine.Thaw();
        await Task.Delay(2000, Token);

        Standbys[0].Freeze();
        _lab.CutOff(NetworkLab.SecondStandby);
        await Task.Delay(4000, Token);
        Standbys[0].Thaw();
        _lab.Heal(NetworkLab.SecondStandby);
        await Task.Delay(2000, Token);

        foreach (var server in _lab.Servers.Take(2))
        {
            server.Kill();
            await Task.Delay(2000, Token);
        }

        await Task.Delay(3000, Token);
        await ExpectNoFireAsync();
    }

    private async Task StartAsync(IsolationPolicy policy = IsolationPolicy.Fire, bool withUdp = false)
    {
        _lab = fixture.Open();
        _system = await LabSystem.StartAsync(_lab, Orders, policy, withUdp, Token);
    }

    private async Task ExpectNoFireAsync()
    {
        var seen = await Venue.WaitForAsync(line => line.Contains("open=", StringComparison.Ordinal), Token);
        TellFires();
        Assert.Equal(0, LabProcess.Value(seen, "received"));
        Assert.Equal(0, LabProcess.Value(Engine.Lines[^1], "latched"));
        Assert.All(Standbys, standby => Assert.DoesNotContain(standby.Lines, line => line.Contains("fired=", StringComparison.Ordinal)));
    }

    /// <param name="fault">What happens.</param>
    /// <param name="within">The silence that is allowed; the standbys' Ttl when null.</param>
    private async Task ExpectFireAsync(Action fault, TimeSpan? within = null)
    {
        var before = Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency;
        fault();
        var seen = await Venue.WaitForAsync(line => IsSettled(line, LabEngine.ArmedAfterResume), Token);
        Assert.Equal(Orders, LabProcess.Value(seen, "valid"));
        var first = LabProcess.Value(seen, "first")!.Value;
        Assert.True(first > before, $"The first cancel came {before - first} ms before the fault.");
        var limit = (within ?? LabStandby.Ttl) + Slack;
        Assert.True(first - before < limit.TotalMilliseconds, $"The first cancel came {first - before} ms after the fault.");
        output.WriteLine($"fault -> first cancel {first - before} ms, last {LabProcess.Value(seen, "last") - before} ms, "
            + $"{LabProcess.Value(seen, "received")} messages for {Orders} orders");
        TellFires();
    }

    private static bool IsSettled(string line, int open) =>
        LabProcess.Value(line, "open") == open && LabProcess.Value(line, "valid") is not null;

    private void TellFires()
    {
        foreach (var line in Standbys.SelectMany(standby => standby.Lines).Where(line => line.Contains("fired=", StringComparison.Ordinal)))
        {
            output.WriteLine(line);
        }
    }
}
