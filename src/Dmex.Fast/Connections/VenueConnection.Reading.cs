using System.Diagnostics;
using System.IO.Pipelines;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Connections;

/// <content>The reader's thread: connecting, then messages and control frames, until the end.</content>
internal sealed partial class VenueConnection
{
    private long _lastReceived;
    private Exception? _writeFailure;
    private long _failBy;

    private void Run()
    {
        try
        {
            Open();
        }
        catch (Exception e)
        {
            FailToConnect(e);
            return;
        }

        _ = _connected.TrySetResult();
        try
        {
            ReadToTheEnd();
        }
        catch (Exception e)
        {
            // After the end was told, the pipe's failing is how this thread is ended.
            _ = Lose(ConnectionLossKind.Broken, null, e, Broke(e));
        }
        finally
        {
            ClosePipe();
            _ = _ended.TrySetResult();
        }
    }

    private void Open()
    {
        var budget = _budget!;
        var pipe = _settings.Connector is { } connector ? connector() : PipeConnector.Connect(_settings, budget, _order, _worker!);
        lock (_lock)
        {
            _pipe = pipe;
            ThrowIfAbandoned();
        }

        budget.Step = "in the WebSocket handshake";
        try
        {
            // The pipe's reads and writes block this thread, so the task is complete when it is returned.
            SubProtocol = ClientHandshake.RunAsync(pipe, Endpoint, _settings.Handshake, budget.CancellationToken).GetAwaiter().GetResult();
        }
        catch (IOException e) when (e is not TransportException)
        {
            budget.CancellationToken.ThrowIfCancellationRequested();
            throw new TransportException(
                TransportFailure.Broken, $"{Endpoint.Host}: the connection broke during the WebSocket handshake: {e.Message}", e);
        }

        budget.ThrowIfSpent();
        budget.End();
        _queue = new SendQueue(
            pipe.Output,
            _worker!,
            Id,
            Incarnation,
            _settings.SendBufferSize,
            _settings.MaxWaitingSends,
            WriteFailed,
            _sink.OnFault);
        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _lastReceived, now);
        _nextHeartbeat = _settings.Heartbeat.IsEmpty ? long.MaxValue : now + Ticks(_settings.HeartbeatInterval);
        if (!MoveTo(ConnectionState.Preparing))
        {
            ThrowIfAbandoned();
        }
    }

    private void ThrowIfAbandoned()
    {
        if (_isAbandoned)
        {
            throw new OperationCanceledException($"{Endpoint.Host}: this client closed the connection while it was being made.");
        }
    }

    private void ReadToTheEnd()
    {
        using var frames = new FrameReader(new FrameReaderOptions
        {
            MaxFrameBytes = _settings.MaxFrameSize,
            MaxMessageBytes = _settings.MaxMessageSize,
        });
        var input = _pipe!.Input;
        while (true)
        {
            var result = Read(input);
            Volatile.Write(ref _lastReceived, Stopwatch.GetTimestamp());
            var buffer = result.Buffer;
            while (Take(frames, ref buffer))
            {
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                _ = Lose(ConnectionLossKind.Broken, null, Volatile.Read(ref _writeFailure), Broke(null));
                return;
            }
        }
    }

    /// <summary>Takes one message or control frame; false when the buffer holds no further one.</summary>
    private bool Take(FrameReader frames, ref System.Buffers.ReadOnlySequence<byte> buffer)
    {
        switch (frames.TryRead(ref buffer, out var message))
        {
            case FrameReadStatus.Text:
                _sink.OnMessage(this, message.Span, isText: true);
                return true;
            case FrameReadStatus.Binary:
                _sink.OnMessage(this, message.Span, isText: false);
                return true;
            case FrameReadStatus.Ping:
                SendPong(message.Span);
                return true;
            case FrameReadStatus.Pong:
                return true; // every byte counts as life, and this one has been counted
            case FrameReadStatus.Close:
                TakeClose(message);
                return true;
            case FrameReadStatus.ProtocolError:
                var error = frames.Error!.Value;
                SendClose(_queue!, error.CloseCode, dropQueued: true);
                _ = Lose(ConnectionLossKind.ProtocolError, error.CloseCode, error.ToException(), $"{Endpoint.Host}: {error.Description}");
                buffer = buffer.Slice(buffer.End);
                EndWithin(_settings.CloseTimeout);
                return false;
            default:
                return false;
        }
    }

    private void TakeClose(in WebSocketMessage message)
    {
        var code = message.CloseCode;
        CloseCode? told = code == CloseCode.NoStatus ? null : code;
        if (State == ConnectionState.Closing)
        {
            _ = Lose(ConnectionLossKind.ClosedHere, told, null, "This client closed the connection.");
        }
        else
        {
            // The same code back (RFC 6455 §5.5.1); what is queued would come after the close and go unread.
            SendClose(_queue!, code, dropQueued: true);
            var reason = message.CloseReason;
            var words = reason.Length > 0 ? $", \"{reason}\"" : string.Empty;
            var description = $"{Endpoint.Host}: the venue closed the connection ({(int)code}{words}).";
            _ = Lose(ConnectionLossKind.ClosedByVenue, told, null, description);
        }

        // The server closes TCP first (RFC 6455 §7.1.1); the clock sees to it when it does not.
        EndWithin(_settings.CloseTimeout);
    }

    /// <summary>Reads on this thread, which waits where the pipe does not make it wait.</summary>
    internal static ReadResult Read(PipeReader input)
    {
        var read = input.ReadAsync();
        return read.IsCompleted ? read.GetAwaiter().GetResult() : read.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Writing failed. The reader finds the end within microseconds, and what the venue said before it went (a close frame,
    /// say) is the better reason; only if it does not, the clock ends the connection with the failure itself.
    /// </summary>
    private void WriteFailed(Exception exception)
    {
        Volatile.Write(ref _writeFailure, exception);
        var deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        _ = Interlocked.CompareExchange(ref _failBy, deadline, 0);
        _wakeBy(deadline);
    }

    private string Broke(Exception? exception) =>
        exception is null
            ? $"{Endpoint.Host}: the venue ended the connection without a close frame."
            : $"{Endpoint.Host}: {exception.Message}";
}
