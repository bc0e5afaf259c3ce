namespace Dmex.Fast.Tracking;

/// <summary>What the venue said about one order, as far as the tracker needs to know.</summary>
/// <param name="Kind">What was said.</param>
/// <param name="Gone">Why the order is gone.</param>
/// <param name="RetryAfter">How long the venue asks to wait; null when it does not say.</param>
/// <param name="Text">The venue's words; null without any.</param>
/// <param name="IsLive">The venue is known to have had the order, so that "not found" means that it is gone.</param>
internal readonly record struct TrackedReply(ReplyKind Kind, GoneReason Gone, TimeSpan? RetryAfter, string? Text, bool IsLive);
