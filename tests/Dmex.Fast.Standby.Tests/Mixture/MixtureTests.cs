using System.Diagnostics;
using System.Globalization;
using Dmex.Fast.Standby.Tests.Support;
using Xunit;

namespace Dmex.Fast.Standby.Tests.Mixture;

public sealed class MixtureTests(ITestOutputHelper output)
{
    private const int Faults = 10;

    [Fact]
    public void Mixtures_of_faults_of_fixed_seeds_break_no_promise() => Play(firstSeed: 1, seeds: 12);

    [Fact]
    public void Mixtures_of_faults_of_new_seeds_break_no_promise() => Play(Random.Shared.Next(1 << 20), seeds: 8);

    /// <summary>An hour's 200, or what the environment asks for: DMEX_MIXTURE_SEED is the first, DMEX_MIXTURE_SEEDS how many.</summary>
    [Fact(Explicit = true)]
    public void Many_mixtures_of_new_seeds_break_no_promise() =>
        Play(Number("DMEX_MIXTURE_SEED") ?? Random.Shared.Next(1 << 20), Number("DMEX_MIXTURE_SEEDS") ?? 200);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private void Play(int firstSeed, int seeds)
    {
        output.WriteLine($"seeds from {firstSeed}");
        using var key = TestKey.New();
        var clock = Stopwatch.StartNew();
        var failures = Enumerable.Range(firstSeed, seeds).Select(seed => MixtureScenario.Play(seed, Faults, key)).OfType<string>()
            .ToArray();
        output.WriteLine($"{seeds} mixtures of {Faults} faults in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(failures.Length == 0, string.Join('\n', failures));
    }
}
