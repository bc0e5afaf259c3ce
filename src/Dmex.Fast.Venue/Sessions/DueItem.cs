using System.Net.WebSockets;

namespace Dmex.Fast.Venue.Sessions;

/// <summary>Something that a session does at a later time: act upon a message, or send bytes that are ready.</summary>
internal sealed class DueItem
{
    /// <summary>The message to act upon; null when <see cref="Bytes"/> are to be sent.</summary>
    public PendingCancel? Cancel { get; init; }

    public ReadOnlyMemory<byte> Bytes { get; init; }

    public WebSocketMessageType Type { get; init; } = WebSocketMessageType.Text;

    /// <summary>The transcript's record to stamp when sending, or 0.</summary>
    public long Sequence { get; init; }

    /// <summary>The most bytes a fragment, or 0 for one frame.</summary>
    public int FragmentLength { get; init; }
}
