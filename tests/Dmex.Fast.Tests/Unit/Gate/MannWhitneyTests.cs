using Dmex.Fast.Lab.Statistics;
using Xunit;

namespace Dmex.Fast.Tests.Unit.Gate;

public sealed class MannWhitneyTests
{
    /// <summary>
    /// The example of SciPy's documentation of mannwhitneyu: U = 17, two-sided p = 0.11134688653314041 by the normal approximation.
    /// </summary>
    [Fact]
    public void The_example_of_scipy_gives_its_p()
    {
        double[] males = [19, 22, 16, 29, 24];
        double[] females = [20, 11, 17, 12];
        Assert.Equal(0.11134688653314041 / 2, MannWhitney.Greater(males, females), 1e-7);
    }

    /// <summary>The example of R's documentation of wilcox.test (Hollander and Wolfe, 1973, p. 69): W = 35, exact p = 0.1272.</summary>
    [Fact]
    public void The_example_of_r_comes_near_its_exact_p()
    {
        double[] atTerm = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        double[] earlier = [1.15, 0.88, 0.90, 0.74, 1.21];
        Assert.Equal(0.1272, MannWhitney.Greater(atTerm, earlier), 0.006);
    }

    [Fact]
    public void The_approximation_follows_the_count_of_all_arrangements()
    {
        // With 7 values each, every one of the 3,432 ways to choose which ranks are x's is as likely as another.
        const int Size = 7;
        double[] x = [3, 6, 8, 9, 11, 12, 14];
        double[] y = [1, 2, 4, 5, 7, 10, 13];
        var observed = RankSum(x);
        var (asHigh, all) = (0, 0);
        for (var chosen = 0u; chosen < 1u << (2 * Size); chosen++)
        {
            if (System.Numerics.BitOperations.PopCount(chosen) == Size)
            {
                all++;
                asHigh += RankSum(
                    Enumerable.Range(1, 2 * Size).Where(rank => (chosen & (1u << (rank - 1))) != 0)
                        .Select(rank => (double)rank)) >= observed ? 1 : 0;
            }
        }

        Assert.Equal((double)asHigh / all, MannWhitney.Greater(x, y), 0.005);

        static double RankSum(IEnumerable<double> ranks) => ranks.Sum();
    }

    [Fact]
    public void Both_directions_add_up_to_one_and_the_probability_of_the_observed_rank_sum()
    {
        double[] x = [1, 4, 4, 7, 9];
        double[] y = [2, 4, 5, 5, 8, 10];
        var sum = MannWhitney.Greater(x, y) + MannWhitney.Greater(y, x);
        Assert.InRange(sum, 1, 1.2);
    }

    [Fact]
    public void Values_that_are_all_equal_tell_nothing() => Assert.Equal(1, MannWhitney.Greater([2.0, 2.0], [2.0, 2.0, 2.0]));

    [Fact]
    public void An_empty_sample_is_refused()
    {
        Assert.Equal("x", Assert.Throws<ArgumentException>(() => MannWhitney.Greater([], [1])).ParamName);
        Assert.Equal("y", Assert.Throws<ArgumentException>(() => MannWhitney.Greater([1], [])).ParamName);
    }
}
