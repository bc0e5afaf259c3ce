using HdrHistogram;
using ScottPlot;
using ScottPlot.TickGenerators;

#if PLOTS
#endif

namespace Dmex.Fast.Cli.Latency;

/// <summary>
/// Draws latency against the percentile, with each nine as wide as the one before. The library that draws is left out of the
/// native executable, whose point is to be small and to start fast.
/// </summary>
internal static class PercentilePlot
{
#if PLOTS
    private const int Width = 1_200;
    private const int Height = 800;

    /// <summary>Whether this program can draw.</summary>
    public static bool IsAvailable => true;

    /// <summary>Draws call to kernel and call to confirmation of every way.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SessionResult> sessions, string title)
    {
        using var plot = new Plot();
        var color = new ScottPlot.Palettes.Category10();
        var lowest = double.MaxValue;
        var highest = 0.0;
        var nines = 1.0;
        for (var i = 0; i < sessions.Count; i++)
        {
            foreach (var (stage, histogram) in sessions[i].Stages.Where(stage => stage.Stage is not "receipt"))
            {
                var points = Points(histogram);
                if (points.Count == 0)
                {
                    continue;
                }

                var line = plot.Add.Scatter(points.ConvertAll(point => point.X).ToArray(), points.ConvertAll(point => Math.Log10(point.Y)).ToArray());
                line.LegendText = $"{sessions[i].Report.Name}, {stage}";
                line.Color = color.GetColor(i);
                line.LineWidth = 3;
                line.MarkerSize = 0;
                line.LinePattern = stage is "kernel" ? LinePattern.Solid : LinePattern.Dashed;
                lowest = Math.Min(lowest, points[0].Y);
                highest = Math.Max(highest, points[^1].Y);
                nines = Math.Max(nines, points[^1].X);
            }
        }

        plot.Title(title, 22);
        plot.XLabel("percentile", 18);
        plot.YLabel("time from the intended start, µs", 18);
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [0, 0.30103, 1, 2, 3, 4, 5], ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"]);
        plot.Axes.Left.TickGenerator = ValueTicks();
        plot.Axes.Bottom.TickLabelStyle.FontSize = 16;
        plot.Axes.Left.TickLabelStyle.FontSize = 16;
        if (highest > 0)
        {
            plot.Axes.SetLimits(0, nines + 0.05, Math.Log10(lowest * 0.8), Math.Log10(highest * 1.3));
        }

        plot.ShowLegend(Alignment.UpperLeft);
        plot.Legend.FontSize = 16;
        try
        {
            _ = plot.SavePng(path, Width, Height);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadInput, $"--plot: {path} cannot be written: {error.Message}", "Give a file in a folder that is there.", error);
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

    private static NumericManual ValueTicks()
    {
        var ticks = new NumericManual();
        for (var decade = 0.1; decade < 1e8; decade *= 10)
        {
            foreach (var step in (double[])[1, 2, 5])
            {
                ticks.AddMajor(Math.Log10(decade * step), (decade * step).ToString("#,0.#", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return ticks;
    }
#else
    /// <summary>Whether this program can draw.</summary>
    public static bool IsAvailable => false;

    /// <summary>Never called: the option is refused.</summary>
    public static void Write(string path, IReadOnlyList<SessionResult> sessions, string title) =>
        throw new InvalidOperationException($"{path} ({title}, {sessions.Count} sessions) cannot be drawn by this executable.");
#endif
}
