namespace Dmex.Fast.Connections;

/// <summary>
/// Runs notifications one after the other in the order in which they were added, on the threads that call <see cref="Run"/>: one
/// thread at a time runs what all have added. A leaf lock: <see cref="Add"/> may be called under any other. Thread-safe.
/// </summary>
/// <param name="failed">Told what a notification threw; the next one runs.</param>
internal sealed class NotificationQueue(Action<Exception> failed)
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _queue = new();
    private bool _isRunning;

    /// <summary>Adds a notification; the caller calls <see cref="Run"/> when it holds no lock.</summary>
    public void Add(Action notification)
    {
        lock (_lock)
        {
            _queue.Enqueue(notification);
        }
    }

    /// <summary>Runs what is queued, unless another call does, which then also runs what was added meanwhile.</summary>
    public void Run()
    {
        while (TryTake(out var notification))
        {
            try
            {
                notification();
            }
#pragma warning disable CA1031 // Whatever one notification throws, the others are told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failed(e);
            }
            finally
            {
                lock (_lock)
                {
                    _isRunning = false;
                }
            }
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Action? notification)
    {
        lock (_lock)
        {
            notification = null;
            _isRunning = !_isRunning && _queue.TryDequeue(out notification) ? true : _isRunning;
            return notification is not null;
        }
    }
}
