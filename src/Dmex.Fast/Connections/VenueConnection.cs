using System.Diagnostics;
using System.IO.Pipelines;
using Dmex.Fast.Transport;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Connections;

/// <summary>
/// One WebSocket to the venue: connects, reads on a thread of its own, sends through its <see cref="SendQueue"/>, watches
/// that the venue is alive, and ends once, with one reason. Thread-safe.
/// </summary>
internal sealed partial class VenueConnection : IDisposable
{

    private readonly Lock _lock = new();
    private readonly ConnectionSettings _settings;
    private readonly IConnectionSink _sink;
    private readonly Action<long> _wakeBy;
    private readonly AddressOrder _order;
    private readonly NotificationQueue _notifications;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsThreads;
    private ConnectionThreads? _threads;
    private FlushWorker? _worker;
    private ConnectBudget? _budget;
    private IDuplexPipe? _pipe;
    private SendQueue? _queue;
    private ConnectionLoss? _loss;
    private Exception? _failure;
    private bool _isAbandoned;
    private bool _wasMade;
    private bool _hasAnswered;
    private int _state;
    private int _started;

    /// <param name="id">Counted from 1.</param>
    /// <param name="settings">Fixed.</param>
    /// <param name="sink">Takes messages and changes of state.</param>
    /// <param name="wakeBy">Makes sure that <see cref="Tick"/> is called by then.</param>
    /// <param name="incarnation">Unique among the connections of a client, and larger than those before.</param>
    /// <param name="slot">
    /// Lends what outlives one incarnation: the order of addresses and the queue of notifications. Null for a connection outside a
    /// set.
    /// </param>
    /// <param name="threads">Lent too; null to start its own, which it disposes.</param>
    public VenueConnection(
        int id,
        ConnectionSettings settings,
        IConnectionSink sink,
        Action<long> wakeBy,
        long incarnation = 1,
        ConnectionSlot? slot = null,
        ConnectionThreads? threads = null)
    {
        Id = id;
        Incarnation = incarnation;
        _settings = settings;
        _silence = new SilenceMeter(Ticks(settings.PongTimeout));
        _sink = sink;
        _wakeBy = wakeBy;
        _order = slot?.Addresses ?? new AddressOrder();
        _notifications = slot?.Notifications ?? new NotificationQueue(sink.OnFault);
        _threads = threads;
        _ownsThreads = threads is null;
    }

    /// <summary>The connection's number, counted from 1; those that follow each other in its place share it.</summary>
    public int Id { get; }

    /// <summary>Tells the connections apart that follow each other under one number: unique in a client, and increasing.</summary>
    public long Incarnation { get; }

    /// <summary>For the sink's use on the reader's thread, so that taking a message allocates nothing.</summary>
    public object? ReaderState { get; set; }

    public Uri Endpoint => _settings.Endpoint;

    /// <summary>The subprotocol that the venue chose; null when it chose none.</summary>
    public string? SubProtocol { get; private set; }

    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>The one reason why it ended; null while it has not, and when it could not be made.</summary>
    public ConnectionLoss? Loss => Volatile.Read(ref _loss);

    /// <summary>Why it could not be made; null otherwise.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether the venue answered a cancel on it.</summary>
    public bool HasAnswered => Volatile.Read(ref _hasAnswered);

    /// <summary>Completes when the connection ended, or could not be made.</summary>
    public Task Lost => _lost.Task;

    /// <summary>The threads that it runs on; null before it connects.</summary>
    public ConnectionThreads? Threads => _threads;

    /// <summary>Connects on the connection's own thread; the state is then <see cref="ConnectionState.Preparing"/>.</summary>
    /// <exception cref="TransportException">The system refused a thread.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        _budget = new ConnectBudget(_settings.Endpoint.Host, _settings.ConnectTimeout, cancellationToken);
        _threads ??= new ConnectionThreads(Id, _sink.OnFault);
        _worker = new FlushWorker(_threads.Sender);
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A connection connects once.");
        }

        if (!_threads.Reader.Post(Run))
        {
            FailToConnect(new ObjectDisposedException(nameof(VenueConnection)));
        }

        return _connected.Task;
    }

    /// <summary>What is left of the time to connect; also after the connection was made, for preparing it.</summary>
    public TimeSpan ConnectTimeLeft => _budget!.Remaining;

    /// <summary>
    /// Notes that the venue answered a cancel on it: it has proved itself, and its loss is followed by an attempt without delay.
    /// Costs next to nothing.
    /// </summary>
    public void NoteAnswer()
    {
        if (!_hasAnswered)
        {
            Volatile.Write(ref _hasAnswered, true);
        }
    }

    /// <summary>Lets the connection count as ready; false when it has ended.</summary>
    public bool MarkReady() => MoveTo(ConnectionState.Ready);

    /// <summary>
    /// Lets queued frames go, performs the close handshake, and waits for its end; the clock cuts it off after the close
    /// timeout. Gives up connecting, when it still does. Completes at once when there is nothing to close.
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
        bool isConnecting;
        lock (_lock)
        {
            isConnecting = State == ConnectionState.Connecting;
            _isAbandoned |= isConnecting;
        }

        var moved = MoveTo(ConnectionState.Closing);
        if (isConnecting)
        {
            ClosePipe();
        }
        else if (moved && _queue is { } queue)
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

    /// <summary>Whether its work on its threads is done, or never began, so that <see cref="Dispose"/> does not wait.</summary>
    public bool IsOver => Volatile.Read(ref _started) == 0 || _ended.Task.IsCompleted;

    /// <summary>Ends everything at once and waits until the reader is done, unless called on its thread.</summary>
    public void Dispose()
    {
        _ = Lose(ConnectionLossKind.ClosedHere, null, null, "This client closed the connection.");
        lock (_lock)
        {
            _isAbandoned = true;
        }

        ClosePipe();
        if (Volatile.Read(ref _started) != 0 && !_threads!.Reader.IsCurrent)
        {
            _ended.Task.GetAwaiter().GetResult();
        }

        if (_ownsThreads)
        {
            _threads?.Dispose();
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Moves forward; false when the connection is in that state or a later one.</summary>
    private bool MoveTo(ConnectionState state)
    {
        lock (_lock)
        {
            if (State >= state || (_isAbandoned && state < ConnectionState.Closing))
            {
                return false;
            }

            _wasMade |= state == ConnectionState.Preparing;
            Enter(state);
        }

        _notifications.Run();
        return true;
    }

    /// <summary>Changes state and queues the notification with it, so that the order told is the order in which it happened.</summary>
    private void Enter(ConnectionState state)
    {
        Volatile.Write(ref _state, (int)state);
        _notifications.Add(() => _sink.OnStateChanged(this, state));
    }

    /// <summary>
    /// Ends the connection with this reason, unless it has ended with another or was never made; true for the one that counts.
    /// </summary>
    private bool Lose(ConnectionLossKind kind, CloseCode? closeCode, Exception? exception, string description)
    {
        lock (_lock)
        {
            if (_loss is not null || !_wasMade)
            {
                return false;
            }

            Volatile.Write(ref _loss, new ConnectionLoss(kind, (int?)closeCode, exception, description, Id, DateTimeOffset.UtcNow));
            Enter(ConnectionState.Closed);
        }

        _notifications.Run();
        _ = _lost.TrySetResult();
        return true;
    }

    private void FailToConnect(Exception exception)
    {
        ClosePipe();
        lock (_lock)
        {
            Volatile.Write(ref _failure, exception);
            Enter(ConnectionState.Closed);
        }

        _ = _connected.TrySetException(exception);
        _ = _connected.Task.Exception; // callers have been told, by the task or by the sink
        _notifications.Run();
        _ = _lost.TrySetResult();
        _ = _ended.TrySetResult();
    }

    private void ClosePipe()
    {
        _queue?.Stop();
        try
        {
            if (_pipe is IAsyncDisposable pipe)
            {
                // Every pipe here closes synchronously; the wait is for the signature.
                pipe.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
#pragma warning disable CA1031 // A pipe that does not close well is closed all the same, and the thread that closes it goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _sink.OnFault(e);
        }
    }
}
