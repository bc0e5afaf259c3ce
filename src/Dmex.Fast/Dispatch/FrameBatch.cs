using Dmex.Fast.Protocol;
using Dmex.Fast.Tracking;

namespace Dmex.Fast.Dispatch;

/// <summary>
/// Whole frames that go out on one connection together, and the cancels that they are copies for. Belongs to the thread that took it, from
/// <see cref="TryTake"/> until the connection has told what became of it.
/// </summary>
internal sealed class FrameBatch
{
    // Between pings, pongs and closes at most so much is written.
    private const int MaxBytes = 32 * 1024;

    private int _isTaken;
    private int _firingThread;

    /// <param name="connectionId">The connection that carries it, counted from 1.</param>
    /// <param name="sendBufferSize">The most that the connection takes at once, in bytes.</param>
    public FrameBatch(int connectionId, int sendBufferSize)
    {
        ConnectionId = connectionId;
        Capacity = Math.Min(MaxBytes, sendBufferSize) / CancelFrame.Length;
        Frames = new byte[Capacity * CancelFrame.Length];
        Orders = new FiredOrder[Capacity];
        Cancels = new TrackedCancel[Capacity];
        Generations = new uint[Capacity];
    }

    public int ConnectionId { get; }

    /// <summary>How many frames fit.</summary>
    public int Capacity { get; }

    public byte[] Frames { get; }

    /// <summary>The orders of the frames, where a panic fires them.</summary>
    public FiredOrder[] Orders { get; }

    public TrackedCancel[] Cancels { get; }

    /// <summary>The generations of <see cref="Cancels"/>.</summary>
    public uint[] Generations { get; }

    /// <summary>How many frames are in it.</summary>
    public int Count { get; set; }

    /// <summary>The life of the connection that it is for.</summary>
    public long Incarnation { get; set; }

    /// <summary>When it was taken, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Since { get; private set; }

    public bool IsTaken => Volatile.Read(ref _isTaken) != 0;

    /// <summary>The frames that are in it.</summary>
    public ReadOnlyMemory<byte> Content => Frames.AsMemory(0, Count * CancelFrame.Length);

    /// <summary>The place of the next frame.</summary>
    public Span<byte> Next => Frames.AsSpan(Count * CancelFrame.Length, CancelFrame.Length);

    /// <summary>Takes it, empty; false when somebody has it.</summary>
    public bool TryTake(long now)
    {
        if (Interlocked.CompareExchange(ref _isTaken, 1, 0) != 0)
        {
            return false;
        }

        Count = 0;
        Since = now;
        return true;
    }

    /// <summary>Releases it.</summary>
    public void Release() => Volatile.Write(ref _isTaken, 0);

    /// <summary>
    /// Marks it as sent by a thread that takes the panic's next batch itself as soon as it is free, so that no thread need be woken for
    /// that.
    /// </summary>
    public void BeginFiring() => Volatile.Write(ref _firingThread, Environment.CurrentManagedThreadId);

    /// <summary>
    /// The thread of <see cref="BeginFiring"/> does something else from here on. Leaves the mark of another, which may have taken the batch
    /// meanwhile.
    /// </summary>
    public void EndFiring() => _ = Interlocked.CompareExchange(ref _firingThread, 0, Environment.CurrentManagedThreadId);

    /// <summary>Whether this thread is the one of <see cref="BeginFiring"/>.</summary>
    public bool IsFiringHere => Volatile.Read(ref _firingThread) == Environment.CurrentManagedThreadId;

    /// <summary>Counts the frame that was written to <see cref="Next"/>.</summary>
    public void Add(TrackedCancel cancel, uint generation)
    {
        Cancels[Count] = cancel;
        Generations[Count] = generation;
        Count++;
    }
}
