using HdrHistogram;

namespace Dmex.Fast.Cli.Latency;

/// <summary>HdrHistogram's standard percentile files, which its plotter and other tools read; values in µs.</summary>
internal static class Hgrm
{
    private const double NanosecondsAMicrosecond = 1_000;

    /// <summary>Writes a file for each way and stage: <c>PREFIX-way-stage.hgrm</c>.</summary>
    /// <returns>The files' names.</returns>
    /// <exception cref="CommandException">A file cannot be written.</exception>
    public static List<string> Write(string prefix, IReadOnlyList<SessionResult> sessions)
    {
        var files = new List<string>();
        foreach (var session in sessions)
        {
            foreach (var (stage, histogram) in session.Stages)
            {
                var path = $"{prefix}-{session.Report.Name}-{stage}.hgrm";
                try
                {
                    using var writer = new StreamWriter(path);
                    histogram.OutputPercentileDistribution(writer, outputValueUnitScalingRatio: NanosecondsAMicrosecond);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    throw new CommandException(
                        ExitCode.BadInput, $"--hgrm: {path} cannot be written: {error.Message}", "Give the beginning of a path in a folder that is there.", error);
                }

                files.Add(path);
            }
        }

        return files;
    }
}
