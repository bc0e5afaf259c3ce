using Microsoft.Extensions.Logging;

namespace Dmex.Fast.Hosting.Hosts;

/// <summary>
/// What a hosted client logs. Event ids are listed in docs/hosting.md and never change; no signature and no key is ever logged.
/// </summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Information, "Client {Name}: started for account {Account}, {Connections} connections to {Host}.")]
    public static partial void Started(ILogger logger, string name, string account, int connections, string host);

    [LoggerMessage(2, LogLevel.Information, "Client {Name}: connection {ConnectionId} is ready.")]
    public static partial void Ready(ILogger logger, string name, int connectionId);

    [LoggerMessage(3, LogLevel.Warning, "Client {Name}: connection {ConnectionId} was lost ({Kind}): {Description}")]
    public static partial void Lost(ILogger logger, string name, int connectionId, ConnectionLossKind kind, string description);

    [LoggerMessage(4, LogLevel.Debug, "Client {Name}: connection {ConnectionId} changed to {State}.")]
    public static partial void Changed(ILogger logger, string name, int connectionId, ConnectionState state);

    [LoggerMessage(5, LogLevel.Warning, "Client {Name}: order {Order} turned from {Before} to {After}.")]
    public static partial void Corrected(ILogger logger, string name, string order, CancelOutcomeKind before, CancelOutcomeKind after);

    [LoggerMessage(
        6, LogLevel.Error,
        "Client {Name}: {Written} cancels were written, {Received} messages came, and no rule matched any. See docs/replies.md.")]
    public static partial void Unrecognized(ILogger logger, string name, long written, long received);

    [LoggerMessage(7, LogLevel.Error, "Client {Name}: a handler or the classifier failed.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string name);

    [LoggerMessage(8, LogLevel.Warning, "Client {Name}: the host stops; canceling {Orders} armed orders within {Timeout}.")]
    public static partial void Panicking(ILogger logger, string name, int orders, TimeSpan timeout);

    [LoggerMessage(
        9, LogLevel.Information, "Client {Name}: {Orders} orders canceled at shutdown: {Confirmed} confirmed, {Gone} gone already.")]
    public static partial void Panicked(ILogger logger, string name, int orders, int confirmed, int gone);

    [LoggerMessage(
        10, LogLevel.Critical,
        "Client {Name}: {Open} of {Orders} orders may still be open after the panic at shutdown: {Rejected} rejected, "
        + "{NotFound} not found, {Unresolved} unresolved.")]
    public static partial void LeftOpen(ILogger logger, string name, int open, int orders, int rejected, int notFound, int unresolved);

    [LoggerMessage(11, LogLevel.Critical, "Client {Name}: the panic at shutdown failed; armed orders may still be open.")]
    public static partial void PanicFailed(ILogger logger, Exception exception, string name);

    [LoggerMessage(12, LogLevel.Information, "Client {Name}: stopped.")]
    public static partial void Stopped(ILogger logger, string name);

    [LoggerMessage(13, LogLevel.Information, "Client {Name}: no key is configured (Key); each cancel needs its signature or a signer.")]
    public static partial void WithoutKey(ILogger logger, string name);

    [LoggerMessage(14, LogLevel.Warning, "Client {Name}: connection {ConnectionId} cannot be made, and is tried again: {Reason}")]
    public static partial void Unreachable(ILogger logger, string name, int connectionId, string reason);

    [LoggerMessage(15, LogLevel.Critical, "Client {Name}: a standby has fired the book ({Fence}). It is latched until ResumeAsync.")]
    public static partial void StandbyFired(ILogger logger, string name, StandbyFence fence);
}
