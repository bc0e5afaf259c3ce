namespace Dmex.Fast.Standby.Tests.Mixture;

/// <summary>
/// A process on a host of its own: its clock and what comes to it. While it is stopped nothing happens in it, and then what came
/// meanwhile happens late; when it is killed, nothing ever does.
/// </summary>
internal sealed class SimulatedHost(VirtualWorld world, int index, Random random) : TimeProvider
{
    private TimeSpan _stoppedUntil;

    public int Index { get; } = index;

    public bool IsKilled { get; private set; }

    /// <summary>How far an operator or a time server has set the wall clock; the monotonic time goes on.</summary>
    public TimeSpan WallClockJump { get; set; }

    public bool IsStopped => world.Now < _stoppedUntil;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => world.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + world.Now + WallClockJump;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, () => callback(state), dueTime, period);

    public void Kill() => IsKilled = true;

    public void Stop(TimeSpan time) => _stoppedUntil = world.Now + time;

    public void Continue() => _stoppedUntil = TimeSpan.Zero;

    /// <summary>Happens in this process after a time, or when it goes on.</summary>
    public void Run(TimeSpan after, Action what, bool isReceived = true) => world.Schedule(after, () =>
    {
        if (IsKilled)
        {
            return;
        }

        if (IsStopped)
        {
            var late = isReceived ? TimeSpan.FromMilliseconds(random.NextDouble() * 100) : TimeSpan.Zero;
            Run(_stoppedUntil - world.Now + late, what, isReceived);
            return;
        }

        what();
    });

    /// <summary>Happens in this process again and again.</summary>
    public void Repeat(TimeSpan every, Action what) => Run(
        every,
        () =>
        {
            what();
            Repeat(every, what);
        },
        isReceived: false);

    private sealed class Timer : ITimer
    {
        private readonly SimulatedHost _host;
        private readonly Action _callback;
        private int _version;

        public Timer(SimulatedHost host, Action callback, TimeSpan dueTime, TimeSpan period)
        {
            _host = host;
            _callback = callback;
            _ = Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var version = ++_version;
            if (dueTime >= TimeSpan.Zero)
            {
                _host.Run(dueTime, () => Fire(version), isReceived: false);
            }

            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version)
        {
            if (version == _version)
            {
                _callback();
            }
        }
    }
}
