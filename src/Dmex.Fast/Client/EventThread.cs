using Dmex.Fast.Transport;

namespace Dmex.Fast.Client;

/// <summary>
/// Runs the user's handlers on one dedicated thread, so that none can stop the reader. Two bounded queues: notices
/// (outcomes, states), which go first, and messages. When the handlers are too slow, the oldest of a full queue is
/// dropped and counted. A handler that throws is reported and the next one runs. Begins held: what comes before
/// <see cref="Release"/> waits for the handlers to be there.
/// </summary>
internal sealed class EventThread : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _notices = new();
    private readonly Queue<MessageReceivedEventArgs> _messages = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly int _noticeCapacity;
    private readonly int _messageCapacity;
    private readonly long _messageBytesCapacity;
    private readonly Action<MessageReceivedEventArgs> _message;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private long _messageBytes;
    private long _droppedMessages;
    private long _droppedNotices;
    private bool _held = true;
    private bool _stopping;

    /// <param name="name">The thread's.</param>
    /// <param name="noticeCapacity">Notices.</param>
    /// <param name="messageCapacity">Messages.</param>
    /// <param name="messageBytesCapacity">Bytes of messages; one message may always wait.</param>
    /// <param name="message">Raises the event for a message.</param>
    /// <param name="failed">Told what a handler threw.</param>
    public EventThread(
        string name,
        int noticeCapacity,
        int messageCapacity,
        long messageBytesCapacity,
        Action<MessageReceivedEventArgs> message,
        Action<Exception> failed)
    {
        _noticeCapacity = noticeCapacity;
        _messageCapacity = messageCapacity;
        _messageBytesCapacity = messageBytesCapacity;
        _message = message;
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        ThreadStarter.Start(_thread);
    }

    public long DroppedMessages => Interlocked.Read(ref _droppedMessages);

    public long DroppedNotices => Interlocked.Read(ref _droppedNotices);

    /// <summary>Whether the caller runs on this thread: it is a handler.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Queues a notice; <paramref name="raise"/> may be user code.</summary>
    public void PostNotice(Action raise)
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            if (_notices.Count == _noticeCapacity)
            {
                _ = _notices.Dequeue();
                _ = Interlocked.Increment(ref _droppedNotices);
            }

            _notices.Enqueue(raise);
        }

        Signal();
    }

    /// <summary>Queues a message.</summary>
    public void PostMessage(MessageReceivedEventArgs message)
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            while (_messages.Count > 0
                && (_messages.Count >= _messageCapacity || _messageBytes + message.Payload.Length > _messageBytesCapacity))
            {
                _messageBytes -= _messages.Dequeue().Payload.Length;
                _ = Interlocked.Increment(ref _droppedMessages);
            }

            _messageBytes += message.Payload.Length;
            _messages.Enqueue(message);
        }

        Signal();
    }

    /// <summary>Handlers run from now on. Idempotent.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _held = false;
        }

        Signal();
    }

    /// <summary>
    /// Lets the handlers of what is queued run, and waits for them; false when they have not finished in time, in which
    /// case the thread is left to them. Called by a handler, it does not wait.
    /// </summary>
    public bool Stop(TimeSpan timeout)
    {
        lock (_lock)
        {
            _stopping = true;
            _held = false;
        }

        Signal();
        return IsCurrent || _thread.Join(timeout);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Stop(TimeSpan.Zero);

    private void Signal()
    {
        // One signal is enough: the thread that takes it goes on while there is something left.
        if (_available.CurrentCount == 0)
        {
            _ = _available.Release();
        }
    }

    private void Run()
    {
        while (true)
        {
            _available.Wait();
            if (!RunQueued())
            {
                return;
            }
        }
    }

    /// <summary>Runs one handler; false when there is nothing left and the thread is to end.</summary>
    private bool RunQueued()
    {
        Action? notice;
        MessageReceivedEventArgs? message = null;
        bool more;
        lock (_lock)
        {
            if (_held)
            {
                return true;
            }

            if (!_notices.TryDequeue(out notice) && _messages.TryDequeue(out message))
            {
                _messageBytes -= message.Payload.Length;
            }

            if (notice is null && message is null)
            {
                return !_stopping;
            }

            more = _notices.Count + _messages.Count > 0 || _stopping;
        }

        if (more)
        {
            // Each run looks for the next: held and dropped items leave the count of signals behind.
            Signal();
        }

        try
        {
            notice?.Invoke();
            if (message is not null)
            {
                _message(message);
            }
        }
#pragma warning disable CA1031 // Whatever a user's handler throws must not end the thread that serves the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failed(e);
        }

        return true;
    }
}
