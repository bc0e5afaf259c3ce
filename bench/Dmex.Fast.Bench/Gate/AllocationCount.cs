namespace Dmex.Fast.Bench.Gate;

/// <summary>Counts the bytes that an operation allocates.</summary>
internal static class AllocationCount
{
    private const int Rounds = 5;
    private const int Calls = 200;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The fewest bytes an operation in any of five rounds: what the runtime itself allocates now and then does not repeat,
    /// what the code allocates does. Of the whole process where other threads work, else of this thread.
    /// </summary>
    public static double Measure(Side side)
    {
        var calls = side.IsSlow ? 1 : (int)Math.Clamp(RoundTime / (side.Fastest ?? TimeSpan.FromTicks(1)), 1, Calls);
        side.Operate(calls);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = Now(side);
            side.Operate(calls);
            least = Math.Min(least, Now(side) - before);
        }

        return (double)least / calls / side.Units;
    }

    private static long Now(Side side) =>
        side.IsThreaded ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();
}
