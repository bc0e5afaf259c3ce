using System.Diagnostics;
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
    /// Connects on the caller's thread, trying every address that the host resolves to; each gets an equal share of the
    /// time that is left, so that one silent address does not use up all of it.
    /// </summary>
    /// <exception cref="TransportException">No address accepted in time; the message lists what each answered.</exception>
    /// <exception cref="OperationCanceledException">The budget's token was canceled.</exception>
    public static SocketConnection Connect(
        string host, int port, TransportOptions options, ConnectBudget budget, AddressOrder order, WorkerThread worker)
    {
        var addresses = order.Arrange(Resolve(host, budget));
        var failures = new List<string>();
        SocketException? last = null;
        for (var i = 0; i < addresses.Count; i++)
        {
            budget.Step = $"connecting to {addresses[i]}:{port}";
            budget.ThrowIfSpent();
            var share = budget.Remaining / (addresses.Count - i);
            var socket = TryConnect(new IPEndPoint(addresses[i], port), options, budget, share, out var error);
            if (socket is not null)
            {
                order.Worked(addresses[i]);
                return new SocketConnection(new SocketStream(socket, budget, worker), new IPEndPoint(addresses[i], port));
            }

            last = new SocketException((int)error);
            failures.Add($"{addresses[i]}: {(error == SocketError.TimedOut ? "no answer in time" : last.Message)}");
        }

        budget.ThrowIfSpent();
        throw new TransportException(
            TransportFailure.Connect, $"{host}:{port}: no connection ({string.Join("; ", failures)}).", last);
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

    private static Socket? TryConnect(
        IPEndPoint endPoint, TransportOptions options, ConnectBudget budget, TimeSpan share, out SocketError error)
    {
        var start = Stopwatch.GetTimestamp();
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
            Configure(socket, options);
            StartConnect(socket, endPoint);
            while (!socket.Poll(20_000, SelectMode.SelectWrite) && !socket.Poll(0, SelectMode.SelectError))
            {
                budget.ThrowIfSpent();
                if (Stopwatch.GetElapsedTime(start) >= share)
                {
                    error = SocketError.TimedOut;
                    socket.Dispose();
                    return null;
                }
            }

            error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error == SocketError.Success)
            {
                return socket;
            }

            socket.Dispose();
            return null;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            error = e.SocketErrorCode;
            return null;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static void Configure(Socket socket, TransportOptions options)
    {
        if (options.SendBufferSize is { } send)
        {
            socket.SendBufferSize = send;
        }

        if (options.ReceiveBufferSize is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }
    }

    private static void StartConnect(Socket socket, IPEndPoint endPoint)
    {
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Under way: the socket becomes writable, or shows its error, when the handshake ends.
        }
    }
}
