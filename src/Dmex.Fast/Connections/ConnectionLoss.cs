namespace Dmex.Fast;

/// <summary>The one reason why a connection ended. An immutable value; safe to share between threads.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="CloseCode">
/// The close code (RFC 6455 §7.4, 1000–4999) received or sent; null when there was no close frame or no code in it.
/// </param>
/// <param name="Exception">What the system reported; null when nothing failed below.</param>
/// <param name="Description">In words, for a person.</param>
/// <param name="ConnectionId">The connection, counted from 1.</param>
/// <param name="At">When it ended, by the system's clock.</param>
public sealed record ConnectionLoss(
    ConnectionLossKind Kind, int? CloseCode, Exception? Exception, string Description, int ConnectionId, DateTimeOffset At);
