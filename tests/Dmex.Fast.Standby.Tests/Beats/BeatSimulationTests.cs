using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Beats;

public sealed class BeatSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_hours_of_beats_and_faults_have_no_false_fire_and_no_missed_one()
    {
        var seed = Random.Shared.Next(1 << 20);
        output.WriteLine($"seed {seed}");
        var clock = Stopwatch.StartNew();
        var failure = BeatScenario.Play(seed, hours: 10);
        output.WriteLine($"{failure ?? "none failed"} ({clock.Elapsed.TotalSeconds:0.0} s)");
        Assert.Null(failure);
    }

    [Fact]
    public void Short_scenarios_of_fixed_seeds_have_no_false_fire_and_no_missed_one() =>
        Assert.Null(BeatScenario.Find(firstSeed: 1, seeds: 40, hours: 0.25));
}
