namespace Dmex.Fast.Warmup;

/// <summary>How many clients take turns at keeping warm what they share. Thread-safe.</summary>
internal sealed class WarmingTurns
{
    private int _count;

    /// <summary>All clients of this process.</summary>
    public static WarmingTurns OfProcess { get; } = new();

    public int Count => Volatile.Read(ref _count);

    public void Join() => Interlocked.Increment(ref _count);

    public void Leave() => Interlocked.Decrement(ref _count);
}
