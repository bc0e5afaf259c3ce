namespace Dmex.Fast.Venue;

/// <summary>One HTTP request that reached the venue, with what became of it.</summary>
/// <param name="ConnectionId">The number of the WebSocket connection, from 1, or 0 when the request was refused.</param>
/// <param name="StatusCode">The HTTP status of the answer: 101 when the WebSocket was accepted.</param>
/// <param name="Path">The path and query of the request.</param>
/// <param name="Headers">The request's headers by name (case-insensitive); repeated headers are joined by commas.</param>
/// <param name="SubProtocol">The subprotocol that was agreed, or null.</param>
/// <param name="ReceivedTimestamp">The <see cref="System.Diagnostics.Stopwatch"/> timestamp of the request.</param>
public sealed record VenueHandshake(
    long ConnectionId,
    int StatusCode,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    string? SubProtocol,
    long ReceivedTimestamp);
