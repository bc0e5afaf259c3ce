namespace Dmex.Fast.Lab.Venues;

/// <summary>One line from a venue that is controlled over its standard input: what it asks for, or an error.</summary>
/// <param name="Url">Where it listens, in the first line.</param>
/// <param name="Certificate">Its certificate as PEM, in the first line; null without TLS.</param>
/// <param name="Opened">How many orders were opened.</param>
/// <param name="Audited">The result of an audit.</param>
/// <param name="Receipts">
/// For each order asked for, when the last byte of its first cancel had been read, in ticks of
/// <see cref="System.Diagnostics.Stopwatch"/>; 0 when none was received.
/// </param>
/// <param name="Error">What was wrong with the request.</param>
internal sealed record VenueReply(
    Uri? Url = null, string? Certificate = null, int? Opened = null, VenueAudit? Audited = null, long[]? Receipts = null,
    string? Error = null);
