namespace Dmex.Fast.Cli.Latency;

/// <summary>The followers that are free, the one used last first. Thread-safe; allocates nothing once made.</summary>
internal sealed class FollowerPool<TOutcome>
{
    private readonly Lock _lock = new();
    private readonly Follower<TOutcome>[] _free;
    private readonly Action<int, long, TOutcome> _end;
    private readonly Action<int, Exception> _fail;
    private int _count;

    /// <param name="size">How many outcomes may be awaited at once.</param>
    /// <param name="end">Told which cancel ended, when, and how; on the thread that the outcome came on.</param>
    /// <param name="fail">Told which cancel failed with an exception.</param>
    public FollowerPool(int size, Action<int, long, TOutcome> end, Action<int, Exception> fail)
    {
        _end = end;
        _fail = fail;
        _free = new Follower<TOutcome>[size];
        for (var i = 0; i < size; i++)
        {
            _free[_count++] = new Follower<TOutcome>(this);
        }
    }

    /// <summary>A free follower. While there is none it waits: the delay counts for the cancel, from its intended start.</summary>
    public Follower<TOutcome> Take()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_count > 0)
                {
                    return _free[--_count];
                }
            }

            Thread.Sleep(0);
        }
    }

    public void End(Follower<TOutcome> follower, int index, long answered, TOutcome outcome)
    {
        GiveBack(follower);
        _end(index, answered, outcome);
    }

    public void Fail(Follower<TOutcome> follower, int index, Exception error)
    {
        GiveBack(follower);
        _fail(index, error);
    }

    /// <summary>Ends those that are free.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            while (_count > 0)
            {
                _free[--_count].Stop();
            }
        }
    }

    private void GiveBack(Follower<TOutcome> follower)
    {
        lock (_lock)
        {
            _free[_count++] = follower;
        }
    }
}
