using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>The two threads of a connection: its reader, and the one that finishes writes that the kernel does not take at once.</summary>
/// <remarks>They outlive the connection and serve the next one: a thread that runs need not be granted by the system again.</remarks>
internal sealed class ConnectionThreads : IDisposable
{
    /// <summary>Starts both.</summary>
    /// <param name="connectionId">Names them.</param>
    /// <param name="fault">Told what work on them throws; must only hand on.</param>
    /// <exception cref="TransportException">The system refused a thread.</exception>
    public ConnectionThreads(int connectionId, Action<Exception> fault)
    {
        Reader = new WorkerThread($"dmex-read-{connectionId}", fault);
        try
        {
            Sender = new WorkerThread($"dmex-send-{connectionId}", fault);
        }
        catch
        {
            Reader.Dispose();
            throw;
        }
    }

    public WorkerThread Reader { get; }

    public WorkerThread Sender { get; }

    /// <summary>Lets the threads end and waits for them, unless called on one of them.</summary>
    public void Dispose()
    {
        Reader.Dispose();
        Sender.Dispose();
    }
}
