namespace Dmex.Fast.Cli.Demo;

/// <summary>One line from a venue that is controlled over its standard input: what it asks for, or an error.</summary>
/// <param name="Url">Where it listens, in the first line.</param>
/// <param name="Certificate">Its certificate as PEM, in the first line; null without TLS.</param>
/// <param name="Opened">How many orders were opened.</param>
/// <param name="Audited">The result of an audit.</param>
/// <param name="Error">What was wrong with the request.</param>
internal sealed record VenueReply(
    Uri? Url = null, string? Certificate = null, int? Opened = null, VenueAudit? Audited = null, string? Error = null);
