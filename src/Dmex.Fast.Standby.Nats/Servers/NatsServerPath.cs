using System.Net.Sockets;
using System.Security.Authentication;
using Dmex.Fast.Standby.Links;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NATS.Client.Core;

namespace Dmex.Fast.Standby.Nats.Servers;

/// <summary>
/// The connection to one server, and to that one alone: what goes by another path goes by another server. It is made again
/// indefinitely. Every member may be called from any thread.
/// </summary>
internal sealed partial class NatsServerPath : IAsyncDisposable
{
    /// <summary>What may wait to be written before a live message is dropped: more than this is no longer live.</summary>
    private const int MaxWaitingBytes = 4 << 20;

    private const int MaxQuestions = 16;
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(1);
    private static readonly NatsRawSerializer<ReadOnlyMemory<byte>> Raw = NatsRawSerializer<ReadOnlyMemory<byte>>.Default;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _connecting;
    private CancellationTokenSource _connected = new();
    private string? _problem;
    private long _waitingBytes;
    private long _dropped;
    private long _handlerFailures;
    private int _questions;

    public NatsServerPath(NatsServerAddress address, int index, NatsOpts options, TimeProvider time)
    {
        Address = address;
        Index = index;
        _time = time;
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<NatsServerPath>();
        Connection = new NatsConnection(options);

        // The client would follow the addresses that servers announce, and two connections would end at one server.
        Connection.OnConnectingAsync = _ => ValueTask.FromResult((address.UriHost, address.Port));
        Connection.ServerError += (_, error) => NoteAsync(error.Error);
        Connection.ReconnectFailed += (_, _) => NoteAsync($"{address} cannot be reached.");
        Connection.ConnectionDisconnected += (_, _) => Disconnected();
        _connecting = ConnectAsync(options.ReconnectWaitMax);
    }

    /// <summary>The place of the server in the configured order.</summary>
    public int Index { get; }

    public NatsServerAddress Address { get; }

    public NatsConnection Connection { get; }

    public bool IsOpen => Connection.ConnectionState == NatsConnectionState.Open && !_disposed.IsCancellationRequested;

    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Canceled when the connection that is open now is lost.</summary>
    public CancellationToken UntilDisconnected => Volatile.Read(ref _connected).Token;

    /// <summary>Completes when the connection was open for the first time.</summary>
    public Task Opened => _opened.Task;

    public NatsServerStatus Status => new(
        Address.ToString(),
        Connection.ServerInfo?.Id ?? "",
        IsOpen,
        Interlocked.Read(ref _dropped),
        Interlocked.Read(ref _handlerFailures),
        Problem);

    /// <summary>Whether an exception is what a connection or its server throws, and so is dealt with here.</summary>
    public static bool IsFailure(Exception e) => e is not StandbyLinkException
        and (NatsException or IOException or SocketException or AuthenticationException or TimeoutException
            or OperationCanceledException or ObjectDisposedException or InvalidOperationException);

    /// <summary>Hands a message to the connection, or drops it. Never waits, never throws.</summary>
    /// <param name="subject">Where to.</param>
    /// <param name="payload">Untouched by the caller until this returns; afterwards as well unless <paramref name="isCopied"/>.</param>
    /// <param name="isCopied">Whether the payload is no longer needed.</param>
    /// <returns>Whether it was handed over.</returns>
    public bool TryPublish(string subject, ReadOnlyMemory<byte> payload, out bool isCopied)
    {
        isCopied = true;
        if (!IsOpen || Interlocked.Read(ref _waitingBytes) > MaxWaitingBytes)
        {
            _ = Interlocked.Increment(ref _dropped);
            return false;
        }

        try
        {
            var publishing = Connection.PublishAsync(subject, payload, serializer: Raw, cancellationToken: _disposed.Token);
            if (publishing.IsCompletedSuccessfully)
            {
                publishing.GetAwaiter().GetResult();
                return true;
            }

            isCopied = publishing.IsCompleted;
            _ = Interlocked.Add(ref _waitingBytes, payload.Length);
            _ = FinishAsync(publishing, payload.Length);
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            _ = Interlocked.Increment(ref _dropped);
            return false;
        }
    }

    /// <summary>Asks the server whether it is there. Never waits.</summary>
    /// <param name="witnesses">Learns of its answer.</param>
    public void Ask(WitnessTable witnesses)
    {
        if (!IsOpen)
        {
            return;
        }

        if (Interlocked.Increment(ref _questions) > MaxQuestions)
        {
            _ = Interlocked.Decrement(ref _questions);
            return;
        }

        _ = AskAsync(witnesses, _time.GetTimestamp());
    }

    /// <summary>Calls a handler with every message of a subject, one at a time, until canceled; through every reconnection.</summary>
    public async Task ReceiveAsync(string subject, Action<ReadOnlySpan<byte>> handler, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        while (!ends.IsCancellationRequested)
        {
            try
            {
                await Opened.WaitAsync(ends.Token).ConfigureAwait(false);
                var messages = Connection.SubscribeAsync<NatsMemoryOwner<byte>>(subject, cancellationToken: ends.Token);
                await foreach (var message in messages.ConfigureAwait(false))
                {
                    using var payload = message.Data;
                    Call(handler, payload.Span);
                }
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (IsFailure(e))
            {
                Note(e.Message);
                await Task.Delay(NatsStandbyOptions.MinDelay, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        await _disposed.CancelAsync().ConfigureAwait(false);
        try
        {
            await Connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e))
        {
            // A server that does not take the last words of the connection is left without them.
        }

        await _connecting.ConfigureAwait(false);
        _ = _opened.TrySetCanceled();
    }

    private async Task ConnectAsync(TimeSpan maxDelay)
    {
        var delay = NatsStandbyOptions.MinDelay;
        while (!_disposed.IsCancellationRequested)
        {
            try
            {
                await Connection.ConnectAsync().ConfigureAwait(false);
                _ = _opened.TrySetResult();
                return;
            }
            catch (Exception e) when (IsFailure(e))
            {
                Note(Innermost(e));
            }

            try
            {
                await Task.Delay(delay, _disposed.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, maxDelay.Ticks));
        }
    }

    private async Task FinishAsync(ValueTask publishing, int bytes)
    {
        try
        {
            await publishing.ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e))
        {
            _ = Interlocked.Increment(ref _dropped);
        }
        finally
        {
            _ = Interlocked.Add(ref _waitingBytes, -bytes);
        }
    }

    private async Task AskAsync(WitnessTable witnesses, long askedAt)
    {
        try
        {
            var serverId = Connection.ServerInfo?.Id;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
            timeout.CancelAfter(QuestionTimeout);
            _ = await Connection.PingAsync(timeout.Token).ConfigureAwait(false);

            // An answer of another server than the one asked is dropped: the connection was made again in between.
            if (serverId is not null && string.Equals(serverId, Connection.ServerInfo?.Id, StringComparison.Ordinal))
            {
                witnesses.Answered(Index, serverId, askedAt);
            }
        }
        catch (Exception e) when (IsFailure(e))
        {
            // No answer is what the count of witnesses is about.
        }
        finally
        {
            _ = Interlocked.Decrement(ref _questions);
        }
    }

    private void Call(Action<ReadOnlySpan<byte>> handler, ReadOnlySpan<byte> payload)
    {
        try
        {
            handler(payload);
        }
#pragma warning disable CA1031 // What a handler throws must not end the path's subscription.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ = Interlocked.Increment(ref _handlerFailures);
            LogHandlerFailure(_logger, Address.ToString(), e);
        }
    }

    private ValueTask Disconnected()
    {
        var lost = Interlocked.Exchange(ref _connected, new CancellationTokenSource());
        lost.Cancel();
        return default;
    }

    private void Note(string problem) => Volatile.Write(ref _problem, problem);

    private ValueTask NoteAsync(string problem)
    {
        Note(problem);
        return default;
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }

    [LoggerMessage(1, LogLevel.Error, "A handler of messages from {Server} failed")]
    private static partial void LogHandlerFailure(ILogger logger, string server, Exception exception);
}
