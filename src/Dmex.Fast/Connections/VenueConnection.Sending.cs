using System.Diagnostics;
using System.Text.Unicode;
using Dmex.Fast.WebSockets;

namespace Dmex.Fast.Connections;

/// <content>Frames out, and the clock's look at the connection: life, heartbeats, and the bound of a close.</content>
internal sealed partial class VenueConnection
{
    // Header and key of a frame whose length takes 64 bits: what a message must leave free in the send buffer.
    private const int MaxFrameOverhead = 14;
    private const int StackFrameSize = 1024;

    private readonly MaskingKeys _keys = new();
    private long _lastPing;
    private SilenceMeter _silence;
    private long _nextHeartbeat = long.MaxValue;
    private long _closeDeadline;
    private byte[]? _heartbeatFrame;

    /// <summary>Sends a text message as one frame.</summary>
    /// <exception cref="ArgumentException">It is not valid UTF-8, or longer than a send buffer takes.</exception>
    public ValueTask<SendOutcome> SendTextAsync(ReadOnlySpan<byte> utf8Text, CancellationToken cancellationToken)
    {
        if (utf8Text.Length > _settings.SendBufferSize - MaxFrameOverhead)
        {
            throw new ArgumentException(
                $"A message has at most {_settings.SendBufferSize - MaxFrameOverhead} bytes (SendBufferSize − {MaxFrameOverhead}), "
                + $"not {utf8Text.Length}.",
                nameof(utf8Text));
        }

        if (!Utf8.IsValid(utf8Text))
        {
            throw new ArgumentException("A text message is valid UTF-8; this one is not.", nameof(utf8Text));
        }

        return SendMessageAsync(utf8Text, cancellationToken);
    }

    /// <summary>Sends a message that is known to be valid and to fit, as one text frame.</summary>
    public ValueTask<SendOutcome> SendMessageAsync(ReadOnlySpan<byte> utf8Text, CancellationToken cancellationToken)
    {
        if (_queue is not { } queue)
        {
            return new ValueTask<SendOutcome>(NotConnected());
        }

        var size = FrameWriter.FrameLength(utf8Text.Length);
        if (size <= StackFrameSize)
        {
            Span<byte> frame = stackalloc byte[StackFrameSize];
            var length = FrameWriter.Write(frame, Opcode.Text, utf8Text, _keys.Next());
            return queue.SendAsync(frame[..length], cancellationToken);
        }

        var rented = System.Buffers.ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var length = FrameWriter.Write(rented, Opcode.Text, utf8Text, _keys.Next());
            return queue.SendAsync(rented.AsSpan(0, length), cancellationToken);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A fresh key for one frame (RFC 6455 §5.3).</summary>
    public uint NextMaskingKey() => _keys.Next();

    /// <summary>Sends a whole frame, masked with a key of <see cref="NextMaskingKey"/>; completes when the kernel has it.</summary>
    /// <param name="frame">At most as long as a send buffer; copied.</param>
    /// <param name="cancellationToken">Withdraws the frame while it waits for room; then it was not sent.</param>
    public ValueTask<SendOutcome> SendFrameAsync(ReadOnlySpan<byte> frame, CancellationToken cancellationToken) =>
        _queue is { } queue ? queue.SendAsync(frame, cancellationToken) : new ValueTask<SendOutcome>(NotConnected());

    /// <summary>
    /// Sends a whole frame, masked with a key of <see cref="NextMaskingKey"/>, whose sender does not wait; the observer is told,
    /// possibly before this returns.
    /// </summary>
    /// <param name="frame">At most as long as a send buffer; copied.</param>
    /// <param name="observer">Told once.</param>
    /// <param name="state">Handed to it.</param>
    /// <param name="generation">Handed to it.</param>
    public void SendFrame(ReadOnlySpan<byte> frame, ISendObserver observer, object state, uint generation)
    {
        if (_queue is { } queue)
        {
            queue.Send(frame, observer, state, generation);
        }
        else
        {
            observer.Sent(state, generation, NotConnected());
        }
    }

    /// <summary>Sends whole frames that are masked already, together, as one; the observer is told, possibly before this returns.</summary>
    /// <param name="frames">At most as long as a send buffer; in use until the observer is called.</param>
    /// <param name="observer">Told once.</param>
    /// <param name="state">Handed to it.</param>
    public void SendFrames(ReadOnlyMemory<byte> frames, ISendObserver observer, object state)
    {
        if (_queue is { } queue)
        {
            queue.SendLent(frames, observer, state);
        }
        else
        {
            observer.Sent(state, 0, NotConnected());
        }
    }

    /// <summary>Does what is due at this time and says when to look again. Called by the clock's thread alone.</summary>
    public long Tick(long now)
    {
        if (Volatile.Read(ref _failBy) is var failBy and not 0 && Loss is null)
        {
            if (now < failBy)
            {
                return failBy;
            }

            _ = Lose(ConnectionLossKind.Broken, null, _writeFailure, Broke(_writeFailure));
            ClosePipe();
            return long.MaxValue;
        }

        var closeBy = Volatile.Read(ref _closeDeadline);
        if (closeBy != 0)
        {
            if (now < closeBy)
            {
                return closeBy;
            }

            const string Description = "This client closed the connection; the venue did not answer the close frame in time.";
            _ = Lose(ConnectionLossKind.ClosedHere, null, null, Description);
            ClosePipe();
            return long.MaxValue;
        }

        if (State is not (ConnectionState.Preparing or ConnectionState.Ready) || _queue is not { } queue)
        {
            return long.MaxValue;
        }

        _keys.TopUp();
        return Math.Min(WatchLife(queue, now), SendHeartbeat(now));
    }

    private long WatchLife(SendQueue queue, long now)
    {
        var life = Math.Max(Volatile.Read(ref _lastReceived), queue.LastStallEnded);
        var lostAt = _silence.Began(life, now) + Ticks(_settings.PongTimeout);
        if (now >= lostAt)
        {
            _ = Lose(
                ConnectionLossKind.Silent,
                null,
                null,
                $"{Endpoint.Host}: nothing came from the venue for {_settings.PongTimeout.TotalSeconds:0.###} s, pings notwithstanding.");
            ClosePipe();
            return long.MaxValue;
        }

        var pingAt = Math.Max(life, _lastPing) + Ticks(_settings.PingInterval);
        if (now >= pingAt)
        {
            Span<byte> frame = stackalloc byte[ControlSlot.MaxFrameSize];
            var length = FrameWriter.Write(frame, Opcode.Ping, [], _keys.Next());
            queue.SendPing(frame[..length]);
            _lastPing = now;
            pingAt = now + Ticks(_settings.PingInterval);
        }

        return Math.Min(Math.Min(pingAt, lostAt), now + _silence.Interval);
    }

    private long SendHeartbeat(long now)
    {
        if (now < _nextHeartbeat)
        {
            return _nextHeartbeat;
        }

        // Not waited for: one that finds no room waits its turn, and the next look is an interval away.
        var text = _settings.Heartbeat.Span;
        _heartbeatFrame ??= new byte[FrameWriter.FrameLength(text.Length)];
        _ = FrameWriter.Write(_heartbeatFrame, Opcode.Text, text, _keys.Next());
        SendFrame(_heartbeatFrame, NullSendObserver.Instance, this, 0);
        _nextHeartbeat = now + Ticks(_settings.HeartbeatInterval);
        return _nextHeartbeat;
    }

    private void SendPong(ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[ControlSlot.MaxFrameSize];
        var length = FrameWriter.Write(frame, Opcode.Pong, payload, _keys.Next());
        _queue!.SendPong(frame[..length]);
    }

    private void SendClose(SendQueue queue, CloseCode code, bool dropQueued)
    {
        Span<byte> frame = stackalloc byte[ControlSlot.MaxFrameSize];
        var length = FrameWriter.WriteClose(frame, code, [], _keys.Next());
        queue.SendClose(frame[..length], dropQueued);
    }

    private void EndWithin(TimeSpan time)
    {
        var deadline = Stopwatch.GetTimestamp() + Ticks(time);
        _ = Interlocked.CompareExchange(ref _closeDeadline, deadline, 0);
        _wakeBy(deadline);
    }

    private SendOutcome NotConnected() => new()
    {
        Kind = SendOutcomeKind.NotSent,
        Reason = NotSentReason.NotConnected,
        ConnectionId = Id,
        Incarnation = Incarnation,
    };
}
