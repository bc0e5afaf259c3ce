namespace Dmex.Fast.Messages;

/// <summary>The default rules.</summary>
public sealed class ReplyClassifier : IReplyClassifier
{
    /// <inheritdoc/>
    public ReplySummary Classify(ReadOnlySpan<byte> message, Span<Reply> replies, int skip = 0) =>
        new() { Signal = ReplySignal.Unrecognised };
}
