using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// Items with the time at which they are due, served one after the other by a single pump. Items due at the same time keep
/// their order. Thread-safe.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "The semaphore holds no handle, and items may still be added when the pump has ended.")]
internal sealed class DueQueue(Func<DueItem, Task> serve)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<DueItem, (long Due, long Order)> _items = new();
    private readonly SemaphoreSlim _changed = new(0);
    private long _order;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _items.Count;
            }
        }
    }

    /// <param name="item">What to do.</param>
    /// <param name="due">The Stopwatch timestamp from which it may be done; a past one means at once.</param>
    public void Add(DueItem item, long due)
    {
        bool isFirst;
        lock (_lock)
        {
            _items.Enqueue(item, (due, _order++));
            isFirst = ReferenceEquals(_items.Peek(), item);
        }

        if (isFirst)
        {
            _changed.Release();
        }
    }

    /// <summary>Serves items until canceled. Called once.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var item = TakeDue(out var wait);
            if (item is not null)
            {
                await serve(item);
                continue;
            }

            try
            {
                await _changed.WaitAsync(wait, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private DueItem? TakeDue(out TimeSpan wait)
    {
        lock (_lock)
        {
            if (!_items.TryPeek(out var item, out var priority))
            {
                wait = Timeout.InfiniteTimeSpan;
                return null;
            }

            var left = priority.Due - Stopwatch.GetTimestamp();
            if (left <= 0)
            {
                wait = TimeSpan.Zero;
                return _items.Dequeue();
            }

            // Rounded up, as timers count whole milliseconds and a zero wait would spin.
            wait = TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / Stopwatch.Frequency));
            return null;
        }
    }
}
