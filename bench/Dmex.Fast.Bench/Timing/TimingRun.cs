using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Lab.Latency;

namespace Dmex.Fast.Bench.Timing;

/// <summary>Times a call on inputs of two classes, made ahead block by block and shuffled.</summary>
internal static class TimingRun
{
    private const int Block = 2_000;
    private const int WarmUp = 2 * Block;

    /// <summary>t for each of <see cref="WelchTest.Crops"/>.</summary>
    /// <param name="call">The call.</param>
    /// <param name="split">What differs between the classes.</param>
    /// <param name="measurements">How many to take.</param>
    /// <param name="random">Chooses inputs and classes.</param>
    public static double[] Measure(ITimedCall call, TimingSplit split, int measurements, Random random)
    {
        var times = new long[measurements];
        var classes = new byte[measurements];
        var inputs = new TimingInput[Block];
        var ignored = new byte[Block];
        for (var done = 0; done < WarmUp; done += Block)
        {
            TimingInputs.Fill(inputs, ignored, split, random);
            Time(call, inputs, new long[Block]);
        }

        for (var done = 0; done < measurements; done += Block)
        {
            var count = Math.Min(Block, measurements - done);
            TimingInputs.Fill(inputs.AsSpan(0, count), classes.AsSpan(done, count), split, random);
            Time(call, inputs.AsSpan(0, count), times.AsSpan(done, count));
        }

        return WelchTest.Evaluate(times, classes);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Time(ITimedCall call, ReadOnlySpan<TimingInput> inputs, Span<long> times)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            call.Load(in inputs[i]);
            var begun = Stopwatch.GetTimestamp();
            call.Run();
            times[i] = Stopwatch.GetTimestamp() - begun;
        }
    }
}
