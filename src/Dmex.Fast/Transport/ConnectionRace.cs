using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Dmex.Fast.Transport;

/// <summary>
/// One connection out of several addresses: attempts run side by side, each begun a little after the one before, so that an address
/// that does not answer costs no more than that ("Happy Eyeballs", RFC 8305 §5). Runs on the caller's thread; used once.
/// </summary>
/// <param name="target">Named in errors.</param>
/// <param name="endPoints">At least one, in the order to try them.</param>
/// <param name="options">Sizes of the socket's buffers.</param>
/// <param name="budget">Bounds all attempts together.</param>
internal sealed class ConnectionRace(string target, IReadOnlyList<IPEndPoint> endPoints, TransportOptions options, ConnectBudget budget)
    : IDisposable
{
    /// <summary>The connection attempt delay that RFC 8305 §8 recommends.</summary>
    public static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    // How soon a canceled token or the end of the budget is noticed.
    private static readonly TimeSpan MaxSlice = TimeSpan.FromMilliseconds(20);

    private readonly List<(Socket Socket, IPEndPoint EndPoint)> _running = [];
    private readonly List<string> _failures = [];
    private SocketException? _last;

    /// <summary>Runs the attempts and returns the first that succeeds; the others are closed.</summary>
    /// <exception cref="TransportException">None succeeded; the message lists what each answered.</exception>
    /// <exception cref="OperationCanceledException">The budget's token was canceled.</exception>
    public (Socket Socket, IPEndPoint EndPoint) Run()
    {
        var begun = 0;
        var nextBegin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (begun < endPoints.Count && (_running.Count == 0 || Stopwatch.GetTimestamp() >= nextBegin))
            {
                Begin(endPoints[begun++]);
                nextBegin = Stopwatch.GetTimestamp() + (long)(Stagger.TotalSeconds * Stopwatch.Frequency);
                budget.Step = $"connecting to {string.Join(", ", _running.Select(attempt => attempt.EndPoint))}";
            }

            budget.ThrowIfSpent();
            if (_running.Count == 0 && begun == endPoints.Count)
            {
                throw new TransportException(
                    TransportFailure.Connect, $"{target}: no connection ({string.Join("; ", _failures)}).", _last);
            }

            var failures = _failures.Count;
            if (TakeWinner(begun < endPoints.Count ? nextBegin : long.MaxValue) is { } winner)
            {
                return winner;
            }

            // RFC 8305 §5: the next attempt begins when one fails, without waiting for its turn.
            nextBegin = _failures.Count > failures ? Stopwatch.GetTimestamp() : nextBegin;
        }
    }

    /// <summary>Closes what has not succeeded.</summary>
    public void Dispose() => _running.ForEach(attempt => attempt.Socket.Dispose());

    private void Begin(IPEndPoint endPoint)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
            Configure(socket);
            Start(socket, endPoint);
            _running.Add((socket, endPoint));
            socket = null;
        }
        catch (SocketException e)
        {
            Fail(endPoint, e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Waits a moment and looks which attempts have ended.</summary>
    private (Socket Socket, IPEndPoint EndPoint)? TakeWinner(long until)
    {
        if (_running.Count == 0)
        {
            return null;
        }

        var left = until == long.MaxValue ? MaxSlice : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until);
        var slice = left < TimeSpan.Zero ? TimeSpan.Zero : left < MaxSlice ? left : MaxSlice;
        var writable = _running.ConvertAll(attempt => attempt.Socket);
        var failed = _running.ConvertAll(attempt => attempt.Socket);
        Socket.Select(null, writable, failed, slice);
        foreach (var attempt in _running.ToArray())
        {
            if (!writable.Contains(attempt.Socket) && !failed.Contains(attempt.Socket))
            {
                continue;
            }

            _ = _running.Remove(attempt);
            var error = (SocketError)(int)attempt.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error == SocketError.Success)
            {
                return attempt;
            }

            attempt.Socket.Dispose();
            Fail(attempt.EndPoint, new SocketException((int)error));
        }

        return null;
    }

    private void Fail(IPEndPoint endPoint, SocketException exception)
    {
        _last = exception;
        var answer = exception.SocketErrorCode == SocketError.TimedOut ? "no answer in time" : exception.Message;
        _failures.Add($"{endPoint.Address}: {answer}");
    }

    private void Configure(Socket socket)
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

    private static void Start(Socket socket, IPEndPoint endPoint)
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
