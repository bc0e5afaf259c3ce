using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>
/// The sending side of one connection: one message at a time, from any thread. A lost connection is a result, not an
/// exception.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "The semaphore holds no handle, and senders may still come when the session has ended.")]
internal sealed class SessionWriter(WebSocket socket, VenueCore core)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _closeSent;

    /// <summary>Sends one message.</summary>
    /// <param name="message">The content; must not change until the task is done.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="sequence">The transcript's record to stamp just before sending, or 0.</param>
    /// <param name="fragmentLength">The most bytes a fragment, or 0 for one frame.</param>
    /// <returns>Whether the connection took it.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SendAsync(
        ReadOnlyMemory<byte> message, WebSocketMessageType type, long sequence = 0, int fragmentLength = 0)
    {
        await _turn.WaitAsync();
        try
        {
            if (_closeSent || socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            {
                return false;
            }

            if (sequence != 0)
            {
                core.Transcript.MarkReplied(sequence, Stopwatch.GetTimestamp());
            }

            while (fragmentLength > 0 && message.Length > fragmentLength)
            {
                await socket.SendAsync(message[..fragmentLength], type, endOfMessage: false, CancellationToken.None);
                message = message[fragmentLength..];
            }

            await socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (IsConnectionLoss(e))
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a close frame, once; nothing is sent after it.</summary>
    public async Task CloseAsync(int code, string? reason)
    {
        await _turn.WaitAsync();
        try
        {
            if (!_closeSent && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                _closeSent = true;
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);
            }
        }
        catch (Exception e) when (IsConnectionLoss(e))
        {
            // The connection is gone already: no one is left to tell.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Whether an exception is one of those by which Kestrel and WebSocket say that a connection is gone. Kestrel's pipes
    /// say it by InvalidOperationException when they are written to after their end.
    /// </summary>
    public static bool IsConnectionLoss(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
