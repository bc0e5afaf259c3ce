using System.Globalization;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// The tracker in virtual time, beside models of connections, venue, callers, book and panics. DMEX_SIM_SECONDS sets how long, by
/// default 10. See docs/simulation.md.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const string Seconds = "DMEX_SIM_SECONDS";

    [Fact]
    [Trait("Lane", "Long")]
    public void No_accepted_cancel_is_lost_and_none_is_claimed_whatever_goes_wrong()
    {
        var seed = (ulong)Seed.Next() << 20;
        var report = Simulator.Run(seed, TimeSpan.FromSeconds(Duration()));
        output.WriteLine($"from seed {seed}: {report.Scenarios} scenarios, {report.Orders} orders, {report.Events} events");
        if (report.Fault is { } fault)
        {
            Assert.Fail($"seed {report.FailedSeed}: {fault}\n\n{Shrunk(report.FailedSeed)}");
        }
    }

    [Fact]
    public void A_seed_plays_the_same_scenario_each_time()
    {
        var (one, other) = (Trace(11), Trace(11));
        Assert.NotEmpty(one);
        Assert.Equal(one, other);
    }

    [Fact]
    public void Everything_that_may_happen_happens_in_the_first_hundred_scenarios()
    {
        var generator = new ScenarioGenerator();
        var kinds = Enumerable.Range(1, 100).SelectMany(seed => generator.Generate((ulong)seed).Steps).Select(step => step.Kind)
            .ToHashSet();
        Assert.Equal(Enum.GetValues<StepKind>().Order(), kinds.Order());
    }

    /// <summary>Replays the seed that DMEX_SIM_SEED names and prints what happens in it, shrunk where it fails.</summary>
    [Fact(Explicit = true)]
    public void Replay()
    {
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("DMEX_SIM_SEED") ?? "1", CultureInfo.InvariantCulture);
        var scenario = new ScenarioGenerator().Generate(seed);
        var fault = Simulator.Play(new SimulatedWorld(), scenario);
        output.WriteLine(fault is null ? $"seed {seed}: no fault" : Shrunk(seed));
        Assert.Null(fault);
    }

    private static string Shrunk(ulong seed) => ScenarioShrinker.Describe(ScenarioShrinker.Shrink(new ScenarioGenerator().Generate(seed)));

    private static List<string> Trace(ulong seed)
    {
        var world = new SimulatedWorld { Trace = [] };
        Assert.Null(Simulator.Play(world, new ScenarioGenerator().Generate(seed)));
        return world.Trace;
    }

    private static double Duration() =>
        double.TryParse(Environment.GetEnvironmentVariable(Seconds), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? seconds : 10;
}
