#if PLOTS
using OxyPlot.Axes;

namespace Dmex.Fast.Lab.Plots;

/// <summary>An axis whose ticks and labels are given.</summary>
internal sealed class TickAxis : LinearAxis
{
    private readonly IReadOnlyDictionary<double, string> _labels;

    /// <summary>Makes an axis.</summary>
    /// <param name="position">On which side.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="ticks">Where the ticks are, and their labels.</param>
    public TickAxis(AxisPosition position, string title, IEnumerable<(double At, string Label)> ticks)
    {
        Position = position;
        Title = title;
        _labels = ticks.ToDictionary(tick => tick.At, tick => tick.Label);
        LabelFormatter = value => _labels.GetValueOrDefault(value, "");
        MajorGridlineStyle = OxyPlot.LineStyle.Solid;
        MajorGridlineColor = OxyPlot.OxyColors.Gainsboro;
        FontSize = 15;
        TitleFontSize = 16;
        AxisTitleDistance = 10;
    }

    /// <inheritdoc/>
    public override void GetTickValues(
        out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorTickValues = [.. _labels.Keys.Where(at => at >= ActualMinimum && at <= ActualMaximum)];
        majorLabelValues = majorTickValues;
        minorTickValues = [];
    }
}
#endif
