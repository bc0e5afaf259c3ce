namespace Dmex.Fast.WebSockets;

/// <summary>What the peer did wrong.</summary>
/// <param name="CloseCode">The code to close with: 1002, 1007 or 1009.</param>
/// <param name="Description">A sentence for logs; it holds numbers from headers, never payload.</param>
internal readonly record struct FrameError(CloseCode CloseCode, string Description)
{
    /// <summary>The same as an exception.</summary>
    public WebSocketProtocolException ToException() => new(CloseCode, Description);
}
