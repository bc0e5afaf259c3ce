using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Beats;

/// <summary>A test of the test: the simulation of beats finds each planted mistake of the decision.</summary>
public sealed class DecisionMutationTests(ITestOutputHelper output)
{
    private const string Decision = "FireDecision.cs";

    private static readonly MutantAssembly Sources = new(
        "src/Dmex.Fast.Standby/Deciding/",
        "src/Dmex.Fast.Standby/EngineTouch.cs",
        "src/Dmex.Fast.Standby/FireEvidence.cs",
        "src/Dmex.Fast.Standby/FireReason.cs",
        "src/Dmex.Fast.Standby/IsolationPolicy.cs",
        "src/Dmex.Fast.Standby/Links/WitnessTable.cs",
        "tests/Dmex.Fast.Standby.Tests/Beats/BeatWorld.cs",
        "tests/Dmex.Fast.Standby.Tests/Beats/BeatScenario.cs");

    private static readonly SourceMutation[] Mutations =
    [
        new("a fresh answer is a witness", Decision, "AskedFrom > now - options.Contact ? AskedFrom : now - options.Contact;",
            "now - options.Ttl;"),
        new("witnesses are believed at once", Decision, "now - _contactAt >= options.Contact", "_contactAt is not null"),
        new("connections are counted and not servers", "BeatWorld.cs", "$\"server {server}\"", "$\"connection {connection}\""),
        new("a stop of its own is ignored", Decision, "own.\n            _heardAt = now;", "own."),
        new("one witness is enough", "DecisionOptions.cs", "witnesses * 2 > Servers ||", "witnesses > 0 ||"),
        new("every server must be a witness", "DecisionOptions.cs", "witnesses * 2 > Servers ||", "witnesses >= Servers ||"),
        new("an old beat counts", Decision, " || number <= _number)", ")"),
        new("half the Ttl is enough", Decision, "(_isHeard ? options.Ttl :", "(_isHeard ? options.Ttl / 2 :"),
        new("a clean stop is forgotten", Decision, "_isStopping = isStopping;", "_isStopping = false;"),
        new("a new generation keeps the old clock", Decision, "        _heardAt = now;\n        _number = 0;", "        _number = 0;"),
        new("a fence of another is not followed", Decision, "_restAt = now + DecisionOptions.SecondAfter;", "_restAt = null;"),
        new("the isolated hold", Decision, "options.OnIsolated == IsolationPolicy.Fire &&",
            "options.OnIsolated == IsolationPolicy.Hold &&"),
        new("a fire does not fence", Decision, "        Fenced = Math.Max(Fenced, Generation);\n        return step;",
            "        return step;"),
    ];

    public static TheoryData<string> Names => [.. Mutations.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_simulation_finds_that(string name)
    {
        var mutation = Mutations.Single(mutation => string.Equals(mutation.Name, name, StringComparison.Ordinal));
        var found = Sources.Run(mutation, typeof(BeatScenario), nameof(BeatScenario.Find), 1, 40, 0.25);
        output.WriteLine(found ?? "nothing was found");
        Assert.NotNull(found);
    }

    [Fact]
    public void The_same_sources_without_a_mistake_pass() =>
        Assert.Null(Sources.Run(null, typeof(BeatScenario), nameof(BeatScenario.Find), 1, 4, 0.25));
}
