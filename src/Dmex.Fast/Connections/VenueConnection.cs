using System.Diagnostics;
using System.IO.Pipelines;
using Dmex.Fast.Transport;

namespace Dmex.Fast.Connections;

/// <summary>
/// One WebSocket to the venue: connects, reads on a thread of its own, sends through its <see cref="SendQueue"/>, watches
/// that the venue is alive, and ends once, with one reason. Thread-safe.
/// </summary>
internal sealed partial class VenueConnection : IDisposable
{
    private const int RepliesAtOnce = 16;

    private readonly ConnectionSettings _settings;
    private readonly IConnectionSink _sink;
    private readonly Action<long> _wakeBy;
    private readonly AddressOrder _order;
    private readonly WorkerThread _worker;
    private readonly Thread _reader;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectBudget? _budget;
    private IDuplexPipe? _pipe;
    private SendQueue? _queue;
    private ConnectionLoss? _loss;
    private int _state;
    private int _started;

    /// <param name="id">Counted from 1.</param>
    /// <param name="settings">Fixed.</param>
    /// <param name="sink">Takes messages and the end.</param>
    /// <param name="wakeBy">Makes sure that <see cref="Tick"/> is called by then.</param>
    /// <param name="order">Remembers the address that was good last, over the connections that follow each other.</param>
    public VenueConnection(
        int id,
        ConnectionSettings settings,
        IConnectionSink sink,
        Action<long> wakeBy,
        AddressOrder? order = null)
    {
        Id = id;
        _settings = settings;
        _sink = sink;
        _wakeBy = wakeBy;
        _order = order ?? new AddressOrder();
        _worker = new WorkerThread($"dmex-send-{id}");
        _reader = new Thread(Run) { IsBackground = true, Name = $"dmex-read-{id}" };
    }

    public int Id { get; }

    /// <summary>For the sink's use on the reader's thread, so that classifying a message allocates nothing.</summary>
    public Reply[] Replies { get; } = new Reply[RepliesAtOnce];

    public Uri Endpoint => _settings.Endpoint;

    /// <summary>The subprotocol that the venue chose; null when it chose none.</summary>
    public string? SubProtocol { get; private set; }

    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>The one reason why it ended; null while it has not.</summary>
    public ConnectionLoss? Loss => Volatile.Read(ref _loss);

    /// <summary>Completes when the connection ended, or could not be made.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Connects on the connection's own thread; the state is then <see cref="ConnectionState.Preparing"/>.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        _budget = new ConnectBudget(_settings.Endpoint.Host, _settings.ConnectTimeout, cancellationToken);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A connection connects once.");
        }

        _reader.Start();
        return _connected.Task;
    }

    /// <summary>What is left of the time to connect; also after the connection was made, for preparing it.</summary>
    public TimeSpan ConnectTimeLeft => _budget!.Remaining;

    /// <summary>Lets the connection count as ready; false when it has ended.</summary>
    public bool MarkReady() => MoveTo(ConnectionState.Ready);

    /// <summary>
    /// Lets queued frames go, performs the close handshake, and waits for its end; the clock cuts it off after the close
    /// timeout. Completes at once when there is nothing to close.
    /// </summary>
    public Task CloseAsync()
    {
        if (Volatile.Read(ref _started) == 0)
        {
            _ = MoveTo(ConnectionState.Closed);
            return Task.CompletedTask;
        }

        var deadline = Stopwatch.GetTimestamp() + Ticks(_settings.CloseTimeout);
        _ = Interlocked.CompareExchange(ref _closeDeadline, deadline, 0);
        _wakeBy(deadline);
        if (MoveTo(ConnectionState.Closing) && _queue is { } queue)
        {
            SendClose(queue, CloseCode.Normal, dropQueued: false);
        }

        return _ended.Task;
    }

    /// <summary>Ends a connection that is up but of no use, for a reason of ours.</summary>
    public void Abort(Exception exception)
    {
        _ = Lose(ConnectionLossKind.ClosedHere, null, exception, $"{Endpoint.Host}: {exception.Message}");
        ClosePipe();
    }

    /// <summary>Whether the connection's thread has ended, or never began, so that <see cref="Dispose"/> does not wait.</summary>
    public bool IsOver => Volatile.Read(ref _started) == 0 || !_reader.IsAlive;

    /// <summary>Ends everything at once and waits for the threads, unless called on one of them.</summary>
    public void Dispose()
    {
        Lose(ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.");
        ClosePipe();
        if (Volatile.Read(ref _started) != 0 && Thread.CurrentThread != _reader)
        {
            _reader.Join();
        }

        _worker.Dispose();
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Moves forward; false when the connection stands there or further already.</summary>
    private bool MoveTo(ConnectionState state)
    {
        int current;
        do
        {
            current = Volatile.Read(ref _state);
            if (current >= (int)state)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _state, (int)state, current) != current);
        _sink.OnStateChanged(this, state);
        return true;
    }

    /// <summary>Ends the connection with this reason, unless it has ended with another; true for the one that counts.</summary>
    private bool Lose(ConnectionLossKind kind, CloseCode? closeCode, Exception? exception, string description)
    {
        var loss = new ConnectionLoss(kind, closeCode, exception, description, Id);
        if (Interlocked.CompareExchange(ref _loss, loss, null) is not null)
        {
            return false;
        }

        _ = MoveTo(ConnectionState.Closed);
        _sink.OnLost(this, loss);
        _ = _lost.TrySetResult();
        return true;
    }

    private void ClosePipe()
    {
        _queue?.Stop();
        if (_pipe is IAsyncDisposable pipe)
        {
            // Every pipe here closes synchronously; the wait is for the signature.
            pipe.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
