using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dmex.Fast.Lab.Latency;

namespace Dmex.Fast.Bench.Gate;

/// <summary>One side of a comparison, prepared and checked: how a block of it is timed, and what one operation of it allocates.</summary>
/// <param name="Block">Runs a block; nanoseconds an operation.</param>
/// <param name="Operate">Runs so many operations, for counting bytes.</param>
/// <param name="Units">How many operations one call of <paramref name="Operate"/>'s unit is.</param>
internal sealed record Side(Func<double> Block, Action<int> Operate, int Units = 1)
{
    private const int MaxCalls = 100_000;

    /// <summary>How long a block of many calls is by default: too short for many interruptions to fall into it.</summary>
    private static readonly TimeSpan ShortBlock = TimeSpan.FromMicroseconds(500);

    /// <summary>The shortest time of a call; null where nobody counts calls.</summary>
    public TimeSpan? Fastest => Length is { Fastest: < double.MaxValue } length ? TimeSpan.FromMicroseconds(length.Fastest / 1_000) : null;

    /// <summary>How many calls a block has; null where it is fixed.</summary>
    private BlockLength? Length { get; init; }

    /// <summary>Whether other threads work for it, so that their bytes count too.</summary>
    public bool IsThreaded { get; init; }

    /// <summary>Whether a block takes so long that few of them must do.</summary>
    public bool IsSlow { get; init; }

    /// <summary>The mean of many calls.</summary>
    /// <param name="call">What is timed; warmed up by the caller.</param>
    /// <param name="units">How many operations a call is.</param>
    public static Side Mean(Action call, int units = 1)
    {
        var length = new BlockLength();
        return new Side(
            () =>
            {
                var time = Loop(call, length.Calls) / length.Calls;
                length.Fastest = Math.Min(length.Fastest, time);
                length.Calls = (int)Math.Clamp(length.Wanted.TotalNanoseconds / length.Fastest, 1, MaxCalls);
                return time / units;
            },
            count => Loop(call, count),
            units)
        {
            Length = length,
        };
    }

    /// <summary>A percentile of single calls, for what other threads or the kernel interrupt now and then.</summary>
    public static Side Percentile(Action call, int calls, int percent) => Percentile(() => Loop(call, 1), calls, percent);

    /// <summary>A percentile of single calls, each of which tells its own time.</summary>
    public static Side Percentile(Func<double> call, int calls, int percent)
    {
        var times = new double[calls];
        return new Side(
            () =>
            {
                for (var i = 0; i < times.Length; i++)
                {
                    times[i] = call();
                }

                Array.Sort(times);
                return times[times.Length * percent / 100];
            },
            count => Repeat(call, count))
        {
            IsThreaded = true,
        };
    }

    /// <summary>One call that tells its own time, and takes long.</summary>
    public static Side Whole(Func<double> call) => new(
        call,
        count => Repeat(call, count))
    {
        IsThreaded = true,
        IsSlow = true,
    };

    /// <summary>
    /// Makes its blocks as long as another side's: interruptions that fall into long blocks only would tell against them.
    /// </summary>
    public void MatchBlocks(Side other)
    {
        if (Length is not null && other.Length is not null)
        {
            var longest = Math.Max(ShortBlock.TotalNanoseconds, other.Length.Fastest);
            Length.Wanted = TimeSpan.FromMicroseconds(longest / 1_000);
            _ = Block();
        }
    }

    /// <summary>Runs blocks for a while, at least one.</summary>
    public void WarmUp(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            _ = Block();
        }
        while (Stopwatch.GetElapsedTime(started) < time);
    }

    private static void Repeat(Func<double> call, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _ = call();
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

    /// <summary>What a side learns about itself while it runs.</summary>
    private sealed class BlockLength
    {
        public TimeSpan Wanted { get; set; } = ShortBlock;

        public double Fastest { get; set; } = double.MaxValue;

        public int Calls { get; set; } = 1;
    }
}
