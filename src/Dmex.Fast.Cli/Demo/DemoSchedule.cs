namespace Dmex.Fast.Cli.Demo;

/// <summary>
/// How the ways take turns. A machine has quiet and busy phases, so each way runs in short blocks, in turn, and the
/// order of the turns rotates. Each block is led in by a few cancels that are not measured, which bring the way's code
/// and connection back into the caches.
/// </summary>
internal sealed class DemoSchedule
{
    private const int Blocks = 10;
    private const int LeadIn = 20;

    // The runtime recompiles hot methods in the background some 100 ms after they have become hot. The venue begins to
    // check signatures when it has been idle for longer than this pause.
    private const int WarmUpRounds = 4;
    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(200);

    private readonly int _orders;
    private readonly int _warmUpARound;

    /// <summary>Divides the work.</summary>
    /// <param name="orders">Measured orders of each way, at least 1.</param>
    /// <param name="warmUp">Orders of each way before the first block.</param>
    public DemoSchedule(int orders, int warmUp)
    {
        _orders = orders;
        _warmUpARound = (warmUp + WarmUpRounds - 1) / WarmUpRounds;
        BlockSize = (orders + Blocks - 1) / Blocks;
    }

    /// <summary>Measured orders in a block.</summary>
    public int BlockSize { get; }

    /// <summary>Orders of each way that are cancelled without being measured.</summary>
    public int WarmUpOrders => (WarmUpRounds * _warmUpARound) + (BlockCount * LeadIn);

    private int BlockCount => (_orders + BlockSize - 1) / BlockSize;

    /// <summary>Runs the code of every way until the runtime has compiled it for good.</summary>
    public async Task WarmUpAsync(IReadOnlyList<WayRun> runs, CancellationToken cancellationToken)
    {
        await PoolThreads.StartAsync();
        for (var round = 0; round < WarmUpRounds; round++)
        {
            foreach (var run in runs)
            {
                await run.WarmUpAsync(_warmUpARound);
                cancellationToken.ThrowIfCancellationRequested();
            }

            await Task.Delay(CompilationPause, cancellationToken);
        }
    }

    /// <summary>Measures every way, block by block.</summary>
    public async Task MeasureAsync(IReadOnlyList<WayRun> runs, DemoProgress progress, CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var block = 0; block < BlockCount; block++)
        {
            for (var turn = 0; turn < runs.Count; turn++)
            {
                var run = runs[(block + turn) % runs.Count];
                await run.WarmUpAsync(LeadIn);

                // The call returns when the loop has suspended, as this method has before: nothing is left to allocate.
                var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var measuring = run.MeasureAsync(BlockSize, start.Task);
                start.SetResult();
                await measuring;
                cancellationToken.ThrowIfCancellationRequested();
            }

            progress.Advance((block + 1.0) / BlockCount);
        }
    }
}
