namespace Dmex.Fast.Lab.Hosts;

/// <summary>
/// The thread pool's threads, all started ahead of what is measured, and no more afterwards. The pool starts threads when
/// it sees fit, some kilobytes each, and what a thread keeps for itself (the array pool's slots, say) is made when it first
/// runs a way's code: both would be counted for whichever cancel happens to be under way.
/// </summary>
internal static class PoolThreads
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Fixes how many threads the pool has.</summary>
    public static void Fix()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        var count = Math.Max(workers, 4);
        _ = ThreadPool.SetMinThreads(count, completionPorts);
        ThreadPool.GetMaxThreads(out _, out completionPorts);
        _ = ThreadPool.SetMaxThreads(count, completionPorts);
    }

    /// <summary>Begins the work once on each thread of the pool, with all of them running at once, and waits for its end.</summary>
    /// <param name="begin">Runs on the thread up to its first wait; must not block.</param>
    public static async Task RunOnEachAsync(Func<Task> begin)
    {
        ThreadPool.GetMaxThreads(out var count, out _);
        using var allRunning = new CountdownEvent(count);
        var visits = new Task<Task>[count];
        for (var i = 0; i < count; i++)
        {
            visits[i] = Task.Factory.StartNew(
                () => Visit(allRunning, begin), CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
        }

        foreach (var visit in visits)
        {
            await await visit;
        }
    }

    /// <summary>No thread leaves before all have come. A busy machine that cannot start them in time does without.</summary>
    private static Task Visit(CountdownEvent allRunning, Func<Task> begin)
    {
        _ = allRunning.Signal();
        _ = allRunning.Wait(Patience);
        return begin();
    }
}
