using Dmex.Fast.Lab.Plots;
using Dmex.Fast.Signing.Ecdsa;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Dmex.Fast.Bench.Gate;

/// <summary>Draws how the guarded ratios went over the recorded runs of one machine.</summary>
internal static class TrendPlot
{
    private const int Width = 1500;
    private const int Height = 400;
    private const int LabelCharacters = 7;
    private const double Gap = 0.1;
    private const string Verified = ", verified";

    /// <summary>Each has one color; what is verified is dashed.</summary>
    private static readonly string[] Kernels = Enum.GetNames<SigningKernel>();

    /// <summary>What the panels show: few lines each, of like size, so that they can be told apart.</summary>
    private static readonly (string Title, string[] Metrics)[] Panels =
    [
        ("One signature (dashed: verified), against libsecp256k1's",
            ["signature, Portable", "signature, Avx2", "signature, Avx512", "signature, Portable, verified", "signature, Avx2, verified",
            "signature, Avx512, verified"]),
        ("Batch of 1,024, each signature (dashed: verified), against libsecp256k1's",
            ["batch of 1024, Avx2, each", "batch of 1024, Avx512, each", "batch of 1024, Avx2, verified, each",
            "batch of 1024, Avx512, verified, each"]),
        ("A cancel on the wire, against ClientWebSocket",
            ["one cancel, p50", "receiving, each of 1000", "frame reading", "burst of 1000, last byte"]),
        ("Other budgets: recovery (libsecp256k1), panic (SslStream.Write), message (System.Text.Json)",
            ["recovery", "panic of 10000, last byte", "message"]),
    ];

    /// <summary>Writes an SVG file.</summary>
    /// <param name="runs">Of one machine, in the order of time.</param>
    /// <param name="file">Where to.</param>
    public static void Save(IReadOnlyList<RecordedRun> runs, string file) =>
        SvgPage.Write(file, Width, Height, [.. Panels.Select(panel => Draw(panel.Title, panel.Metrics, runs))]);

    private static PlotModel Draw(string title, string[] metrics, IReadOnlyList<RecordedRun> runs)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 18, PlotMargins = new OxyThickness(80, 10, 400, 60) };
        for (var i = 0; i < metrics.Length; i++)
        {
            var kernel = Array.FindIndex(Kernels, kernel => metrics[i].Contains(kernel, StringComparison.Ordinal));
            Add(plot, metrics[i], SvgPage.Colors[kernel < 0 ? i : kernel], runs);
        }

        var highest = plot.Series.Cast<LineSeries>().SelectMany(line => line.Points).Select(point => point.Y).DefaultIfEmpty(1).Max();
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = "time, as a ratio (lower is better)",
            Minimum = 0,
            Maximum = highest * (1 + Gap),
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.Gainsboro,
        });
        plot.Axes.Add(new TickAxis(
            AxisPosition.Bottom,
            "",
            runs.Select((run, i) => ((double)i, $"{run.Time:MM-dd HH:mm}\n{run.Commit[..Math.Min(LabelCharacters, run.Commit.Length)]}")))
        {
            Minimum = -0.5,
            Maximum = Math.Max(1, runs.Count - 1) + 0.5,
            FontSize = 13,
        });
        plot.Legends.Add(
            new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendFontSize = 14 });
        return plot;
    }

    private static void Add(PlotModel plot, string metric, OxyColor color, IReadOnlyList<RecordedRun> runs)
    {
        var line = new LineSeries
        {
            Title = metric,
            Color = color,
            LineStyle = metric.Contains(Verified, StringComparison.Ordinal) ? LineStyle.Dash : LineStyle.Solid,
            StrokeThickness = 2.5,
            MarkerType = MarkerType.Circle,
            MarkerSize = 4.5,
        };
        for (var i = 0; i < runs.Count; i++)
        {
            if (runs[i].Metrics.TryGetValue(metric + " ratio", out var ratio))
            {
                line.Points.Add(new DataPoint(i, ratio));
            }
        }

        if (line.Points.Count > 0)
        {
            plot.Series.Add(line);
        }
    }
}
