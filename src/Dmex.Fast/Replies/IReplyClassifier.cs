namespace Dmex.Fast;

/// <summary>
/// Decides what a message of the venue says about cancels. Implementations allocate nothing in steady state, may be called
/// from several threads at once and never throw, whatever the bytes are.
/// </summary>
public interface IReplyClassifier
{
    /// <summary>Classifies one message and tells a sink each verdict, in the order of the message.</summary>
    /// <param name="message">The whole message; normally UTF-8 JSON, but any bytes are taken.</param>
    /// <param name="sink">
    /// Told each verdict during the call, on the caller's thread. When it returns false, the rest of the message is left.
    /// </param>
    /// <returns>The number of verdicts told, and what the message says as a whole when it has none.</returns>
    ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink);
}
