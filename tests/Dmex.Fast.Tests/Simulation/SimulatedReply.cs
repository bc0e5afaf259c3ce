namespace Dmex.Fast.Tests.Simulation;

/// <summary>A reply on its way to the client. A value.</summary>
internal struct SimulatedReply
{
    /// <summary>What it is about; null for none.</summary>
    public SimulatedOrder? Order;

    public ReplyKind Kind;
    public GoneReason Gone;
    public TimeSpan? RetryAfter;

    /// <summary>The connection, from 1, and its life.</summary>
    public int ConnectionId;

    public long Incarnation;

    /// <summary>It was read before its connection ended.</summary>
    public bool WasRead;

    /// <summary>The next free place; −1 for none.</summary>
    public int Next;
}
