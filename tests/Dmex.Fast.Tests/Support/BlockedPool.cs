namespace Dmex.Fast.Tests.Support;

/// <summary>Blocks every thread of the pool until disposed, with more work queued than it may start threads for.</summary>
internal sealed class BlockedPool : IDisposable
{
    private readonly ManualResetEventSlim _lock = new();
    private readonly int _minWorkers;
    private readonly int _minCompletion;
    private readonly int _maxWorkers;
    private readonly int _maxCompletion;
    private int _probeRan;
    private int _blocked;

    public BlockedPool()
    {
        ThreadPool.GetMinThreads(out _minWorkers, out _minCompletion);
        ThreadPool.GetMaxThreads(out _maxWorkers, out _maxCompletion);
        // More blockers than threads: whatever thread becomes free takes the next one, and the probe behind them never runs.
        var limit = Math.Max(Environment.ProcessorCount, ThreadPool.ThreadCount);
        _ = ThreadPool.SetMinThreads(Math.Min(limit, _minWorkers), _minCompletion);
        _ = ThreadPool.SetMaxThreads(limit, _maxCompletion);
        for (var i = 0; i < 2 * limit; i++)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    _ = Interlocked.Increment(ref _blocked);
                    _lock.Wait();
                },
                null);
        }

        _ = ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref _probeRan, 1), null);
        Wait.UntilSync(() => Volatile.Read(ref _blocked) > 0 && Volatile.Read(ref _blocked) >= limit - 2, "the pool is blocked");
    }

    /// <summary>Whether a piece of work queued behind the blockers has still not run.</summary>
    public bool IsBlocked => Volatile.Read(ref _probeRan) == 0;

    public void Dispose()
    {
        _ = ThreadPool.SetMaxThreads(_maxWorkers, _maxCompletion);
        _ = ThreadPool.SetMinThreads(_minWorkers, _minCompletion);
        _lock.Set();
    }
}
