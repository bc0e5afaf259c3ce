namespace Dmex.Fast.Venue;

/// <summary>
/// One message in the venue's transcript. Timestamps are those of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>;
/// 0 means "has not happened".
/// </summary>
/// <param name="Sequence">The number of the message over all connections, from 1, in order of arrival at the transcript.</param>
/// <param name="ConnectionId">The connection that carried it; see <see cref="VenueHandshake.ConnectionId"/>.</param>
/// <param name="Hash">The order hash, or null when none could be read.</param>
/// <param name="Verdict">What the venue decided.</param>
/// <param name="Signature">What is known about the signature.</param>
/// <param name="ReceivedTimestamp">When the message's last byte had been read, before parsing.</param>
/// <param name="DecidedTimestamp">When the verdict stood and the order's state had changed.</param>
/// <param name="RepliedTimestamp">
/// Just before the first reply was handed to the connection, so no client can have read it earlier. It may still have
/// been lost on the way.
/// </param>
public readonly record struct VenueCancelRecord(
    long Sequence,
    long ConnectionId,
    VenueHash? Hash,
    VenueVerdict Verdict,
    VenueSignatureCheck Signature,
    long ReceivedTimestamp,
    long DecidedTimestamp,
    long RepliedTimestamp);
