using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Bench.Gate;

/// <summary>One side of a comparison, prepared and checked: how a block of it is timed, and what one operation of it allocates.</summary>
/// <param name="Block">Runs a block; nanoseconds an operation.</param>
/// <param name="Operate">Runs so many operations, for counting bytes.</param>
/// <param name="Units">How many operations one call of <paramref name="Operate"/>'s unit is.</param>
internal sealed record Side(Func<double> Block, Action<int> Operate, int Units = 1)
{
    private const double BlockNanoseconds = 500_000;
    private const int MinWarmUpBlocks = 3;
    private const int MaxCalls = 100_000;

    /// <summary>Whether other threads work for it, so that their bytes count too.</summary>
    public bool IsThreaded { get; init; }

    /// <summary>Whether a block takes so long that few of them must do.</summary>
    public bool IsSlow { get; init; }

    /// <summary>The mean of many calls.</summary>
    /// <param name="call">What is timed; warmed up by the caller.</param>
    /// <param name="units">How many operations a call is.</param>
    public static Side Mean(Action call, int units = 1)
    {
        var calls = 1;
        var fastest = double.MaxValue;
        return new Side(
            () =>
            {
                var time = Loop(call, calls) / calls;
                fastest = Math.Min(fastest, time);
                calls = (int)Math.Clamp(BlockNanoseconds / fastest, 1, MaxCalls);
                return time / units;
            },
            count => Loop(call, count),
            units);
    }

    /// <summary>A percentile of single calls, for what other threads or the kernel interrupt now and then.</summary>
    public static Side Percentile(Action call, int calls, int percent)
    {
        var times = new double[calls];
        return new Side(
            () =>
            {
                for (var i = 0; i < times.Length; i++)
                {
                    times[i] = Loop(call, 1);
                }

                Array.Sort(times);
                return times[times.Length * percent / 100];
            },
            count => Loop(call, count))
        {
            IsThreaded = true,
        };
    }

    /// <summary>One call that tells its own time, and takes long.</summary>
    public static Side Whole(Func<double> call) => new(
        call,
        count =>
        {
            for (var i = 0; i < count; i++)
            {
                _ = call();
            }
        })
    {
        IsThreaded = true,
        IsSlow = true,
    };

    /// <summary>Calls for a while, so that the runtime compiles what it runs in its last tier.</summary>
    public void WarmUp(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        for (var blocks = 0; blocks < MinWarmUpBlocks || Stopwatch.GetElapsedTime(started) < time; blocks++)
        {
            _ = Block();
        }
    }

    /// <summary>
    /// Nanoseconds for so many calls. Compiled once and without a profile: a profile would know the first delegate and call
    /// that one faster than others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Loop(Action call, int calls)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            call();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }
}
