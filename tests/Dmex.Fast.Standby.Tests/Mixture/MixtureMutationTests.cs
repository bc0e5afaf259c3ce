using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>A test of the test: the mixtures find each planted mistake of the replica, the fences and the generations.</summary>
public sealed class MixtureMutationTests(ITestOutputHelper output)
{
    private const string Product = "src/Dmex.Fast.Standby/";

    private static readonly MutantAssembly Sources = new(
        Product + "Deciding/",
        Product + "Diagnostics/",
        Product + "Events/",
        Product + "Generations/",
        Product + "Messages/",
        Product + "Replication/",
        Product + "Sealing/",
        Product + "EngineIsolationPolicy.cs",
        Product + "EngineTouch.cs",
        Product + "FireEvidence.cs",
        Product + "FireReason.cs",
        Product + "GenerationFence.cs",
        Product + "IsolationPolicy.cs",
        Product + "StandbyFencedException.cs",
        Product + "StandbyKey.cs",
        Product + "StandbyKeyException.cs",
        Product + "StandbyView.cs",
        Product + "LagPolicy.cs",
        Product + "ReplicaFiredEventArgs.cs",
        Product + "StandbyClusterOptions.cs",
        Product + "StandbyEngine.cs",
        Product + "StandbyEngine.Turns.cs",
        Product + "StandbyEngineState.cs",
        Product + "StandbyFire.cs",
        Product + "StandbyOrder.cs",
        Product + "StandbyService.cs",
        Product + "StandbyService.Inputs.cs",
        Product + "StandbyService.Status.cs",
        Product + "StandbyService.Turns.cs",
        Product + "StandbyService.Verifying.cs",
        Product + "StandbyServiceState.cs",
        Product + "TurnFailedEventArgs.cs",
        Product + "IStandbyFirer.cs",
        Product + "Firing/FirerReading.cs",
        Product + "Links/UdpAddress.cs",
        Product + "Links/UdpBeatListener.cs",
        Product + "Links/UdpBeatSender.cs",
        Product + "Links/WitnessTable.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/MixtureScenario.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/ModelEngine.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/ModelFirer.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/ModelOrder.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/ModelVenue.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/ResumeScenario.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/SimulatedCluster.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/SimulatedHost.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/SimulatedLink.cs",
        "tests/Dmex.Fast.Standby.Tests/Mixture/VirtualWorld.cs",
        "tests/Dmex.Fast.Standby.Tests/Support/TestBook.cs",
        "tests/Dmex.Fast.Standby.Tests/Support/TestKey.cs");

    private static readonly SourceMutation[] Mutations =
    [
        new("what is missing is never asked for", "StandbyService.Turns.cs", "if (now - _repairedAt < RepairAfter)",
            "if (now > TimeSpan.Zero)"),
        new("a watermark is raised over a gap", "SequenceRanges.cs", "if (merged.First <= Watermark + 1)",
            "if (merged.First <= Watermark + 40)"),
        new("a hung loop beats on", "StandbyEngine.Turns.cs", "<= _options.MaxPulseGap)", ">= TimeSpan.Zero)"),
        new("an isolated engine goes on", "EngineIsolation.cs",
            "IsLatched |= Touch == EngineTouch.Isolated && policy == EngineIsolationPolicy.Latch;", string.Empty),
        new("what is armed under a fence is kept", "StandbyService.Inputs.cs", "isFenced ? _armed : null", "null"),
        new("a fire writes no fence", "StandbyService.Turns.cs", "        Report([]);\n", "        return;\n"),
        new("a claim asks no standby", "StandbyEngine.cs",
            "log.Add(_heard.Generation, _heard.Acknowledged, _heard.Fenced, _heard.FenceId);", string.Empty),
        new("a fence is no obstacle to a start", "GenerationLog.cs", "Fenced != 0 && Fenced >= Generation;", "false;"),
    ];

    public static TheoryData<string> Names => [.. Mutations.Select(mutation => mutation.Name)];

    [Theory(Explicit = true)]
    [Trait("Lane", "Long")]
    [MemberData(nameof(Names))]
    public void The_mixtures_find_that(string name)
    {
        var mutation = Mutations.Single(mutation => string.Equals(mutation.Name, name, StringComparison.Ordinal));
        var found = Sources.Run(mutation, typeof(MixtureScenario), nameof(MixtureScenario.Find), 1, 8, 10);
        output.WriteLine(found ?? "nothing was found");
        Assert.NotNull(found);
    }

    /// <summary>In a mixture a standby reports what it closed, and nothing fenced is left to be kept.</summary>
    [Fact]
    public void A_resume_after_which_fenced_orders_are_kept_is_found()
    {
        var kept = new SourceMutation(
            "fenced orders are kept after a resume", "ReplicaTable.cs", "entry.Generation <= acknowledgedFence", "entry.Sequence == 0");
        var found = Sources.Run(kept, typeof(ResumeScenario), nameof(ResumeScenario.Find));
        output.WriteLine(found ?? "nothing was found");
        Assert.NotNull(found);
        Assert.Null(Sources.Run(null, typeof(ResumeScenario), nameof(ResumeScenario.Find)));
    }

    [Fact]
    public void The_same_sources_without_a_mistake_pass() =>
        Assert.Null(Sources.Run(null, typeof(MixtureScenario), nameof(MixtureScenario.Find), 1, 2, 10));
}
