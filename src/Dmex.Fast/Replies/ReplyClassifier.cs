using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Dmex.Fast.Replies;
using Dmex.Fast.Signing;

namespace Dmex.Fast;

/// <summary>
/// The default classifier. It reads any JSON by built-in tables, because the venue documents no reply, and claims little: what
/// it does not claim stays unresolved, and asking again brings it to light. docs/replies.md has the tables and the reasons.
/// <list type="bullet">
/// <item>An order's hash is a string of 64 hex digits in either case, with or without 0x, under order_hash, hash, order,
/// order_id, id and the like, in an array under one of these, or as a property's name; for errors also the only one that the
/// message's texts quote.</item>
/// <item><see cref="ReplyKind.Confirmed"/> needs a reason for it: the order's state or the event is "canceled"; or, weaker, the
/// operation is a cancel and it succeeded. Nothing else in the message may speak against it, by names and values known or
/// by their fragments; what no table knows speaks against the weaker reason.</item>
/// <item><see cref="ReplyKind.Acknowledged"/>: the cancel is received, queued or under way.</item>
/// <item><see cref="ReplyKind.Gone"/>: an error with a phrase such as "order not found" or "already filled".</item>
/// <item><see cref="ReplyKind.Throttled"/> and <see cref="ReplyKind.Busy"/>: an error that may pass; they come before the final
/// ones when an error says both.</item>
/// <item><see cref="ReplyKind.Rejected"/>: any other error with the hash, unless the message is about another operation than
/// a cancel. An error that several orders share belongs to none of them: it decides none unless it may pass.</item>
/// </list>
/// A message may hold several JSON texts, one after the other. A short plain text may say of the one order that it quotes that it
/// is gone, or that an error may pass, and no more. What else is no JSON objects or arrays, is no UTF-8, begins with a byte-order
/// mark or nests more than 32 deep is <see cref="ReplySignal.Unrecognized"/> as a whole. It is read once, in time
/// linear in its length. Only broken JSON allocates (the reader's exception, caught here). Stateless; thread-safe.
/// </summary>
public sealed class ReplyClassifier : IReplyClassifier
{
    private const int MaxNesting = 32;

    // What fits on the stack: a common reply has one hash, in one or two containers.
    private const int CommonNodes = 8;
    private const int CommonEntries = 4;

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);

        // Heartbeats and other plain texts are no reason to raise and catch an exception.
        var start = BeginningOfText(message);
        if (start >= 0 && Utf8.IsValid(message))
        {
            return ClassifyJson(message, start, sink);
        }

        var count = start < 0 && message.Length is >= OrderHash.TextLength and <= ReplyText.Capacity ? TellPlain(message, sink) : 0;
        return new ReplySummary { Count = count, Signal = count > 0 ? ReplySignal.None : ReplySignal.Unrecognized };
    }

    /// <summary>
    /// Where the first JSON text begins; negative when the message is no JSON object or array. White space goes before it, and
    /// the digits that socket.io puts before an array.
    /// </summary>
    internal static int BeginningOfText(ReadOnlySpan<byte> message)
    {
        var start = message.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0 || message[start] == '{')
        {
            return start;
        }

        while (start < message.Length && char.IsAsciiDigit((char)message[start]))
        {
            start++;
        }

        return start < message.Length && message[start] == '[' ? start : -1;
    }

    // "429 Too Many Requests: cancel of 0x… was dropped": a plain text is no confirmation, whatever it says.
    [SkipLocalsInit]
    private static int TellPlain(ReadOnlySpan<byte> message, IReplySink sink)
    {
        var ledger = new ReplyLedger(stackalloc ReplyNode[1], stackalloc ReplyEntry[1], sink);
        ReplyWalk.NoteQuoted(message, ref ledger);
        if (ledger.Quoted is not { } quoted || !Utf8.IsValid(message))
        {
            return 0;
        }

        var whole = new ReplyFacts { Marks = ReplyValues.ReadPlain(message) };
        return ReplyResolution.TellQuoted(quoted, in whole, offset: 0, sink);
    }

    [SkipLocalsInit]
    private static ReplySummary ClassifyJson(ReadOnlySpan<byte> message, int start, IReplySink sink)
    {
        var ledger = new ReplyLedger(stackalloc ReplyNode[CommonNodes], stackalloc ReplyEntry[CommonEntries], sink);
        try
        {
            if (!TryWalk(message[start..], ref ledger, out var whole))
            {
                return new ReplySummary { Signal = ReplySignal.Unrecognized };
            }

            var count = ledger.EntryCount > 0 ? ReplyResolution.Tell(ref ledger, start, sink)
                : ledger.Quoted is { } quoted ? ReplyResolution.TellQuoted(quoted, in whole, start, sink)
                : 0;
            var signal = count > 0 ? ReplySignal.None : ReplyVerdict.Signal(in whole);
            return new ReplySummary
            {
                Count = count,
                Signal = signal,
                RetryAfter = signal is ReplySignal.Throttled or ReplySignal.Busy && whole.RetryAfterTicks >= 0
                    ? TimeSpan.FromTicks(whole.RetryAfterTicks) : null,
            };
        }
        finally
        {
            ledger.Dispose();
        }
    }

    // Of a message that is broken anywhere nothing is known, and the user's handler gets to see it.
    private static bool TryWalk(ReadOnlySpan<byte> texts, ref ReplyLedger ledger, out ReplyFacts whole)
    {
        whole = new ReplyFacts();
        try
        {
            var reader = new Utf8JsonReader(texts, new JsonReaderOptions { MaxDepth = MaxNesting, AllowMultipleValues = true });
            while (reader.Read())
            {
                if (!ReplyWalk.IsContainer(reader.TokenType))
                {
                    return false;
                }

                var text = ReplyWalk.Walk(ref reader, parent: -1, ReplyContext.Root, ref ledger);
                if (ledger.IsStoppedAtPart())
                {
                    return false;
                }

                whole.AddText(in text, in ledger);
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
