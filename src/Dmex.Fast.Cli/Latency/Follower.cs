using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Dmex.Fast.Cli.Latency;

/// <summary>
/// A caller of the library as users write them: it awaits an outcome and takes the time when its own code goes on. It does so
/// again and again in one asynchronous method, so that waiting allocates nothing.
/// </summary>
internal sealed class Follower<TOutcome> : IValueTaskSource
{
    private readonly FollowerPool<TOutcome> _pool;
    private ManualResetValueTaskSourceCore<bool> _start; // goes on within Follow, on the sending thread
    private ValueTask<TOutcome> _outcome;
    private int _index;
    private bool _stopping;

    public Follower(FollowerPool<TOutcome> pool)
    {
        _pool = pool;
        Ended = RunAsync();
    }

    /// <summary>Done when the method has ended.</summary>
    public Task Ended { get; }

    /// <summary>Awaits an outcome, without blocking the caller.</summary>
    public void Follow(int index, ValueTask<TOutcome> outcome)
    {
        _index = index;
        _outcome = outcome;
        _start.SetResult(true);
    }

    /// <summary>Ends the method; for a follower that is not following.</summary>
    public void Stop()
    {
        _stopping = true;
        _start.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _ = _start.GetResult(token);
        _start.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _start.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _start.OnCompleted(continuation, state, token, flags);

    private async Task RunAsync()
    {
        while (true)
        {
            await new ValueTask(this, _start.Version);
            if (_stopping)
            {
                return;
            }

            try
            {
                var outcome = await _outcome;
                _pool.End(this, _index, Stopwatch.GetTimestamp(), outcome);
            }
            catch (Exception error) when (error is InvalidOperationException or OperationCanceledException)
            {
                _pool.Fail(this, _index, error);
            }
        }
    }
}
