namespace Dmex.Fast.Transport;

/// <summary>Starts threads, and says what to do where the system refuses one.</summary>
internal static class ThreadStarter
{
    /// <exception cref="TransportException">The system refused a thread.</exception>
    public static void Start(Thread thread)
    {
        try
        {
            thread.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            throw new TransportException(
                TransportFailure.Resources,
                $"The system refused the thread {thread.Name}; raise the limit of threads (ulimit -u, or the container's pids limit).",
                e);
        }
    }
}
