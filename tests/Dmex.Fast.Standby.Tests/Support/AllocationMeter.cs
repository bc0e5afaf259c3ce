namespace Dmex.Fast.Standby.Tests.Support;

/// <summary>Counts the bytes that the calling thread allocates.</summary>
internal static class AllocationMeter
{
    private const int WarmUp = 200;

    /// <summary>
    /// The fewest bytes that some calls allocated in any of five rounds: what the runtime allocates now and then does not repeat.
    /// </summary>
    public static long Measure(int repetitions, Action action)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            action();
        }

        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < repetitions; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
