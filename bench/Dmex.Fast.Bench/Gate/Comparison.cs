using Dmex.Fast.Lab.Statistics;




namespace Dmex.Fast.Bench.Gate;

/// <summary>
/// A candidate's blocks against those of its reference, which took turns: block i of each was timed within the same
/// milliseconds, so that a slow phase of the machine strikes both.
/// </summary>
/// <param name="Ratio">The median of the paired ratios, candidate : reference.</param>
/// <param name="Significance">
/// Mann–Whitney's p for the candidate being slower than the reference's times multiplied by the budget.
/// </param>
/// <param name="ControlLow">
/// The lower end of the 99 % interval of the median ratio of the reference to itself, timed a second time in each round.
/// </param>
/// <param name="ControlHigh">The upper end.</param>
/// <param name="Verdict">
/// Passed, Breach (of this one round of measuring), or Inconclusive: the control is too wide, or the ratio is over the budget by
/// what may be chance.
/// </param>
internal sealed record Comparison(double Ratio, double Significance, double ControlLow, double ControlHigh, Verdict Verdict)
{
    /// <summary>A breach needs a significance below this.</summary>
    public const double MaxSignificance = 0.001;

    /// <summary>The median's 99 % interval goes so many square roots of the count of values up and down in rank: 2.576 / 2.</summary>
    private const double HalfIntervalInRanks = 1.288;

    /// <summary>Judges.</summary>
    /// <param name="candidate">A time a round.</param>
    /// <param name="reference">As many, paired with the candidate's.</param>
    /// <param name="control">The reference again, as many.</param>
    /// <param name="budget">The ratio that is allowed.</param>
    /// <param name="tolerance">The part by which a ratio must exceed the budget to be a breach; the control must be narrower.</param>
    public static Comparison Judge(
        ReadOnlySpan<double> candidate, ReadOnlySpan<double> reference, ReadOnlySpan<double> control, double budget, double tolerance)
    {
        if (candidate.IsEmpty || candidate.Length != reference.Length || reference.Length != control.Length)
        {
            throw new ArgumentException("Candidate, reference and control have as many times each, at least one.", nameof(candidate));
        }

        var ratios = SortedRatios(candidate, reference);
        var controls = SortedRatios(control, reference);
        var ratio = Median(ratios);
        var reach = (int)Math.Ceiling(HalfIntervalInRanks * Math.Sqrt(controls.Length));
        var low = controls[Math.Max(0, ((controls.Length - 1) / 2) - reach)];
        var high = controls[Math.Min(controls.Length - 1, (controls.Length / 2) + reach)];
        var allowed = reference.ToArray();
        for (var i = 0; i < allowed.Length; i++)
        {
            allowed[i] *= budget;
        }

        var p = MannWhitney.Greater(candidate, allowed);
        var isOver = ratio > budget * (1 + tolerance);
        var verdict = low < 1 / (1 + tolerance) || high > 1 + tolerance || (isOver && p >= MaxSignificance) ? Verdict.Inconclusive
            : isOver ? Verdict.Breach
            : Verdict.Passed;
        return new Comparison(ratio, p, low, high, verdict);
    }

    /// <summary>The middle value, or the mean of the two.</summary>
    public static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static double[] SortedRatios(ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        var ratios = new double[above.Length];
        for (var i = 0; i < ratios.Length; i++)
        {
            ratios[i] = above[i] / below[i];
        }

        Array.Sort(ratios);
        return ratios;
    }
}
