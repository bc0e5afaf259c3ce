namespace Dmex.Fast.Standby.Replication;

/// <summary>Callers that wait until a change is held by some standbys. Not thread-safe: used under its owner's lock.</summary>
internal sealed class ReplicationWaits
{
    private readonly List<Wait> _waits = [];

    /// <summary>Where callers go on: by default on threads of the pool, so that their code delays no other.</summary>
    public TaskCreationOptions Continuations { get; set; } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Whether anybody waits.</summary>
    public bool IsEmpty => _waits.Count == 0;

    /// <summary>Adds a caller.</summary>
    public Task Add(ulong sequence, int standbys, CancellationToken cancellationToken)
    {
        var wait = new Wait(sequence, standbys, Continuations);
        wait.Registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Wait)state!).Source.TrySetCanceled(token), wait);
        _waits.Add(wait);
        return wait.Source.Task;
    }

    /// <summary>Ends the waits that are fulfilled.</summary>
    /// <param name="holding">How many standbys hold everything up to a sequence.</param>
    public void Complete(Func<ulong, int> holding) =>
        End(wait => holding(wait.Sequence) >= wait.Standbys, wait => wait.Source.TrySetResult());

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

    private sealed class Wait(ulong sequence, int standbys, TaskCreationOptions continuations)
    {
        public ulong Sequence { get; } = sequence;

        public int Standbys { get; } = standbys;

        public TaskCompletionSource Source { get; } = new(continuations);

        public CancellationTokenRegistration Registration { get; set; }
    }
}
