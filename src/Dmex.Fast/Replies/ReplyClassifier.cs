using System.Text.Json;
using System.Text.Unicode;
using Dmex.Fast.Replies;

namespace Dmex.Fast;

/// <summary>
/// The default classifier. It reads any JSON by the table in <c>ReplyRules</c>, because the venue documents no reply, and
/// claims little: what it does not claim stays unresolved, and asking again brings it to light. It runs on the connection's
/// reading thread, as any classifier does.
/// <list type="bullet">
/// <item>An order's hash is a string of 0x and 64 hex digits, in either case, under order_hash, hash, order or order_id, or in
/// an array under one of these or their plurals.</item>
/// <item>A verdict rests on the fields of the hash's own object and of the objects around it. Nested objects without a hash
/// add errors and doubts, never a success. A success said outside does not pass into a property that no rule knows.</item>
/// <item><see cref="ReplyKind.Confirmed"/>: op, event, type, action, status, state or result says "cancelled"; or one of them
/// says "cancel" and a status, success flag or code says that it worked. A bare echo of the request is no success. Anything
/// pending, open, unknown, doubled or contradictory beside it, and it is no verdict at all.</item>
/// <item><see cref="ReplyKind.Gone"/>: an error with a whole phrase such as "order not found" or "already filled".</item>
/// <item><see cref="ReplyKind.Throttled"/> and <see cref="ReplyKind.Busy"/>: an error that may pass; they come before the final
/// ones when an error says both.</item>
/// <item><see cref="ReplyKind.Rejected"/>: any other error with the hash, unless the message is about another operation than
/// a cancel. An error that several orders share is nobody's: it decides none of them unless it may pass.</item>
/// </list>
/// Messages that are no JSON objects or arrays, are no UTF-8, begin with a byte-order mark or nest more than 32 deep are
/// <see cref="ReplySignal.Unrecognized"/>. Only broken JSON costs an allocation (the reader's exception, caught here).
/// Stateless; safe to call from any thread.
/// </summary>
public sealed class ReplyClassifier : IReplyClassifier
{
    private const int MaxNesting = 32;

    /// <inheritdoc/>
    public ReplySummary Classify(ReadOnlySpan<byte> message, Span<Reply> replies, int skip = 0)
    {
        // Heartbeats and other plain texts are no reason to raise and catch an exception.
        var text = message.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[') || !Utf8.IsValid(message))
        {
            return new ReplySummary { Signal = ReplySignal.Unrecognized };
        }

        try
        {
            return ClassifyJson(message, replies, skip);
        }
        catch (JsonException)
        {
            // No JSON: nothing is known about it, and the user's handler gets to see it. No reply was written, because the
            // first walk reads the whole message.
            return new ReplySummary { Signal = ReplySignal.Unrecognized };
        }
    }

    private static ReplySummary ClassifyJson(ReadOnlySpan<byte> message, Span<Reply> replies, int skip)
    {
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = MaxNesting });
        _ = reader.Read();
        var ahead = reader;
        var facts = ReplySurvey.Walk(ref ahead, ReplyField.Wrapper, inError: false);
        while (ahead.Read())
        {
            // Anything but white space after the value makes the reader throw.
        }

        var scan = new ReplyScan(replies, skip);
        if (facts.HasHash)
        {
            scan.Visit(ref reader, in facts, enclosing: default, ReplyField.Wrapper, inError: false);
        }

        var signal = scan.HasVerdict ? ReplySignal.None : ReplyVerdict.Signal(in facts);
        return new ReplySummary
        {
            Count = scan.Count,
            Signal = signal,
            RetryAfter = signal is ReplySignal.Throttled or ReplySignal.Busy ? facts.RetryAfter : null,
            Truncated = scan.IsTruncated,
        };
    }
}
