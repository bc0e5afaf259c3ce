using System.Diagnostics;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Client;

/// <summary>
/// The client's own timer: one dedicated thread that looks at everything that falls due, so that no deadline depends on
/// the thread pool. It sleeps at most a quarter of a second; setting a later deadline costs no wake-up.
/// </summary>
internal sealed class ClockThread : IDisposable
{
    private static readonly long MaxSleep = Stopwatch.Frequency / 4;

    private readonly Func<long, long> _tick;
    private readonly Action<Exception>? _fault;
    // Not a SemaphoreSlim: before it waits, and before it looks at its time-out, it yields more than a hundred times, which takes
    // a second and more beside busy processes.
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private long _plannedWake = long.MaxValue;
    private volatile bool _stopping;

    /// <param name="name">The thread's.</param>
    /// <param name="tick">
    /// Does what is due at the given time stamp (ticks of <see cref="Stopwatch"/>) and returns the next due time. Must not
    /// block, or be user code.
    /// </param>
    /// <param name="fault">
    /// Told what <paramref name="tick"/> throws, which ends nothing: the clock looks again after its maximum sleep.
    /// </param>
    public ClockThread(string name, Func<long, long> tick, Action<Exception>? fault = null)
    {
        _tick = tick;
        _fault = fault;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <exception cref="TransportException">The system refused a thread.</exception>
    public void Start() => ThreadStarter.Start(_thread);

    /// <summary>Makes sure that the clock is awake when something falls due.</summary>
    public void WakeBy(long due)
    {
        if (due < Volatile.Read(ref _plannedWake))
        {
            _ = _wake.Set();
        }
    }

    /// <summary>Ends the thread and waits for it, unless called on it.</summary>
    public void Dispose()
    {
        _stopping = true;
        _ = _wake.Set();
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
            var due = Math.Min(Tick(now), now + MaxSleep);
            Volatile.Write(ref _plannedWake, due);
            var sleep = due - Stopwatch.GetTimestamp();
            if (sleep > 0)
            {
                var milliseconds = (sleep * 1000 + Stopwatch.Frequency - 1) / Stopwatch.Frequency;
                _ = _wake.WaitOne((int)milliseconds);
            }
        }
    }

    private long Tick(long now)
    {
        try
        {
            return _tick(now);
        }
#pragma warning disable CA1031 // Every deadline of the client depends on this thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault?.Invoke(e);
            return long.MaxValue;
        }
    }
}
