using System.IO.Pipelines;

namespace Dmex.Fast.Transport;

/// <summary>
/// Two ends in memory: what one writes, the other reads. Continuations run inline, as they do over a socket on the
/// connection's own threads. For tests and rehearsals.
/// </summary>
internal sealed class MemoryConnection : IDuplexPipe, IAsyncDisposable
{
    private MemoryConnection(PipeReader input, PipeWriter output)
    {
        Input = input;
        Output = output;
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Makes the two ends.</summary>
    /// <param name="pauseThreshold">A flush waits while the other end has this many bytes unread.</param>
    public static (MemoryConnection Client, MemoryConnection Server) CreatePair(int pauseThreshold = 65_536)
    {
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: pauseThreshold,
            resumeWriterThreshold: Math.Max(1, pauseThreshold / 2),
            useSynchronizationContext: false);
        var toServer = new Pipe(options);
        var toClient = new Pipe(options);
        return (new MemoryConnection(toClient.Reader, toServer.Writer), new MemoryConnection(toServer.Reader, toClient.Writer));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Output.CompleteAsync().ConfigureAwait(false);
        Input.CancelPendingRead();
        await Input.CompleteAsync().ConfigureAwait(false);
    }
}
