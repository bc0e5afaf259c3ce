namespace Dmex.Fast.Lab.Statistics;

/// <summary>
/// The rank-sum test of Mann and Whitney (1947), one-sided, with the normal approximation, mid-ranks for ties, and the
/// continuity correction: what R's <c>wilcox.test(x, y, alternative = "greater", exact = FALSE)</c> computes.
/// </summary>
internal static class MannWhitney
{
    /// <summary>The probability of ranks as high as those of <paramref name="x"/>, if both came from one distribution.</summary>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static double Greater(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.IsEmpty || y.IsEmpty)
        {
            throw new ArgumentException("Both samples need at least one value.", x.IsEmpty ? nameof(x) : nameof(y));
        }

        var count = x.Length + y.Length;
        var values = new double[count];
        var fromX = new bool[count];
        x.CopyTo(values);
        y.CopyTo(values.AsSpan(x.Length));
        fromX.AsSpan(0, x.Length).Fill(true);
        Array.Sort(values, fromX);

        var rankSum = 0.0;
        var ties = 0.0;
        for (int start = 0, end; start < count; start = end)
        {
            end = start + 1;
            while (end < count && values[end].Equals(values[start]))
            {
                end++;
            }

            var size = end - start;
            ties += ((double)size * size * size) - size;
            rankSum += (start + end + 1) / 2.0 * fromX.AsSpan(start, size).Count(true);
        }

        var u = rankSum - (x.Length * (x.Length + 1) / 2.0);
        var product = (double)x.Length * y.Length;
        var variance = product / 12 * (count + 1 - (ties / ((double)count * (count - 1))));
        return variance <= 0 ? 1 : UpperTail((u - (product / 2) - 0.5) / Math.Sqrt(variance));
    }

    /// <summary>P(Z > z) of the standard normal distribution, to a relative error of 1.2e-7 (Numerical Recipes, erfcc).</summary>
    private static double UpperTail(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (x / 2));
        ReadOnlySpan<double> coefficients =
        [
            0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223,
        ];
        var polynomial = 0.0;
        foreach (var coefficient in coefficients)
        {
            polynomial = (polynomial * t) + coefficient;
        }

        var tail = t * Math.Exp((-x * x) + polynomial) / 2;
        return z >= 0 ? tail : 1 - tail;
    }
}
