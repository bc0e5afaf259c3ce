using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Dmex.Fast.Venue.Faults;
using Dmex.Fast.Venue.Orders;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// One WebSocket connection: reads and stamps messages, and has them served at once or, at a venue with a service rate, in
/// their turn. Messages that have arrived already are read ahead, so that the time of answering one does not count as
/// time of arrival of the next.
/// </summary>
internal sealed class VenueSession
{
    private const int MaxPostedMessages = 10_000;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly VenueCore _core;
    private readonly HttpContext _context;
    private readonly CancellationToken _aborted;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly Socket? _socket;
    private readonly IPAddress? _remoteAddress;
    private readonly DueQueue _due;
    private readonly TaskCompletionSource<SessionWriter?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ReceivedMessage> _inbox = [];
    private int _inboxCount;
    private long _messageIndex;
    private int _refusals;
    private ReplyMaker? _readerReplies;
    private ReplyMaker? _pumpReplies;
    private volatile bool _ending;

    public VenueSession(VenueCore core, HttpContext context, long id)
    {
        _core = core;
        _context = context;
        _aborted = context.RequestAborted;

        // Taken now, as the context must not be touched any more when the request has ended.
        _lifetime = context.Features.Get<IHttpRequestLifetimeFeature>();
        _socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        _remoteAddress = context.Connection.RemoteIpAddress;
        _due = new DueQueue(ServeDueAsync);
        Id = id;
    }

    public long Id { get; }

    /// <summary>Completes when the WebSocket is open; null when it never came to that.</summary>
    public Task<SessionWriter?> Ready => _ready.Task;

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Accepts the WebSocket and serves it to its end.</summary>
    public async Task RunAsync(WebSocketAcceptContext accept)
    {
        var pump = Task.CompletedTask;
        using var stop = new CancellationTokenSource();
        try
        {
            using var socket = await _context.WebSockets.AcceptWebSocketAsync(accept);
            var writer = new SessionWriter(socket, _core);
            _readerReplies = new ReplyMaker(_core, Id, writer, _due);
            _pumpReplies = new ReplyMaker(_core, Id, writer, _due);
            _ready.SetResult(writer);
            pump = PumpAsync(stop.Token);
            if (_core.Options.PushOrderEvents)
            {
                await _readerReplies.PushSnapshotAsync();
            }

            await ReadAsync(socket, writer);
        }
        catch (Exception e) when (SessionWriter.IsConnectionLoss(e))
        {
            // The client went away; what it had sent is in the transcript.
        }
        finally
        {
            _ending = true;
            _ready.TrySetResult(null);
            await stop.CancelAsync();
            await pump;
            _ended.SetResult();
        }
    }

    /// <summary>Queues a text message behind what is being sent; dropped when the client has long stopped reading.</summary>
    public void Post(ReadOnlyMemory<byte> text)
    {
        if (_due.Count < MaxPostedMessages)
        {
            _due.Add(new DueItem { Bytes = text }, due: 0);
        }
    }

    /// <summary>Closes in an orderly way; a client that does not answer in time is cut off.</summary>
    public async Task CloseAsync(int code, string? reason)
    {
        _ending = true;
        if (await Ready is { } writer)
        {
            // The client may not be reading, so sending has to be bounded too.
            var closing = writer.CloseAsync(code, reason);
            await Task.WhenAny(Ended, Task.Delay(ClosePatience, CancellationToken.None));
            if (!Ended.IsCompleted)
            {
                _lifetime?.Abort();
            }

            await closing;
        }
    }

    /// <summary>Cuts the connection with a TCP reset.</summary>
    public void Reset()
    {
        _ending = true;
        try
        {
            // Zero linger makes the close below an RST on every platform.
            _socket?.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The socket is gone already, which is what is wanted.
        }

        _lifetime?.Abort();
    }

    private async Task PumpAsync(CancellationToken stop)
    {
        try
        {
            await _due.RunAsync(stop);
        }
        catch
        {
            _lifetime?.Abort(); // a mistake of ours must not leave a connection that looks alive
            throw;
        }
    }

    private async Task ServeDueAsync(DueItem item)
    {
        if (item.Cancel is { } cancel)
        {
            await ServeAsync(cancel, _pumpReplies!);
        }
        else
        {
            await _pumpReplies!.SendReadyAsync(item);
        }
    }

    private async Task ReadAsync(WebSocket socket, SessionWriter writer)
    {
        while (true)
        {
            await _core.ReadingAllowed.WaitAsync(_aborted);
            var message = NextFree();
            var reading = message.ReadAsync(socket, _core.Options.MaxMessageBytes);
            if (!reading.IsCompleted)
            {
                await ServeInboxAsync();
            }

            var end = await reading;
            await _core.ReadingAllowed.WaitAsync(_aborted);
            if (end == ReadEnd.Message)
            {
                _inboxCount++;
                if (_inboxCount == _core.Options.ReadAheadMessages)
                {
                    await ServeInboxAsync();
                }

                continue;
            }

            await ServeInboxAsync();
            await EndAsync(end, socket, writer);
            return;
        }
    }

    private static async Task EndAsync(ReadEnd end, WebSocket socket, SessionWriter writer)
    {
        if (end == ReadEnd.TooBig)
        {
            await writer.CloseAsync(VenueCloseCode.MessageTooBig, "the message is too long");
        }
        else if (end == ReadEnd.Close)
        {
            // RFC 6455 §5.5.1: a close is answered with a close, with the same code when there is one.
            var code = (int)(socket.CloseStatus ?? WebSocketCloseStatus.Empty);
            await writer.CloseAsync(code == (int)WebSocketCloseStatus.Empty ? VenueCloseCode.NormalClosure : code, null);
        }
    }

    private ReceivedMessage NextFree()
    {
        if (_inboxCount == _inbox.Count)
        {
            _inbox.Add(new ReceivedMessage());
        }

        return _inbox[_inboxCount];
    }

    private async ValueTask ServeInboxAsync()
    {
        var count = _inboxCount;
        for (var i = 0; i < count; i++)
        {
            await TakeInAsync(_inbox[i]);
        }

        // A message that is being read meanwhile lies in the slot behind the served ones: it moves to the front.
        if (count > 0 && count < _inbox.Count)
        {
            (_inbox[0], _inbox[count]) = (_inbox[count], _inbox[0]);
        }

        _inboxCount = 0;
    }

    private ValueTask TakeInAsync(ReceivedMessage message)
    {
        var request = message.IsText
            ? CancelRequestParser.Parse(message.Content)
            : new CancelRequest { Problem = "the message is binary, not text" };
        var sequence = _core.Transcript.Add(Id, request.Hash, message.ReceivedTimestamp);
        var cancel = new PendingCancel(sequence, _messageIndex++, request);
        if (_core.RateGate is { } gate && !_ending)
        {
            var account = request.Hash is { } hash ? _core.Orders.Find(in hash) : null;
            if (!gate.Admit(Id, account, out var retryAfter))
            {
                return RefuseAsync(cancel, gate, retryAfter);
            }
        }

        if (_core.Pacer is { } pacer && !_ending)
        {
            if (_due.Count >= _core.Options.ServiceQueueCapacity)
            {
                return _readerReplies!.RefuseAsync(cancel, VenueVerdict.Busy, 0);
            }

            _due.Add(new DueItem { Cancel = cancel }, pacer.TakeTurn());
            return ValueTask.CompletedTask;
        }

        return ServeAsync(cancel, _readerReplies!);
    }

    private async ValueTask RefuseAsync(PendingCancel cancel, RateGate gate, long retryAfter)
    {
        await _readerReplies!.RefuseAsync(cancel, VenueVerdict.RateLimited, retryAfter);
        if (++_refusals == gate.Limit.BanAfter)
        {
            if (_remoteAddress is not null)
            {
                gate.Ban(_remoteAddress);
            }

            StartClosing(VenueCloseCode.PolicyViolation, "banned: too many messages");
        }
    }

    private ValueTask ServeAsync(PendingCancel cancel, ReplyMaker replies)
    {
        if (_ending)
        {
            _core.Transcript.Decide(cancel.Sequence, VenueVerdict.Lost, VenueSignatureCheck.NotChecked, Stopwatch.GetTimestamp());
            return ValueTask.CompletedTask;
        }

        var faults = _core.Faults;
        var draws = new FaultDraws(faults.Seed, Id, cancel.Index);
        var reset = draws.Happens(FaultKind.Reset, faults.ResetProbability);
        if (!reset && !draws.Happens(FaultKind.Close, faults.CloseProbability))
        {
            return replies.ServeAsync(cancel, faults, draws);
        }

        replies.ActWithoutReply(cancel, faults, draws);
        if (reset)
        {
            Reset();
        }
        else
        {
            StartClosing(faults.CloseCode, "fault");
        }

        return ValueTask.CompletedTask;
    }

    // The close handshake needs the reader, which may be the caller: it must not wait.
    private void StartClosing(int code, string reason)
    {
        _ending = true;
        _ = CloseAsync(code, reason);
    }
}
