#if PLOTS
using OxyPlot;

namespace Dmex.Fast.Lab.Plots;

/// <summary>Plots below one another as one SVG file.</summary>
internal static class SvgPage
{
    /// <summary>The colors of series, as Matplotlib's "tab10" has them.</summary>
    public static IReadOnlyList<OxyColor> Colors { get; } =
    [
        OxyColor.FromRgb(0x1f, 0x77, 0xb4), OxyColor.FromRgb(0xff, 0x7f, 0x0e), OxyColor.FromRgb(0x2c, 0xa0, 0x2c),
        OxyColor.FromRgb(0xd6, 0x27, 0x28),
        OxyColor.FromRgb(0x94, 0x67, 0xbd), OxyColor.FromRgb(0x8c, 0x56, 0x4b), OxyColor.FromRgb(0xe3, 0x77, 0xc2),
        OxyColor.FromRgb(0x7f, 0x7f, 0x7f),
    ];

    /// <summary>Draws the plots.</summary>
    /// <param name="path">The file; replaced when it is there.</param>
    /// <param name="width">Of the page, in pixels.</param>
    /// <param name="height">Of each plot, in pixels.</param>
    /// <param name="plots">From top to bottom.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor that.</exception>
    public static void Write(string path, double width, double height, params IReadOnlyList<PlotModel> plots)
    {
        using var file = File.Create(path);
        using var page = new SvgRenderContext(
            file, width, height * plots.Count, isDocument: true, new PdfRenderContext(width, height, OxyColors.White), OxyColors.White);
        for (var i = 0; i < plots.Count; i++)
        {
            IPlotModel plot = plots[i];
            plot.Update(updateData: true);
            plot.Render(page, new OxyRect(0, i * height, width, height));
        }

        page.Complete();
    }
}
#endif
