namespace Dmex.Fast;

/// <summary>
/// Decides what a message of the venue says about cancels. Implementations allocate nothing in steady state, may be called
/// from several threads at once and never throw, whatever the bytes are.
/// </summary>
public interface IReplyClassifier
{
    /// <summary>Classifies one message, one verdict for each order that it decides.</summary>
    /// <param name="message">The whole message; normally UTF-8 JSON, but any bytes are taken.</param>
    /// <param name="replies">
    /// Where the verdicts go. When there are more, it is filled and <see cref="ReplySummary.Truncated"/> is set: verdicts are
    /// found in the same order every time, so the caller goes on with a higher <paramref name="skip"/>.
    /// </param>
    /// <param name="skip">
    /// How many verdicts to pass over before the first one is written; a negative number counts as 0. The caller's loop is:
    /// <code>
    /// for (int done = 0; ; done += summary.Count)
    /// {
    ///     summary = classifier.Classify(message, replies, done);
    ///     …
    ///     if (!summary.Truncated) break;
    /// }
    /// </code>
    /// <paramref name="replies"/> must not be empty in it.
    /// </param>
    /// <returns>The number of verdicts written, and what the message says as a whole when it has no verdict.</returns>
    ReplySummary Classify(ReadOnlySpan<byte> message, Span<Reply> replies, int skip = 0);
}
