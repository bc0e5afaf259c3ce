#if PLOTS
using System.Globalization;
using Dmex.Fast.Lab.Reporting;
#endif
using Dmex.Fast.Lab.Statistics;
#if PLOTS
using HdrHistogram;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
#endif

namespace Dmex.Fast.Lab.Plots;

/// <summary>
/// Draws latency against the percentile, with each nine as wide as the one before. The library that draws is left out of the
/// native executable: trimming it draws warnings.
/// </summary>
internal static class PercentilePlot
{
#if PLOTS
    private const int Width = 1_200;
    private const int Height = 800;

    private static readonly (double At, string Label)[] Percents =
        [(0, "0 %"), (Math.Log10(2), "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %"), (5, "99.999 %")];

    /// <summary>Whether this program can draw.</summary>
    public static bool IsAvailable => true;

    /// <summary>Draws every series but those of receipts, as an SVG file.</summary>
    /// <param name="path">The file; replaced when it is there.</param>
    /// <param name="series">What to draw; a color for each way.</param>
    /// <param name="title">What was measured.</param>
    /// <param name="subtitle">Where and when, and whether that host is fit for figures to rely on.</param>
    /// <exception cref="LabException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<StageSeries> series, string title, string subtitle)
    {
        var plot =
            new PlotModel { Title = title, TitleFontSize = 20, Subtitle = subtitle, SubtitleFontSize = 13, Background = OxyColors.White };
        var ways = series.Select(one => one.Way).Distinct(StringComparer.Ordinal).ToList();
        var (lowest, highest, nines) = (double.MaxValue, 0.0, 1.0);
        foreach (var one in series.Where(one => one.Stage is not "receipt"))
        {
            var points = Points(one.Histogram);
            if (points.Count == 0)
            {
                continue;
            }

            var line = new LineSeries
            {
                Title = $"{one.Way}, {one.Stage}",
                Color = SvgPage.Colors[ways.IndexOf(one.Way) % SvgPage.Colors.Count],
                StrokeThickness = 2.5,
                LineStyle = one.Stage is "kernel" ? LineStyle.Solid : LineStyle.Dash,
            };
            line.Points.AddRange(points.Select(point => new DataPoint(point.X, Math.Log10(point.Y))));
            plot.Series.Add(line);
            (lowest, highest, nines) = (Math.Min(lowest, points[0].Y), Math.Max(highest, points[^1].Y), Math.Max(nines, points[^1].X));
        }

        plot.Axes.Add(new TickAxis(AxisPosition.Bottom, "percentile", Percents) { Minimum = 0, Maximum = nines + 0.05 });
        var values = new TickAxis(AxisPosition.Left, "time from the intended start, µs", ValueTicks());
        if (highest > 0)
        {
            (values.Minimum, values.Maximum) = (Math.Log10(lowest * 0.8), Math.Log10(highest * 1.3));
        }

        plot.Axes.Add(values);
        plot.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.LeftTop,
            LegendBackground = OxyColors.White,
            LegendBorder = OxyColors.Gray,
            LegendFontSize = 15,
            LegendSymbolLength = 40,
        });
        try
        {
            SvgPage.Write(path, Width, Height, plot);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                LabFailure.Input, $"--plot: {path} cannot be written: {error.Message}", "Give a file in a folder that is there.", error);
        }
    }

    // Up to the last percentile that has ten samples beyond it.
    private static List<(double X, double Y)> Points(HistogramBase histogram)
    {
        var points = new List<(double X, double Y)>();
        if (histogram.TotalCount == 0)
        {
            return points;
        }

        for (var nines = 0.0; Percentiles.IsKnown(histogram.TotalCount, Percentile(nines)); nines += 0.02)
        {
            points.Add((nines, Math.Max(histogram.GetValueAtPercentile(Percentile(nines)), 1) / 1e3));
        }

        return points;
    }

    private static double Percentile(double nines) => 100 * (1 - Math.Pow(10, -nines));

    private static IEnumerable<(double At, string Label)> ValueTicks()
    {
        for (var decade = 0.1; decade < 1e8; decade *= 10)
        {
            foreach (var step in (double[])[1, 2, 5])
            {
                yield return (Math.Log10(decade * step), (decade * step).ToString("#,0.#", CultureInfo.InvariantCulture));
            }
        }
    }
#else
    /// <summary>Whether this program can draw.</summary>
    public static bool IsAvailable => false;

    /// <summary>Never called: the option is refused.</summary>
    public static void Write(string path, IReadOnlyList<StageSeries> series, string title, string subtitle) =>
        throw new InvalidOperationException($"{path} ({title}, {subtitle}, {series.Count} series) cannot be drawn by this executable.");
#endif
}
