namespace Dmex.Fast.Bench.Timing;

/// <summary>
/// Welch's t-test between two classes of measurements, in the manner of dudect (Reparaz, Balasch, Verbauwhede, "Dude, is my
/// code constant time?", 2017): on all of them, and on those below several percentiles of both classes together, since
/// interrupts and other guests make the slow ones slow whatever the class.
/// </summary>
internal static class WelchTest
{
    /// <summary>Where dudect draws the line: beyond it the two classes take different times, almost certainly.</summary>
    public const double Threshold = 4.5;

    /// <summary>The percentiles at which the slower measurements are left out; 100 keeps all.</summary>
    public static readonly double[] Crops = [100, 99.9, 99, 95, 90, 75, 50, 25];

    /// <summary>t for each crop.</summary>
    /// <param name="times">The measurements.</param>
    /// <param name="classes">The class of each, 0 or 1.</param>
    public static double[] Evaluate(ReadOnlySpan<long> times, ReadOnlySpan<byte> classes)
    {
        var sorted = times.ToArray();
        Array.Sort(sorted);
        var result = new double[Crops.Length];
        for (var crop = 0; crop < Crops.Length; crop++)
        {
            var index = (int)Math.Min(sorted.Length - 1, sorted.Length * Crops[crop] / 100);
            result[crop] = Statistic(times, classes, sorted[index]);
        }

        return result;
    }

    /// <summary>The largest |t| of all crops.</summary>
    public static double Largest(IEnumerable<double> statistics) => statistics.Max(Math.Abs);

    private static double Statistic(ReadOnlySpan<long> times, ReadOnlySpan<byte> classes, long most)
    {
        Span<double> count = stackalloc double[2];
        Span<double> mean = stackalloc double[2];
        Span<double> squares = stackalloc double[2];
        count.Clear();
        mean.Clear();
        squares.Clear();
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] > most)
            {
                continue;
            }

            // Welford's running mean and sum of squared differences.
            var c = classes[i];
            count[c]++;
            var difference = times[i] - mean[c];
            mean[c] += difference / count[c];
            squares[c] += difference * (times[i] - mean[c]);
        }

        if (count[0] < 2 || count[1] < 2)
        {
            return 0;
        }

        var error = Math.Sqrt((squares[0] / (count[0] - 1) / count[0]) + (squares[1] / (count[1] - 1) / count[1]));
        return error == 0 ? 0 : (mean[0] - mean[1]) / error;
    }
}
