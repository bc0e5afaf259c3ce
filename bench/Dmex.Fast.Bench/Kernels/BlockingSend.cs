using System.Net.WebSockets;
using Dmex.Fast.Connections;

namespace Dmex.Fast.Bench.Kernels;

/// <summary>Both sides' sends, in the same way: they wait only when the kernel does not take the message at once.</summary>
internal static class BlockingSend
{
    /// <summary>Sends a message of ours.</summary>
    public static void Send(this VenueConnection connection, byte[] message)
    {
        var sent = connection.SendMessageAsync(message, default);
        var outcome = sent.IsCompletedSuccessfully ? sent.Result : sent.AsTask().GetAwaiter().GetResult();
        Check.True(outcome.Kind == SendOutcomeKind.Written, "the message is written");
    }

    /// <summary>Sends a message of .NET's own WebSocket.</summary>
    public static void Send(this ClientWebSocket socket, byte[] message, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        var sent = socket.SendAsync(message.AsMemory(), type, true, CancellationToken.None);
        if (!sent.IsCompletedSuccessfully)
        {
            sent.AsTask().GetAwaiter().GetResult();
        }
    }
}
