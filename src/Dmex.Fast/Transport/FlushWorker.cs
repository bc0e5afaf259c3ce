namespace Dmex.Fast.Transport;

/// <summary>
/// What one incarnation of a connection posts to its send thread, which serves those before and after it too: the rest of a write
/// that the kernel did not take at once, and flushes that were handed over.
/// </summary>
/// <param name="thread">The send thread.</param>
internal sealed class FlushWorker(WorkerThread thread)
{
    private Action? _deferred;

    /// <inheritdoc cref="WorkerThread.Post"/>
    public bool Post(Action work) => thread.Post(work);

    /// <summary>
    /// Keeps work until <see cref="ReleaseDeferred"/>, so that a caller can register its continuations first; a
    /// continuation that comes after the completion would go to the thread pool. Posted at once on the thread itself,
    /// which unwinds, and so registers, before it runs the next piece. False once the thread is disposed.
    /// </summary>
    public bool PostDeferred(Action work)
    {
        if (thread.IsCurrent)
        {
            return thread.Post(work);
        }

        _deferred = work;
        return true;
    }

    /// <summary>Posts what was deferred, if anything. By the thread that deferred it.</summary>
    public void ReleaseDeferred()
    {
        if (_deferred is { } work)
        {
            _deferred = null;
            if (!thread.Post(work))
            {
                work(); // disposed meanwhile: the work ends by finding that out
            }
        }
    }
}
