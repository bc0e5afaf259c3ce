using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Standby.Tests.Nats;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Network;

/// <summary>Figures, not promises, of engine, standbys, servers and venue on hosts of their own: run by name alone.</summary>
[Collection(nameof(NatsClusterGroup))]
public sealed class StandbyFigureTests(NetworkLabFixture fixture, ITestOutputHelper output) : IClassFixture<NetworkLabFixture>, IDisposable
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(300));

    private CancellationToken Token => _timeout.Token;

    public void Dispose() => _timeout.Dispose();

    [Theory(Explicit = true)]
    [InlineData("killed")]
    [InlineData("stopped")]
    [InlineData("hung")]
    public async Task How_long_it_takes_from_a_fault_to_the_last_cancel_of_ten_thousand(string fault)
    {
        const int Orders = 10_000;
        using var system = await LabSystem.StartAsync(fixture.Open(), Orders, IsolationPolicy.Fire, withUdp: false, Token);
        var before = Now();
        switch (fault)
        {
            case "killed":
                system.Engine.Kill();
                break;
            case "stopped":
                system.Engine.Freeze();
                break;
            default:
                system.Engine.Tell(LabEngine.Hang);
                break;
        }

        var none = await system.Venue.WaitForAsync(line => LabProcess.Value(line, "open") == LabEngine.ArmedAfterResume, Token);
        var seen = await system.Venue.WaitForAsync(line => LabProcess.Value(line, "valid") is not null, Token);
        Assert.Equal(Orders, LabProcess.Value(seen, "valid"));
        var firing = system.Standbys.Single(standby => standby.Lines.Contains(FirstOf(system, "fired"), StringComparer.Ordinal));
        output.WriteLine(
            $"{fault}: fault to the venue's first cancel {LabProcess.Value(seen, "first") - before} ms (Ttl 2000 ms), until none was open "
            + $"{At(none) - LabProcess.Value(seen, "first")} ms more; trigger to first byte {Last(firing, "firstbyte")} us; "
            + $"{LabProcess.Value(seen, "received")} messages; {FirstOf(system, "fired")}; "
            + $"resident: engine {Last(system.Engine, "resident")} MiB, standby {Last(firing, "resident")} MiB");
    }

    [Fact(Explicit = true)]
    public async Task How_long_a_late_standby_takes_to_load_a_hundred_thousand_orders()
    {
        const int Orders = 100_000;
        using var system = await LabSystem.StartAsync(fixture.Open(), Orders, IsolationPolicy.Fire, withUdp: false, Token);
        system.Standbys[1].Kill();
        var started = Now();
        var late = system.StartStandby(NetworkLab.SecondStandby);
        var first = At(await late.WaitForAsync(line => LabProcess.Value(line, "orders") is not null, Token));
        var held = await system.WaitUntilHeldAsync(late, Token);
        output.WriteLine(
            $"{Orders} orders: from the process's start to its first line {first - started} ms, to all held and able to fire "
            + $"{At(held) - first} ms more; resident: engine {Last(system.Engine, "resident")} MiB, "
            + $"standby {LabProcess.Value(held, "resident")} MiB");
    }

    private static long At(string line) => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);

    private static long Now() => Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency;

    private static string FirstOf(LabSystem system, string name) => system.Standbys.SelectMany(standby => standby.Lines)
        .Where(line => line.Contains(name + "=", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();

    private static long? Last(LabProcess process, string name) =>
        process.Lines.Select(line => LabProcess.Value(line, name)).Last(value => value is not null);
}
