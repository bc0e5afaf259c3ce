using Dmex.Fast.Signing;

namespace Dmex.Fast.Cli.Demo;

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

    /// <summary>The orders that warm up.</summary>
    public IReadOnlyList<OrderHash> WarmUpOrders => _warmUp;

    /// <summary>Cancels the next orders of the warm-up.</summary>
    public Task WarmUpAsync(int count)
    {
        var block = _warmUp.AsMemory(_warmUpUsed, Math.Min(count, _warmUp.Length - _warmUpUsed));
        _warmUpUsed += block.Length;
        return Way.RunAsync(block, Discarded, Task.CompletedTask);
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
}
