using Dmex.Fast.Bench.Gate;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Gate;

/// <summary>The verdict over made-up times of a noisy machine, with a fixed seed: no clock is read.</summary>
public sealed class ComparisonTests
{
    private const int Rounds = 40;
    private const int Runs = 500;
    private const double Budget = 0.4;
    private const double Tolerance = 0.1;

    [Fact]
    public void A_candidate_within_its_budget_is_never_a_breach() =>
        Assert.Equal(0, Count(trueRatio: 0.36, noise: 0.05, Verdict.Breach));

    [Fact]
    public void A_candidate_at_its_budget_is_never_a_breach_twice()
    {
        var breaches = Count(trueRatio: Budget, noise: 0.05, Verdict.Breach);
        Assert.True(breaches < Runs / 20, $"{breaches} of {Runs}"); // and two of two are needed
    }

    [Fact]
    public void A_candidate_half_as_slow_again_never_passes_on_a_noisy_machine()
    {
        Assert.Equal(0, Count(trueRatio: 0.36 * 1.5, noise: 0.05, Verdict.Passed));
        var breaches = Count(trueRatio: 0.36 * 1.5, noise: 0.05, Verdict.Breach);
        Assert.True(breaches > Runs * 95 / 100, $"{breaches} of {Runs}"); // the others are inconclusive
    }

    [Fact]
    public void A_machine_that_cannot_repeat_the_reference_gives_no_verdict()
    {
        var inconclusive = Count(trueRatio: 0.36 * 1.5, noise: 1, Verdict.Inconclusive);
        Assert.True(inconclusive > Runs * 9 / 10, $"{inconclusive} of {Runs}");
    }

    [Fact]
    public void A_slow_phase_strikes_candidate_and_reference_alike()
    {
        var random = new Random(7);
        var phase = Enumerable.Range(0, Rounds).Select(round => round < Rounds / 2 ? 1.0 : 3.0).ToArray();
        var reference = phase.Select(factor => Noisy(random, 100 * factor, 0.02)).ToArray();
        var control = phase.Select(factor => Noisy(random, 100 * factor, 0.02)).ToArray();
        var candidate = phase.Select(factor => Noisy(random, 36 * factor, 0.02)).ToArray();
        var comparison = Comparison.Judge(candidate, reference, control, Budget, Tolerance);
        Assert.Equal(Verdict.Passed, comparison.Verdict);
        Assert.Equal(0.36, comparison.Ratio, 0.01);
    }

    [Fact]
    public void Size_without_significance_is_neither_a_breach_nor_a_pass()
    {
        double[] reference = [100, 100, 100];
        var comparison = Comparison.Judge([100, 100, 100], reference, reference, Budget, Tolerance);
        Assert.True(comparison.Ratio > Budget * (1 + Tolerance) && comparison.Significance > Comparison.MaxSignificance);
        Assert.Equal(Verdict.Inconclusive, comparison.Verdict);
    }

    [Fact]
    public void Significance_without_size_is_no_breach()
    {
        var reference = Enumerable.Repeat(100.0, Rounds).ToArray();
        var candidate = Enumerable.Repeat(42.0, Rounds).ToArray();
        var comparison = Comparison.Judge(candidate, reference, reference, Budget, Tolerance);
        Assert.True(comparison.Significance < Comparison.MaxSignificance);
        Assert.Equal(Verdict.Passed, comparison.Verdict);
    }

    [Fact]
    public void Times_that_are_not_paired_are_refused() =>
        Assert.Throws<ArgumentException>(() => Comparison.Judge([1, 2], [1], [1], Budget, Tolerance));

    private static int Count(double trueRatio, double noise, Verdict verdict)
    {
        var random = new Random(20_261_123);
        var count = 0;
        for (var run = 0; run < Runs; run++)
        {
            var candidate = new double[Rounds];
            var reference = new double[Rounds];
            var control = new double[Rounds];
            for (var i = 0; i < Rounds; i++)
            {
                reference[i] = Noisy(random, 100, noise);
                control[i] = Noisy(random, 100, noise);
                candidate[i] = Noisy(random, 100 * trueRatio, noise);
            }

            count += Comparison.Judge(candidate, reference, control, Budget, Tolerance).Verdict == verdict ? 1 : 0;
        }

        return count;
    }

    /// <summary>A time with a log-normal spread, and in one of twenty the time slice of somebody else on top.</summary>
    private static double Noisy(Random random, double time, double noise)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (time * Math.Exp(noise * normal)) + (random.Next(20) == 0 ? 400 : 0);
    }
}
