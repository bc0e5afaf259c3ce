namespace Dmex.Fast;

/// <summary>The state of one of a client's connections. An immutable value.</summary>
/// <param name="ConnectionId">The connection, counted from 1; it keeps its number when it reconnects.</param>
/// <param name="Endpoint">Where it goes.</param>
/// <param name="State">Its state.</param>
/// <param name="IsPrimary">Whether it carries the cancels under <see cref="ConnectionPolicy.Primary"/>.</param>
/// <param name="Connects">How often it has been made.</param>
/// <param name="LastLoss">Why it ended last, with the time; null when it never did.</param>
/// <param name="LastFailure">Why it could not be made, when the last attempt failed; null once it is ready.</param>
public sealed record ConnectionStatus(
    int ConnectionId,
    Uri Endpoint,
    ConnectionState State,
    bool IsPrimary,
    int Connects,
    ConnectionLoss? LastLoss,
    Exception? LastFailure);
