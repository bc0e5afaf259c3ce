using Dmex.Fast.Lab.Clocks;
using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Hosts;
using Dmex.Fast.Lab.Reporting;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Latency;

/// <summary>
/// Cancels of one way that do not count: until the runtime has compiled the way's code for good and every thread has run
/// it, that is, until nothing is allocated any more in some rounds in turn by the ways of which that is to be expected.
/// </summary>
internal sealed class SessionWarmUp
{
    private const int MinRounds = 10;
    private const int MaxRounds = 25;
    private const int MinQuietRounds = 3;
    private const int OrdersPerRound = 200;

    // Every other round all at once: so many cancels overlap nowhere else, and every pool grows to what a stall can ask for.
    private const int Rate = 4_000;

    private static readonly TimeSpan CompilationPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2.5);

    private readonly IOpenLoopWay _way;
    private readonly LatencyPlan _plan;
    private readonly CancelSamples _samples;
    private readonly Signing.OrderHash[] _touches;
    private int _touched;

    public SessionWarmUp(IOpenLoopWay way, LatencyPlan plan)
    {
        _way = way;
        _plan = plan;
        _samples = new CancelSamples(OrderBatch.Random((MaxRounds * OrdersPerRound) + (plan.Turns * plan.LeadInOrders)));
        _touches = OrderBatch.Random(MaxRounds * Math.Max(Environment.ProcessorCount, 4));
    }

    /// <summary>The orders to open.</summary>
    public Signing.OrderHash[] Orders => [.. _samples.Orders, .. _touches];

    /// <summary>How many were canceled.</summary>
    public int Used => _samples.Count + _touched;

    /// <summary>What went wrong first, or null.</summary>
    public string? FirstFailure => _samples.FirstFailure;

    /// <summary>Warms up all ways.</summary>
    public static async Task RunAsync(
        OpenLoop loop, IReadOnlyList<SessionWarmUp> ways, ILabProgress progress, CancellationToken cancellationToken)
    {
        PoolThreads.Fix();
        for (int round = 0, quiet = 0; round < MaxRounds && (round < MinRounds || quiet < MinQuietRounds); round++)
        {
            var allocated = 0L;
            var period = round % 2 == 0 ? PreciseClock.Ticks(TimeSpan.FromSeconds(1.0 / Rate)) : 0;
            foreach (var warmUp in ways)
            {
                await PoolThreads.RunOnEachAsync(warmUp.TouchAsync);
                var before = warmUp._samples.Heap.AllocatedBytes;
                loop.Run(warmUp._way, warmUp._samples, OrdersPerRound, period, 0, cancellationToken);
                allocated += warmUp._way.AllocatesNothing ? warmUp._samples.Heap.AllocatedBytes - before : 0;
            }

            quiet = allocated == 0 ? quiet + 1 : 0;
            progress.Advance(Math.Min(1, (round + 1.0) / MinRounds));
            await Task.Delay(CompilationPause, cancellationToken);
        }

        // A client that is idle for a second warms itself and pings: the first time of that belongs here, too.
        await Task.Delay(Idle, cancellationToken);
    }

    /// <summary>Brings the way's code and connection back into the caches before a turn.</summary>
    public void LeadIn(OpenLoop loop, long period, CancellationToken cancellationToken)
    {
        if (_plan.LeadInOrders > 0)
        {
            loop.Run(_way, _samples, _plan.LeadInOrders, period, 0, cancellationToken);
        }
    }

    private Task TouchAsync()
    {
        var index = Interlocked.Increment(ref _touched) - 1;
        return index < _touches.Length ? _way.TouchAsync(_touches[index]) : Task.CompletedTask;
    }
}
