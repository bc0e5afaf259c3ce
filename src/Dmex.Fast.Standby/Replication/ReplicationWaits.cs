namespace Dmex.Fast.Standby.Replication;

/// <summary>Callers that wait until a change is held by some standbys. Not thread-safe: used under its owner's lock.</summary>
internal sealed class ReplicationWaits
{
    private readonly List<Wait> _waits = [];

    /// <summary>Whether anybody waits.</summary>
    public bool IsEmpty => _waits.Count == 0;

    /// <summary>Adds a caller. What it goes on with runs on a thread of the pool.</summary>
    public Task Add(ulong sequence, int standbys, CancellationToken cancellationToken)
    {
        var wait = new Wait(sequence, standbys);
        wait.Registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Wait)state!).Source.TrySetCanceled(token), wait);
        _waits.Add(wait);
        return wait.Source.Task;
    }

    /// <summary>Ends the waits that are fulfilled.</summary>
    /// <param name="holding">How many standbys hold everything up to a sequence.</param>
    public void Complete(Func<ulong, int> holding) => End(wait => holding(wait.Sequence) >= wait.Standbys, wait => wait.Source.TrySetResult());

    /// <summary>Ends all waits with an error.</summary>
    public void Fail(Exception error) => End(_ => true, wait => wait.Source.TrySetException(error));

    private void End(Func<Wait, bool> isDue, Action<Wait> end) => _ = _waits.RemoveAll(wait =>
    {
        if (!wait.Source.Task.IsCompleted && !isDue(wait))
        {
            return false;
        }

        end(wait);
        wait.Registration.Dispose();
        return true;
    });

    private sealed class Wait(ulong sequence, int standbys)
    {
        public ulong Sequence { get; } = sequence;

        public int Standbys { get; } = standbys;

        public TaskCompletionSource Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenRegistration Registration { get; set; }
    }
}
