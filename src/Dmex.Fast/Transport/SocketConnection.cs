using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Transport;

/// <summary>
/// A TCP connection as a duplex pipe. Reading the input blocks the caller's thread; flushing the output hands the bytes
/// to the kernel on the caller's thread and completes synchronously while the kernel takes them.
/// </summary>
internal sealed class SocketConnection : IDuplexPipe, IAsyncDisposable
{
    internal const int ReadBufferSize = 32 * 1024;

    private SocketConnection(SocketStream stream, EndPoint remote)
    {
        Stream = stream;
        RemoteEndPoint = remote;
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBufferSize, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>The address that accepted.</summary>
    public EndPoint RemoteEndPoint { get; }

    /// <summary>The socket below, for TLS.</summary>
    public SocketStream Stream { get; }

    /// <summary>
    /// Connects on the caller's thread. Attempts at the addresses that the host resolves to run side by side, each begun
    /// <see cref="ConnectionRace.Stagger"/> after the one before, or as soon as one fails; the first that succeeds is kept (RFC 8305 §5).
    /// </summary>
    /// <exception cref="TransportException">No address accepted in time; the message lists what each answered.</exception>
    /// <exception cref="OperationCanceledException">The budget's token was canceled.</exception>
    public static SocketConnection Connect(
        string host, int port, TransportOptions options, ConnectBudget budget, AddressOrder order, FlushWorker worker)
    {
        var endPoints = order.Arrange(Resolve(host, budget)).Select(address => new IPEndPoint(address, port));
        using var race = new ConnectionRace($"{host}:{port}", [.. endPoints], options, budget);
        var (socket, winner) = race.Run();
        order.Worked(winner.Address);
        return new SocketConnection(new SocketStream(socket, budget, worker, options.BusyPoll), winner);
    }

    /// <summary>Closes the socket; whatever waits on it ends. Idempotent.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private static IPAddress[] Resolve(string host, ConnectBudget budget)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            return [literal];
        }

        budget.Step = "resolving the name";
        try
        {
            // The resolver cannot be interrupted: leaving it behind at the deadline is all that can be done.
            var lookup = Dns.GetHostAddressesAsync(host, budget.CancellationToken);
            if (!lookup.Wait((int)Math.Ceiling(budget.Remaining.TotalMilliseconds), budget.CancellationToken))
            {
                throw budget.TimedOut();
            }

            var addresses = lookup.GetAwaiter().GetResult();
            return addresses.Length > 0
                ? addresses
                : throw new TransportException(TransportFailure.NameResolution, $"{host}: the name has no address.");
        }
        catch (AggregateException e) when (e.InnerException is SocketException inner)
        {
            throw new TransportException(TransportFailure.NameResolution, $"{host}: the name does not resolve: {inner.Message}.", inner);
        }
    }
}
