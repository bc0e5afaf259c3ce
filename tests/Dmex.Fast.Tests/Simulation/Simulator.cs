using System.Diagnostics;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>Plays scenarios, seed after seed, until the time is up or the oracle sees a fault.</summary>
internal static class Simulator
{
    /// <summary>Plays the scenarios of consecutive seeds, at least one.</summary>
    /// <param name="firstSeed">The first.</param>
    /// <param name="duration">How long.</param>
    /// <param name="maxScenarios">How many at most.</param>
    public static SimulationReport Run(ulong firstSeed, TimeSpan duration, long maxScenarios = long.MaxValue)
    {
        var generator = new ScenarioGenerator();
        var world = new SimulatedWorld();
        var clock = Stopwatch.StartNew();
        long orders = 0;
        for (long played = 0; ; played++)
        {
            if (played > 0 && (clock.Elapsed >= duration || played >= maxScenarios))
            {
                return new SimulationReport(played, orders, world.Events, 0, null);
            }

            var seed = firstSeed + (ulong)played;
            var scenario = generator.Generate(seed);
            orders += scenario.Orders;
            if (Play(world, scenario) is { } fault)
            {
                return new SimulationReport(played + 1, orders, world.Events, seed, fault);
            }
        }
    }

    /// <summary>Plays one scenario; returns what the oracle saw, or null for nothing.</summary>
    public static string? Play(SimulatedWorld world, Scenario scenario)
    {
        try
        {
            world.Play(scenario);
            return null;
        }
        catch (SimulationFaultException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is NullReferenceException or IndexOutOfRangeException or InvalidOperationException or ArgumentException)
        {
            return e.ToString(); // the tracker has lost its way
        }
    }

    /// <summary>What <see cref="Run"/> says, in a form that another load context can read: the seed and the fault, or null.</summary>
    public static string? Find(ulong firstSeed, long maxScenarios) =>
        Run(firstSeed, TimeSpan.MaxValue, maxScenarios) is { Fault: { } fault } report ? $"seed {report.FailedSeed}: {fault}" : null;
}
