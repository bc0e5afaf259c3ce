using System.Globalization;
using Dmex.Fast.Signing;
using Dmex.Fast.Signing.Ecdsa;

namespace Dmex.Fast.Bench.Timing;

/// <summary>
/// <c>timing [--measurements N]</c>: looks for time that depends on secrets, three times over. Prints t for each crop.
/// Ends with 0 when no real call leaks, 1 when one shows |t| above 4.5 in all three runs, 2 when the control does in any
/// (nothing can be concluded), 3 when the planted leak is not found.
/// </summary>
internal static class TimingCommand
{
    public const string Name = "timing";
    private const int Runs = 3;
    private const int DefaultMeasurements = 200_000;
    private const int FewestMeasurements = 1_000;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (!TryReadMeasurements(arguments, out var measurements))
        {
            Console.Error.WriteLine(
                $"usage: timing [--measurements N]; N is a number of at least {FewestMeasurements}, {DefaultMeasurements} if left out.");
            return 64;
        }

        var seed = Environment.TickCount;
        var random = new Random(seed);
        Console.WriteLine($"{measurements} measurements each, seed {seed}; t at the percentiles");
        Console.WriteLine($"{string.Empty,-67}{string.Concat(WelchTest.Crops.Select(crop => Format(crop, 8)))}{"max |t|",10}");
        var leaking = new Dictionary<string, int>(StringComparer.Ordinal);
        var controlPassed = true;
        var leakFound = true;
        for (var run = 1; run <= Runs; run++)
        {
            foreach (var (make, split, kind) in Calls())
            {
                using var key = SigningKey.FromBytes(Enumerable.Repeat((byte)0x42, SigningKey.Size).ToArray());
                using var call = make(key);
                var statistics = TimingRun.Measure(call, split, measurements, random);
                var largest = WelchTest.Largest(statistics);
                var title = $"{call.Name}: {Describe(split)}";
                Console.WriteLine($"{run} {title,-65}{string.Concat(statistics.Select(t => Format(t, 8)))}{Format(largest, 10)}");
                var exceeds = largest > WelchTest.Threshold;
                controlPassed &= kind != Kind.Control || !exceeds;
                leakFound &= kind != Kind.Leak || exceeds;
                if (kind == Kind.Real && exceeds)
                {
                    leaking[title] = leaking.GetValueOrDefault(title) + 1;
                }
            }
        }

        return Conclude(controlPassed, leakFound, leaking);
    }

    private enum Kind
    {
        Real,
        Control,
        Leak,
    }

    private static int Conclude(bool controlPassed, bool leakFound, Dictionary<string, int> leaking)
    {
        foreach (var (title, runs) in leaking)
        {
            Console.WriteLine($"above {WelchTest.Threshold} in {runs} of {Runs} runs: {title}");
        }

        if (!controlPassed)
        {
            Console.WriteLine(
                "inconclusive: the control, whose classes are alike, is above the line; the machine disturbs the measurement");
            return 2;
        }

        if (!leakFound)
        {
            Console.WriteLine("inconclusive: the planted leak was not found in every run; measure more");
            return 3;
        }

        var leaks = leaking.Values.Any(runs => runs == Runs);
        Console.WriteLine(
            leaks ? "a call leaks" : "no call is above the line in all runs; the control is below it and the planted leak above, in each");
        return leaks ? 1 : 0;
    }

    private static IEnumerable<(Func<SigningKey, ITimedCall> Make, TimingSplit Split, Kind Kind)> Calls()
    {
        yield return (key => new TimedSignature(key, SigningKernels.Best), TimingSplit.Control, Kind.Control);
        yield return (key => new TimedLeak(key, SigningKernels.Best), TimingSplit.Key, Kind.Leak);
        foreach (var kernel in Enum.GetValues<SigningKernel>().Where(SigningKernels.IsSupported))
        {
            yield return (key => new TimedSignature(key, kernel), TimingSplit.Key, Kind.Real);
            yield return (key => new TimedSignature(key, kernel), TimingSplit.Hash, Kind.Real);
            if (kernel == SigningKernel.Portable)
            {
                continue;
            }

            // One without and one with additions that share inversions.
            foreach (var size in (int[])[16, 64])
            {
                yield return (key => new TimedBatch(key, kernel, size), TimingSplit.Key, Kind.Real);
                yield return (key => new TimedBatch(key, kernel, size), TimingSplit.Hash, Kind.Real);
            }
        }
    }

    private static string Describe(TimingSplit split) => split switch
    {
        TimingSplit.Key => "fixed against random keys",
        TimingSplit.Hash => "fixed against random hashes",
        _ => "control, random against random",
    };

    private static string Format(double value, int width) => value.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(width);

    private static bool TryReadMeasurements(ReadOnlySpan<string> arguments, out int measurements)
    {
        measurements = DefaultMeasurements;
        return arguments.IsEmpty
            || (arguments is ["--measurements", var number]
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out measurements)
                && measurements >= FewestMeasurements);
    }
}
