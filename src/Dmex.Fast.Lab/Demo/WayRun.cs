using Dmex.Fast.Lab.Contenders;
using Dmex.Fast.Lab.Venues;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Lab.Demo;

/// <summary>One way in the demo: its connection, its own orders, and what was measured of it.</summary>
internal sealed class WayRun : IAsyncDisposable
{
    private readonly OrderHash[] _warmUp;
    private readonly OrderHash[] _measured;
    private int _warmUpUsed;
    private int _measuredUsed;

    /// <summary>Makes room for the way's orders; a random hash each.</summary>
    public WayRun(ICancelWay way, int warmUp, int measured)
    {
        Way = way;
        _warmUp = OrderBatch.Random(warmUp);
        _measured = OrderBatch.Random(measured);
        Discarded = new WayMeasurement(warmUp);
        Measurement = new WayMeasurement(measured);
    }

    /// <summary>The way and its connection.</summary>
    public ICancelWay Way { get; }

    /// <summary>What the warm-up cost; kept apart and not reported, but for its failures.</summary>
    public WayMeasurement Discarded { get; }

    /// <summary>What is reported.</summary>
    public WayMeasurement Measurement { get; }

    /// <summary>The orders that are measured.</summary>
    public IReadOnlyList<OrderHash> MeasuredOrders => _measured;

    /// <summary>The orders that are there to warm up.</summary>
    public IReadOnlyList<OrderHash> WarmUpOrders => _warmUp;

    /// <summary>Those of them that were canceled.</summary>
    public IReadOnlyList<OrderHash> WarmUpCanceled => _warmUp.AsSpan(0, Math.Min(_warmUpUsed, _warmUp.Length)).ToArray();

    /// <summary>Cancels the next orders of the warm-up, from <paramref name="start"/> on.</summary>
    public Task WarmUpAsync(int count, Task start) => Way.RunAsync(TakeWarmUp(count), Discarded, start);

    /// <summary>Cancels one order of the warm-up. Safe to call from several threads.</summary>
    public async Task TouchAsync()
    {
        var measurement = new WayMeasurement(1);
        await Way.RunAsync(TakeWarmUp(1), measurement, Task.CompletedTask);
        if (measurement.FirstFailure is { } failure)
        {
            Discarded.NoteFailure(failure);
        }
    }

    /// <summary>Cancels and measures the next orders, from <paramref name="start"/> on.</summary>
    public Task MeasureAsync(int count, Task start)
    {
        var block = _measured.AsMemory(_measuredUsed, Math.Min(count, _measured.Length - _measuredUsed));
        _measuredUsed += block.Length;
        return Way.RunAsync(block, Measurement, start);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Way.DisposeAsync();

    private Memory<OrderHash> TakeWarmUp(int count)
    {
        var end = Interlocked.Add(ref _warmUpUsed, count);
        var start = Math.Min(end - count, _warmUp.Length);
        return _warmUp.AsMemory(start, Math.Min(end, _warmUp.Length) - start);
    }
}
