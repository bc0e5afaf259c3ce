using Dmex.Fast.Lab.Reporting;
using HdrHistogram;

namespace Dmex.Fast.Lab.Statistics;

/// <summary>HdrHistogram's standard percentile files, which its plotter and other tools read; values in µs.</summary>
internal static class Hgrm
{
    private const double NanosecondsPerMicrosecond = 1_000;

    /// <summary>Writes a file for each way and stage: <c>PREFIX-way-stage.hgrm</c>.</summary>
    /// <returns>The files' names.</returns>
    /// <exception cref="LabException">A file cannot be written.</exception>
    public static List<string> Write(string prefix, IReadOnlyList<StageSeries> all)
    {
        var files = new List<string>();
        foreach (var (way, stage, histogram) in all)
        {
            var path = $"{prefix}-{way}-{stage}.hgrm";
            try
            {
                using var writer = new StreamWriter(path);
                histogram.OutputPercentileDistribution(writer, outputValueUnitScalingRatio: NanosecondsPerMicrosecond);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new LabException(
                    LabFailure.Input, $"--hgrm: {path} cannot be written: {error.Message}",
                    "Give the beginning of a path in a folder that is there.", error);
            }

            files.Add(path);
        }

        return files;
    }
}
