using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Tests.Support;
using Xunit;

namespace Dmex.Fast.Tests.EndToEnd.Chaos;

/// <summary>
/// Seeded scenarios in which the venue resets, closes, stalls, restarts, refuses, throttles, loses, delays, repeats and
/// garbles, while cancels are sent, orders are armed and disarmed, and panics fire them; afterwards the client's story is compared with
/// the venue's transcript.
/// DMEX_TEST_SEED plays one scenario, DMEX_CHAOS_SCENARIOS that many; DMEX_SOAK_SECONDS goes on for that long.
/// </summary>
[Trait("Lane", "Long")]
public sealed class ChaosTests
{
    private const int Scenarios = 25;
    private const int AtOnce = 6;

    private readonly ITestOutputHelper _output;

    public ChaosTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public async Task Every_accepted_cancel_is_resolved_truthfully_whatever_goes_wrong()
    {
        var failures = new ConcurrentQueue<string>();
        var results = new ConcurrentQueue<ChaosResult>();
        using var unobserved = new UnobservedExceptions();
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Seeds(begun), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
        {
            var plan = ChaosPlan.Draw(seed);
            try
            {
                var result = await ChaosRun.PlayAsync(plan).Soon("the scenario");
                results.Enqueue(result);
                if (result.Problems.Count > 0)
                {
                    failures.Enqueue($"{plan} (repeat with DMEX_TEST_SEED={seed})\n  {string.Join("\n  ", result.Problems)}");
                }
            }
            catch (Exception e)
            {
                failures.Enqueue($"{plan} (repeat with DMEX_TEST_SEED={seed})\n  {e}");
            }
        });

        _output.WriteLine(
            $"{results.Count} scenarios in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s: {results.Sum(r => r.Cancels)} cancels, "
            + $"{results.Sum(r => r.Messages)} messages, {results.Sum(r => r.Losses)} connections lost, "
            + "the longest times from the end of the faults until all was resolved:");
        foreach (var slow in results.OrderByDescending(r => r.Settling).Take(3))
        {
            _output.WriteLine($"  {slow.Settling.TotalSeconds:0.0} s, {slow.Plan}");
        }

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.Empty(unobserved.Collect());
    }

    private IEnumerable<int> Seeds(long begun)
    {
        if (Number("DMEX_TEST_SEED") is { } one)
        {
            return [one];
        }

        var first = Random.Shared.Next(1_000_000_000);
        _output.WriteLine($"seeds from {first} on (repeat one with DMEX_TEST_SEED)");
        if (Number("DMEX_SOAK_SECONDS") is { } seconds)
        {
            return Enumerable.Range(first, 1_000_000_000).TakeWhile(_ => Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds);
        }

        return Enumerable.Range(first, Number("DMEX_CHAOS_SCENARIOS") ?? Scenarios);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
