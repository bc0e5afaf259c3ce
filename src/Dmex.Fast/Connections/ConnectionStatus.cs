namespace Dmex.Fast;

/// <summary>Where one of a client's connections stands. An immutable value.</summary>
/// <param name="ConnectionId">The connection, counted from 1; it keeps its number when it is made anew.</param>
/// <param name="Endpoint">Where it goes.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsPrimary">Whether it carries the cancels under <see cref="ConnectionPolicy.Primary"/>.</param>
/// <param name="Connects">How often it has been made.</param>
/// <param name="LastLoss">Why it ended last; null when it never did.</param>
/// <param name="LastFailure">Why it could not be made, when the last attempt failed.</param>
public sealed record ConnectionStatus(
    int ConnectionId,
    Uri Endpoint,
    ConnectionState State,
    bool IsPrimary,
    int Connects,
    ConnectionLoss? LastLoss,
    Exception? LastFailure);
