namespace Dmex.Fast.Transport;

/// <summary>
/// One dedicated background thread that runs posted work in order, so that no step of a connection depends on the thread pool. Those
/// who post keep few pieces outstanding, so the queue keeps its first capacity and posting does not allocate. Thread-safe.
/// </summary>
internal sealed class WorkerThread : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _work = new(8);

    // Not a SemaphoreSlim, which yields many times before it waits: costly on a busy machine.
    private readonly AutoResetEvent _available = new(false);
    private readonly Thread _thread;
    private readonly Action<Exception> _fault;
    private bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Names the thread.</param>
    /// <param name="fault">Told what a piece of work throws; must only hand on.</param>
    /// <exception cref="TransportException">The system refused a thread.</exception>
    public WorkerThread(string name, Action<Exception> fault)
    {
        _fault = fault;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        ThreadStarter.Start(_thread);
    }

    /// <summary>Whether the caller runs on this thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs <paramref name="work"/> on the thread, after what was posted before; false once disposed.</summary>
    /// <param name="work">Must not be user code. What it throws is reported, and the thread goes on.</param>
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

        _ = _available.Set();
        return true;
    }

    /// <summary>Lets posted work finish and the thread end; waits for it, unless called on it. Idempotent.</summary>
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

        _ = _available.Set();
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (true)
        {
            Action? work;
            bool stopping;
            lock (_lock)
            {
                _ = _work.TryDequeue(out work);
                stopping = _stopping;
            }

            if (work is not null)
            {
                Do(work);
            }
            else if (stopping)
            {
                return;
            }
            else
            {
                _ = _available.WaitOne();
            }
        }
    }

    private void Do(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // A fault of one piece of work must not end the thread, and with it the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _fault(e);
        }
    }
}
