using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Reporting;

namespace Dmex.Fast.Lab.Demo;

/// <summary>
/// How the ways take turns. A machine has quiet and busy phases, so each way runs in short blocks, in turn, and the
/// order of the turns rotates. Each block is led in by a few cancels that are not measured, which bring the way's code
/// and connection back into the caches.
/// </summary>
internal sealed class DemoSchedule
{
    private const int MinBlocks = 10;

    // About a quarter of a second of the slower ways: a machine's busy moments last longer, so they meet every way.
    private const int MaxBlockSize = 500;
    private const int LeadIn = 20;

    // The runtime recompiles hot methods in the background some 100 ms after they have become hot, and allocates the strings
    // that they name. The venue begins to check signatures when it has been idle for longer than this pause.
    private const int MinRounds = 10;
    private const int MaxRounds = 20;
    private const int MinQuietRounds = 3;
    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(200);

    private readonly int _orders;
    private readonly int _warmUpPerRound;
    private int _rounds;

    /// <summary>Divides the work.</summary>
    /// <param name="orders">Measured orders of each way, at least 1.</param>
    /// <param name="warmUp">Orders of each way before the first block.</param>
    public DemoSchedule(int orders, int warmUp)
    {
        _orders = orders;
        _warmUpPerRound = (warmUp + MinRounds - 1) / MinRounds;
        BlockSize = Math.Min(MaxBlockSize, (orders + MinBlocks - 1) / MinBlocks);
    }

    /// <summary>Measured orders in a block.</summary>
    public int BlockSize { get; }

    /// <summary>Orders of each way to open for cancels that are not measured; not all of them may be needed.</summary>
    public int WarmUpOrders => (MaxRounds * (_warmUpPerRound + Touches)) + (BlockCount * LeadIn);

    /// <summary>Those that were canceled by each way.</summary>
    public int WarmUpCanceled => (_rounds * _warmUpPerRound) + (BlockCount * LeadIn);

    // One order for each thread that PoolThreads fixes.
    private static int Touches => Math.Max(Environment.ProcessorCount, 4);

    private int BlockCount => (_orders + BlockSize - 1) / BlockSize;

    /// <summary>
    /// Runs the code of every way until the runtime has compiled it for good and every thread has run it: until nothing was
    /// allocated in some rounds in turn by the ways of which that is to be expected.
    /// </summary>
    public async Task WarmUpAsync(IReadOnlyList<WayRun> runs, ILabProgress progress, CancellationToken cancellationToken)
    {
        if (_warmUpPerRound == 0)
        {
            return;
        }

        await Task.Yield();
        PoolThreads.Fix();
        for (var quiet = 0; _rounds < MaxRounds && (_rounds < MinRounds || quiet < MinQuietRounds); _rounds++)
        {
            var allocated = 0L;
            foreach (var run in runs)
            {
                if (run.Way.AllocatesNothing)
                {
                    await PoolThreads.RunOnEachAsync(run.TouchAsync);
                    allocated -= run.Discarded.AllocatedBytes;
                }

                var start = Gate();
                var running = run.WarmUpAsync(_warmUpPerRound, start.Task);
                start.SetResult();
                await running;
                allocated += run.Way.AllocatesNothing ? run.Discarded.AllocatedBytes : 0;
                cancellationToken.ThrowIfCancellationRequested();
            }

            quiet = allocated == 0 ? quiet + 1 : 0;
            progress.Advance(Math.Min(1, (_rounds + 1.0) / MinRounds));
            await Task.Delay(CompilationPause, cancellationToken);
        }
    }

    /// <summary>Measures every way, block by block.</summary>
    public async Task MeasureAsync(IReadOnlyList<WayRun> runs, ILabProgress progress, CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var block = 0; block < BlockCount; block++)
        {
            for (var turn = 0; turn < runs.Count; turn++)
            {
                var run = runs[(block + turn) % runs.Count];
                PoolBuffers.Refill();
                await run.WarmUpAsync(LeadIn, Task.CompletedTask);
                var start = Gate();
                var measuring = run.MeasureAsync(BlockSize, start.Task);
                start.SetResult();
                await measuring;
                cancellationToken.ThrowIfCancellationRequested();
            }

            progress.Advance((block + 1.0) / BlockCount);
        }
    }

    /// <summary>
    /// What a block waits for before it begins. A call that is given one returns when its loop has suspended; where the
    /// caller has suspended before, nothing of theirs is left to allocate when the block begins.
    /// </summary>
    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
