using System.Diagnostics;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Tests.Simulation;

/// <summary>
/// A world and all that is to happen in it: the options of the tracker, and a script of steps in the order of their times.
/// </summary>
internal sealed class Scenario
{
    /// <summary>A millisecond in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long Millisecond = Stopwatch.Frequency / 1000;

    /// <summary>A microsecond in ticks of <see cref="Stopwatch"/>.</summary>
    public static readonly long Microsecond = Stopwatch.Frequency / 1_000_000;

    /// <summary>When the script begins: not 0, which means "never" to the tracker.</summary>
    public static readonly long Start = 1000 * Stopwatch.Frequency;

    /// <summary>Whatever the world draws at random comes from it.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many orders there are.</summary>
    public int Orders { get; init; }

    /// <summary>How many connections there are.</summary>
    public int Connections { get; init; }

    /// <summary>The options of the tracker.</summary>
    public required TrackerOptions Options { get; init; }

    /// <summary>How much later than asked for the timer runs, in ticks.</summary>
    public long TimerLag { get; init; }

    /// <summary>Of a thousand cancels that the venue does something odd to outside of any mode.</summary>
    public int FaultsPerMille { get; init; }

    /// <summary>Of a thousand reads of the venue's list, how many fail, and how many of the others lie.</summary>
    public int ListFaultsPerMille { get; init; }

    /// <summary>What happens.</summary>
    public required Step[] Steps { get; init; }

    /// <summary>When all faults end.</summary>
    public long End { get; init; }

    /// <summary>The same world with other steps.</summary>
    public Scenario With(Step[] steps) => new()
    {
        Seed = Seed,
        Orders = Orders,
        Connections = Connections,
        Options = Options,
        TimerLag = TimerLag,
        FaultsPerMille = FaultsPerMille,
        ListFaultsPerMille = ListFaultsPerMille,
        Steps = steps,
        End = End,
    };

    /// <summary>The options in a line.</summary>
    public override string ToString() =>
        $"{Connections} connections, {Options.Policy}, capacity {Options.Capacity}, book {Options.BookCapacity}, "
        + $"re-sends {Options.MaxResendsPerOrder}/order {Options.MaxResendsPerSecond}/s, answer within {Text(Options.AckTimeout)}, "
        + $"not-found grace {Text(Options.NotFoundGrace)}, pause at most {Text(Options.MaxRetryAfter)}, rate "
        + (Options.Rate is { } rate ? $"{rate.FramesPerSecond}/s burst {rate.Burst} reserve {rate.PanicReserve}" : "unlimited")
        + $", timer {Text(TimerLag)} late, {(Options.ListLag is { } lag ? $"a list up to {Text(lag)} late" : "no list")}";

    private static string Text(long ticks) => ticks == long.MaxValue ? "ever" : $"{ticks / (double)Millisecond:0.###} ms";
}
