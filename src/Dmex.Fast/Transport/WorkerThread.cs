namespace Dmex.Fast.Transport;

/// <summary>
/// One dedicated background thread that runs posted work in order, so that no step of sending depends on the thread
/// pool. Those who post keep few pieces outstanding (a stalled send, a flush that was handed over), so the queue keeps
/// its first capacity and posting does not allocate.
/// </summary>
internal sealed class WorkerThread : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _work = new(8);
    private readonly SemaphoreSlim _available = new(0);
    private readonly Thread _thread;
    private Action? _deferred;
    private bool _stopping;

    public WorkerThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on the thread, after what was posted before; false once disposed.</summary>
    /// <param name="work">Must not throw, and must not be user code.</param>
    public bool Post(Action work)
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return false;
            }

            _work.Enqueue(work);
        }

        _ = _available.Release();
        return true;
    }

    /// <summary>
    /// Keeps work until <see cref="ReleaseDeferred"/>, so that a caller can register its continuations first; a
    /// continuation that comes after the completion would go to the thread pool. Posted at once on this thread itself,
    /// which unwinds, and so registers, before it runs the next piece.
    /// </summary>
    public bool PostDeferred(Action work)
    {
        if (Thread.CurrentThread == _thread)
        {
            return Post(work);
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
            if (!Post(work))
            {
                work(); // disposed meanwhile: the work ends by finding that out
            }
        }
    }

    /// <summary>Lets posted work finish and the thread end; waits for it, unless called on it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _ = _available.Release();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (true)
        {
            _available.Wait();
            Action? work;
            lock (_lock)
            {
                if (!_work.TryDequeue(out work))
                {
                    return;
                }
            }

            work();
        }
    }
}
