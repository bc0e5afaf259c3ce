namespace Dmex.Fast.Standby.Nats;

/// <summary>What is known of one server of the cluster.</summary>
/// <param name="Address">Its address, as it was configured.</param>
/// <param name="ServerId">The id that it gave when it was last connected to; empty before.</param>
/// <param name="IsConnected">Whether its connection is open.</param>
/// <param name="Dropped">Live messages that were lost rather than waited for on it.</param>
/// <param name="HandlerFailures">Handlers of live messages from it that threw.</param>
/// <param name="Problem">The last thing that went wrong with it; null: nothing did.</param>
public sealed record NatsServerStatus(
    string Address,
    string ServerId,
    bool IsConnected,
    long Dropped,
    long HandlerFailures,
    string? Problem);
