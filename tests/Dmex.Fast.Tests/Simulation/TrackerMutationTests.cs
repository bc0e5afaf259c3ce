using System.Diagnostics;
using Xunit;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// A test of the test: the oracle sees each planted fault. Bounded by scenarios rather than by time, so that a busy machine sees the same:
/// they take less than 10 s on a quiet one.
/// </summary>
public sealed class TrackerMutationTests(ITestOutputHelper output)
{
    private const long MaxScenarios = 2500;

    public static TheoryData<string> Names => [.. TrackerMutations.All.Select(mutation => mutation.Name)];

    [Theory(Explicit = true)]
    [Trait("Lane", "Long")]
    [MemberData(nameof(Names))]
    public void The_oracle_sees_that(string name)
    {
        var mutation = TrackerMutations.All.Single(mutation => string.Equals(mutation.Name, name, StringComparison.Ordinal));
        var clock = Stopwatch.StartNew();
        var seen = TrackerMutant.Simulate(mutation, firstSeed: 1, MaxScenarios);
        output.WriteLine($"{name}: {seen ?? "nothing was seen"} ({clock.Elapsed.TotalSeconds:0.0} s)");
        Assert.NotNull(seen);
    }

    [Fact]
    public void The_same_sources_without_a_fault_are_without_fault() =>
        Assert.Null(TrackerMutant.Simulate(null, firstSeed: 1, maxScenarios: 200));

    [Fact]
    public void A_mutation_whose_text_is_gone_says_so()
    {
        var mutation = new TrackerMutation("gone", "file", "not there", string.Empty);
        Assert.Contains(
            "Adapt the mutation", Assert.Throws<InvalidOperationException>(() => mutation.Apply("source")).Message,
            StringComparison.Ordinal);
    }
}
