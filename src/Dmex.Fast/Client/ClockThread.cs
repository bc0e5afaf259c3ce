using System.Diagnostics;

namespace Dmex.Fast.Client;

/// <summary>
/// The client's own timer: one dedicated thread that looks at everything that falls due, so that no deadline depends on
/// the thread pool. It sleeps at most a tenth of a second, so setting a later deadline costs no wake-up.
/// </summary>
internal sealed class ClockThread : IDisposable
{
    private static readonly long MaxSleep = Stopwatch.Frequency / 10;

    private readonly Func<long, long> _tick;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private long _plannedWake = long.MaxValue;
    private volatile bool _stopping;

    /// <param name="name">The thread's.</param>
    /// <param name="tick">
    /// Does what is due at the given time stamp (ticks of <see cref="Stopwatch"/>) and returns the next due time. Must not
    /// block, throw, or be user code.
    /// </param>
    public ClockThread(string name, Func<long, long> tick)
    {
        _tick = tick;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public void Start() => _thread.Start();

    /// <summary>Makes sure that the clock is awake when something falls due.</summary>
    public void WakeBy(long due)
    {
        if (due < Volatile.Read(ref _plannedWake))
        {
            _ = _wake.Release();
        }
    }

    /// <summary>Ends the thread and waits for it, unless called on it.</summary>
    public void Dispose()
    {
        _stopping = true;
        _ = _wake.Release();
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            // While looking, everyone who sets a deadline wakes: what was looked at already may be too early.
            Volatile.Write(ref _plannedWake, long.MaxValue);
            Interlocked.MemoryBarrier();
            var now = Stopwatch.GetTimestamp();
            var due = Math.Min(_tick(now), now + MaxSleep);
            Volatile.Write(ref _plannedWake, due);
            var sleep = due - Stopwatch.GetTimestamp();
            if (sleep > 0)
            {
                var milliseconds = (sleep * 1000 + Stopwatch.Frequency - 1) / Stopwatch.Frequency;
                _ = _wake.Wait((int)milliseconds);
            }
        }
    }
}
