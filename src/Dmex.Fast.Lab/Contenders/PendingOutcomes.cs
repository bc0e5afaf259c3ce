namespace Dmex.Fast.Lab.Contenders;

/// <summary>
/// Outcomes that are under way, looked at now and then by the thread that sends. They are not awaited: an await's continuation would wake
/// a thread of the pool for each cancel, on the processors that the client and the venue need, and what is measured would be that. The
/// time of an outcome is the one that it carries. By one thread alone; allocates nothing once made.
/// </summary>
/// <param name="size">How many outcomes may be under way.</param>
/// <param name="end">Told which cancel ended, and how.</param>
/// <param name="fail">Told which cancel failed with an exception.</param>
internal sealed class PendingOutcomes<TOutcome>(int size, Action<int, TOutcome> end, Action<int, Exception> fail)
{
    private readonly (int Index, ValueTask<TOutcome> Outcome)[] _pending = new (int Index, ValueTask<TOutcome> Outcome)[size];
    private int _oldest;
    private int _count;

    /// <summary>Waits while there is no room: the delay counts for the cancel, from its intended start.</summary>
    public void WaitForRoom()
    {
        for (Collect(); _count == size; Collect())
        {
            Thread.Sleep(0);
        }
    }

    /// <summary>Adds one, after <see cref="WaitForRoom"/>.</summary>
    public void Add(int index, ValueTask<TOutcome> outcome) => _pending[(_oldest + _count++) % size] = (index, outcome);

    /// <summary>Takes those that are known, from the oldest on, up to the first that is not.</summary>
    public void Collect()
    {
        while (_count > 0 && _pending[_oldest].Outcome.IsCompleted)
        {
            var (index, outcome) = _pending[_oldest];
            _pending[_oldest] = default;
            _oldest = (_oldest + 1) % size;
            _count--;
            try
            {
                end(index, outcome.GetAwaiter().GetResult());
            }
            catch (Exception error) when (error is InvalidOperationException or OperationCanceledException)
            {
                fail(index, error);
            }
        }
    }
}
