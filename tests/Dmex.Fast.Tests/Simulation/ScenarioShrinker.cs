namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// Shortens a failing scenario: leaves out steps as long as it still fails, halves first, then smaller parts (delta debugging, Zeller and
/// Hildebrandt 2002).
/// </summary>
internal static class ScenarioShrinker
{
    /// <summary>A scenario of fewer steps that fails too, though perhaps otherwise.</summary>
    public static Scenario Shrink(Scenario scenario)
    {
        var steps = scenario.Steps.ToList();
        for (var size = Math.Max(1, steps.Count / 2); ; size = Math.Min(size, Math.Max(1, steps.Count / 2)))
        {
            var hasShrunk = false;
            for (var from = 0; from < steps.Count;)
            {
                var fewer = steps.ToList();
                fewer.RemoveRange(from, Math.Min(size, fewer.Count - from));
                if (Fails(scenario.With([.. fewer])))
                {
                    steps = fewer;
                    hasShrunk = true;
                }
                else
                {
                    from += size;
                }
            }

            if (size == 1 && !hasShrunk)
            {
                return scenario.With([.. steps]);
            }

            size = size == 1 ? 1 : size / 2;
        }
    }

    /// <summary>What happens in a failing scenario, for people to read.</summary>
    public static string Describe(Scenario scenario)
    {
        var world = new SimulatedWorld { Trace = [] };
        var fault = Simulator.Play(world, scenario);
        return $"seed {scenario.Seed}, shrunk to {scenario.Steps.Length} steps: {scenario}\n{string.Join('\n', world.Trace)}\nfault at {fault}";
    }

    private static bool Fails(Scenario scenario) => Simulator.Play(new SimulatedWorld(), scenario) is not null;
}
