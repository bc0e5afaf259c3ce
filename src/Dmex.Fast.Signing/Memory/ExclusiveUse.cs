namespace Dmex.Fast.Signing.Memory;

/// <summary>Whether an object that serves one thread at a time is idle, in use or disposed. A field of the object that it guards.</summary>
internal struct ExclusiveUse
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Disposed = 2;

    private int _state;

    /// <summary>Begins a use; each success needs its <see cref="Exit"/>.</summary>
    /// <param name="owner">Named in the errors.</param>
    /// <exception cref="InvalidOperationException">Another thread is using the object.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Enter(object owner)
    {
        var previous = Interlocked.CompareExchange(ref _state, Busy, Idle);
        if (previous == Busy)
        {
            throw InUse(owner);
        }

        ObjectDisposedException.ThrowIf(previous == Disposed, owner);
    }

    /// <summary>Ends a use.</summary>
    public void Exit() => Volatile.Write(ref _state, Idle);

    /// <summary>Ends the object's life; more than once is harmless.</summary>
    /// <param name="owner">Named in the error.</param>
    /// <exception cref="InvalidOperationException">Another thread is using the object.</exception>
    public void Dispose(object owner)
    {
        if (Interlocked.CompareExchange(ref _state, Disposed, Idle) == Busy)
        {
            throw InUse(owner);
        }
    }

    private static InvalidOperationException InUse(object owner) =>
        new($"One {owner.GetType().Name} serves one thread at a time, and another is using it: "
            + "create one per thread; they can share the key.");
}
