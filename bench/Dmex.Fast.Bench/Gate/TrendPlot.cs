using Dmex.Fast.Signing.Ecdsa;
using ScottPlot;

namespace Dmex.Fast.Bench.Gate;

/// <summary>Draws how the guarded ratios went over the recorded runs of one machine.</summary>
internal static class TrendPlot
{
    private const int Width = 1500;
    private const int Height = 1600;
    private const int LabelCharacters = 7;
    private const int Left = 90;
    private const int Right = 420;
    private const int Below = 60;
    private const int Above = 50;
    private const string Font = "DejaVu Sans";
    private const string Verified = ", verified";

    /// <summary>Each has one color; what is verified is dashed.</summary>
    private static readonly string[] Kernels = Enum.GetNames<SigningKernel>();

    private static readonly Color[] Colors = new ScottPlot.Palettes.Category10().Colors;

    /// <summary>What the panels show: few lines each, of like size, so that they can be told apart.</summary>
    private static readonly (string Title, string[] Metrics)[] Panels =
    [
        ("One signature (dashed: verified), against libsecp256k1's",
            ["signature, Portable", "signature, Avx2", "signature, Avx512", "signature, Portable, verified", "signature, Avx2, verified", "signature, Avx512, verified"]),
        ("Batch of 1,024, each signature (dashed: verified), against libsecp256k1's",
            ["batch of 1024, Avx2, each", "batch of 1024, Avx512, each", "batch of 1024, Avx2, verified, each", "batch of 1024, Avx512, verified, each"]),
        ("A cancel on the wire, against ClientWebSocket",
            ["one cancel, p50", "receiving, each of 1000", "frame reading", "burst of 1000, last byte"]),
        ("Other budgets: recovery (libsecp256k1), panic (SslStream.Write), message (System.Text.Json)",
            ["recovery", "panic of 10000, last byte", "message"]),
    ];

    /// <summary>Writes a PNG.</summary>
    /// <param name="runs">Of one machine, in the order of time.</param>
    /// <param name="file">Where to.</param>
    public static void Save(IReadOnlyList<RecordedRun> runs, string file)
    {
        var plots = new Multiplot();
        plots.AddPlots(Panels.Length);
        for (var i = 0; i < Panels.Length; i++)
        {
            Draw(plots.GetPlot(i), Panels[i].Title, Panels[i].Metrics, runs);
            plots.GetPlot(i).Layout.Fixed(new PixelPadding(Left, Right, Below, Above));
        }

        _ = plots.SavePng(file, Width, Height);
    }

    private static void Draw(Plot plot, string title, string[] metrics, IReadOnlyList<RecordedRun> runs)
    {
        plot.Font.Set(Font); // another one where it is not there
        plot.Title(title, size: 20);
        plot.YLabel("time, as a ratio (lower is better)", size: 15);
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        for (var i = 0; i < metrics.Length; i++)
        {
            var kernel = Array.FindIndex(Kernels, kernel => metrics[i].Contains(kernel, StringComparison.Ordinal));
            Points(plot, metrics[i], Colors[kernel < 0 ? i : kernel], runs);
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(0, runs.Count).Select(i => (double)i)],
            [.. runs.Select(run => $"{run.Time:MM-dd HH:mm}\n{run.Commit[..Math.Min(LabelCharacters, run.Commit.Length)]}")]);
        plot.Axes.SetLimitsX(-0.5, Math.Max(1, runs.Count - 1) + 0.5);
        plot.Axes.SetLimitsY(0, plot.GetPlottables().Select(plottable => plottable.GetAxisLimits().Top).DefaultIfEmpty(1).Max() * 1.15);
        plot.Legend.FontSize = 14;
        _ = plot.ShowLegend(Edge.Right);
    }

    private static void Points(Plot plot, string metric, Color color, IReadOnlyList<RecordedRun> runs)
    {
        var places = Enumerable.Range(0, runs.Count).Where(i => runs[i].Metrics.ContainsKey(metric + " ratio")).ToArray();
        if (places.Length == 0)
        {
            return;
        }

        var line = plot.Add.Scatter(
            places.Select(i => (double)i).ToArray(), places.Select(i => runs[i].Metrics[metric + " ratio"]).ToArray());
        line.LegendText = metric;
        line.Color = color;
        line.LinePattern = metric.Contains(Verified, StringComparison.Ordinal) ? LinePattern.Dashed : LinePattern.Solid;
        line.LineWidth = 2.5f;
        line.MarkerSize = 9;
    }
}
