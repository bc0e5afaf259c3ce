namespace Dmex.Fast.Cli.Demo;

/// <summary>
/// Starts the thread pool's threads ahead of what is measured, and no more afterwards. The pool starts threads when it sees
/// fit, a kilobyte each, and that would be counted for whichever cancel happens to be under way.
/// </summary>
internal static class PoolThreads
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Has as many threads running at once as the pool may have from now on, and so all of them alive.</summary>
    public static async Task StartAsync()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        var count = Math.Max(workers, 4) * 2;
        if (!ThreadPool.SetMinThreads(count, completionPorts) || !ThreadPool.SetMaxThreads(count, Math.Max(count, completionPorts)))
        {
            return;
        }

        using var allRunning = new CountdownEvent(count);
        var visits = new Task[count];
        for (var i = 0; i < count; i++)
        {
            visits[i] = Task.Run(() => Visit(allRunning));
        }

        await Task.WhenAll(visits);
    }

    /// <summary>Nobody leaves before all have come. A busy machine that cannot start them in time does without.</summary>
    private static void Visit(CountdownEvent allRunning)
    {
        _ = allRunning.Signal();
        _ = allRunning.Wait(Patience);
    }
}
