namespace Dmex.Fast.Diagnostics;

/// <summary>What is read of a client when somebody collects metrics. An immutable value.</summary>
/// <param name="Connections">The state of each connection.</param>
/// <param name="InFlight">Unresolved orders.</param>
/// <param name="BookOrders">Orders in the book; 0 without one.</param>
/// <param name="IsLatched">Whether a panic's latch is set.</param>
/// <param name="DroppedNotices">Notices dropped so far.</param>
/// <param name="DroppedMessages">Messages dropped so far.</param>
internal readonly record struct ClientGauges(
    IReadOnlyList<ConnectionStatus> Connections, int InFlight, int BookOrders, bool IsLatched, long DroppedNotices, long DroppedMessages);
