#pragma warning disable MA0091 // The sender is the client, whose events these are.

namespace Dmex.Fast.Client;

/// <summary>The events of a <see cref="DmexClient"/> and the thread that raises them.</summary>
internal sealed class ClientEvents : IDisposable
{
    private readonly EventThread _thread;
    private readonly TimeSpan _closeTimeout;
    private object? _sender;
    private volatile bool _disposedByHandler;
    private volatile bool _released;

    public ClientEvents(DmexClientOptions options)
    {
        _closeTimeout = options.CloseTimeout;
        _thread = new EventThread(
            "dmex-events",
            // Every unresolved cancel can change once at the same moment: when the connection is lost.
            options.Limits.InFlightCapacity + 1024,
            options.Limits.EventQueueCapacity,
            options.Limits.EventQueueBytes,
            message => MessageReceived?.Invoke(_sender, message),
            Failed);
    }

    public event EventHandler<MessageReceivedEventArgs>? MessageReceived;

    public event EventHandler<OutcomeChangedEventArgs>? OutcomeChanged;

    public event EventHandler<ConnectionLostEventArgs>? ConnectionLost;

    public event EventHandler<StateChangedEventArgs>? StateChanged;

    public event EventHandler<RepliesUnrecognizedEventArgs>? RepliesUnrecognized;

    public event EventHandler<HandlerFailedEventArgs>? HandlerFailed;

    public event EventHandler<StandbyFiredEventArgs>? StandbyFired;

    public long DroppedMessages => _thread.DroppedMessages;

    public long DroppedNotices => _thread.DroppedNotices;

    /// <summary>Whether messages need to be copied: somebody listens, or may still begin to.</summary>
    public bool WantsMessages => MessageReceived is not null || !_released;

    /// <summary>Names the sender of all events; before the first.</summary>
    public void SetSender(object sender) => _sender = sender;

    public void Post(MessageReceivedEventArgs message) => _thread.PostMessage(message);

    public void Post(OutcomeChangedEventArgs change) => _thread.PostNotice(() => OutcomeChanged?.Invoke(_sender, change));

    public void Post(ConnectionLostEventArgs loss) => _thread.PostNotice(() => ConnectionLost?.Invoke(_sender, loss));

    public void Post(StateChangedEventArgs state) => _thread.PostNotice(() => StateChanged?.Invoke(_sender, state));

    public void Post(RepliesUnrecognizedEventArgs replies) => _thread.PostNotice(() => RepliesUnrecognized?.Invoke(_sender, replies));

    public void Post(StandbyFiredEventArgs fired) => _thread.PostNotice(() => StandbyFired?.Invoke(_sender, fired));

    public void Post(HandlerFailedEventArgs failure) => _thread.PostNotice(() => RaiseFailed(failure));

    /// <summary>Handlers are there, as far as they will be: what was kept for them is raised.</summary>
    public void Release()
    {
        _released = true;
        _thread.Release();
    }

    /// <summary>Notes that the client is being disposed by this thread: if it is a handler's, it cannot be waited for.</summary>
    public void NoteDisposal()
    {
        if (_thread.IsCurrent)
        {
            _disposedByHandler = true;
        }
    }

    /// <summary>Lets the handlers of what is queued run, and waits for them for a bounded time.</summary>
    public void Dispose() => _ = _thread.Stop(_disposedByHandler ? TimeSpan.Zero : _closeTimeout);

    // Called on the event thread, by a handler's failure: raised there and then, ahead of what is queued.
    private void Failed(Exception exception) => RaiseFailed(new HandlerFailedEventArgs(exception));

    private void RaiseFailed(HandlerFailedEventArgs failure)
    {
        try
        {
            HandlerFailed?.Invoke(_sender, failure);
        }
#pragma warning disable CA1031 // The handler for failing handlers fails: no one is left to tell.
        catch (Exception)
        {
            // Nothing is lost: what failed first was handed to the handler.
        }
#pragma warning restore CA1031
    }
}
