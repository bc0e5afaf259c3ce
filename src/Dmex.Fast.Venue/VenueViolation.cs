namespace Dmex.Fast.Venue;

/// <summary>A signature that deferred verification found to be wrong, after the message had been answered.</summary>
/// <param name="Sequence">The message; see <see cref="VenueCancelRecord.Sequence"/>.</param>
/// <param name="Hash">The order hash.</param>
/// <param name="Owner">The owner's address as <c>0x</c> and 40 lower-case hex digits.</param>
/// <param name="Signer">The recovered address, or null when no signer can be recovered.</param>
public sealed record VenueViolation(long Sequence, VenueHash Hash, string Owner, string? Signer);
