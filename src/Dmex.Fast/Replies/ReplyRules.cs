using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Dmex.Fast.Replies;

namespace Dmex.Fast;

/// <summary>
/// A classifier that tries an operator's rules first and then the built-in tables (<see cref="ReplyClassifier"/>). A rule is
/// the form of a whole message and what it means; docs/replies.md, "Rules of your own", has the format. Because a rule names
/// every member that a message may have, a message with anything more is none of its: the tables decide it.
/// Immutable; thread-safe; allocates nothing per message unless the message is broken.
/// </summary>
public sealed class ReplyRules : IReplyClassifier
{
    private const int MaxNesting = 32;
    private const int MaxTexts = 16;

    private readonly ReplyRule[] _rules;
    private readonly ReplyClassifier _table = new();

    private ReplyRules(ReplyRule[] rules) => _rules = rules;

    /// <summary>How many rules were read.</summary>
    public int Count => _rules.Length;

    /// <summary>Reads rules from a file.</summary>
    /// <param name="path">A JSON file in UTF-8.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ReplyRulesException">A rule is wrong, or the file is no rules file; the message says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ReplyRules Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Load(file, path);
    }

    /// <summary>Reads rules from a stream.</summary>
    /// <param name="utf8Json">JSON in UTF-8, read to its end; stays open.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ReplyRulesException">A rule is wrong, or the stream holds no rules; the message says where and why.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static ReplyRules Load(Stream utf8Json, string source = "reply rules")
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        ArgumentNullException.ThrowIfNull(source);
        return new ReplyRules(ReplyRulesFile.Read(utf8Json, source));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="sink"/> is null.</exception>
    [SkipLocalsInit]
    public ReplySummary Classify(ReadOnlySpan<byte> message, IReplySink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var start = ReplyClassifier.BeginningOfText(message);
        Span<Reply> replies = stackalloc Reply[MaxTexts];
        if (start < 0 || !Utf8.IsValid(message) || !TryMatch(message[start..], start, replies, out var count, out var summary))
        {
            return _table.Classify(message, sink);
        }

        return count == 0 ? summary : new ReplySummary { Count = Tell(replies[..count], sink) };
    }

    // Every text of the message must be of a rule's form: the tables look at a message as a whole.
    private bool TryMatch(ReadOnlySpan<byte> texts, int offset, Span<Reply> replies, out int count, out ReplySummary summary)
    {
        count = 0;
        summary = default;
        try
        {
            var reader = new Utf8JsonReader(texts, new JsonReaderOptions { MaxDepth = MaxNesting, AllowMultipleValues = true });
            for (var number = 0; reader.Read(); number++)
            {
                var capture = default(ReplyCapture);
                if (number == MaxTexts || Find(ref reader, ref capture) is not { } rule)
                {
                    return false;
                }

                if (rule is { HasOrder: true, Kind: not ReplyKind.None })
                {
                    replies[count++] = Reply(rule, in capture, offset);
                }
                else
                {
                    var signal = rule.Kind switch
                    {
                        ReplyKind.Throttled => ReplySignal.Throttled,
                        ReplyKind.Busy => ReplySignal.Busy,
                        ReplyKind.Rejected => ReplySignal.ErrorWithoutHash,
                        _ => summary.Signal,
                    };
                    summary = new ReplySummary { Signal = signal, RetryAfter = capture.RetryAfter ?? summary.RetryAfter };
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or an escape that is no character: the tables decide what that is.
            return false;
        }
    }

    private ReplyRule? Find(ref Utf8JsonReader reader, ref ReplyCapture capture)
    {
        foreach (var rule in _rules)
        {
            var attempt = reader;
            capture = default;
            if (rule.Template.Matches(ref attempt, ref capture))
            {
                reader = attempt;
                return rule;
            }
        }

        return null;
    }

    private static Reply Reply(ReplyRule rule, in ReplyCapture capture, int offset) => new()
    {
        Hash = capture.Hash,
        Kind = rule.Kind,
        Gone = rule.Gone,
        ReasonOffset = capture.ReasonLength > 0 ? capture.ReasonOffset + offset : 0,
        ReasonLength = capture.ReasonLength,
        RetryAfter = capture.RetryAfter,
    };

    // What the texts of one message say of one order must agree; the first is told.
    private static int Tell(ReadOnlySpan<Reply> replies, IReplySink sink)
    {
        var told = 0;
        for (var i = 0; i < replies.Length; i++)
        {
            var isTold = true;
            for (var other = 0; other < replies.Length; other++)
            {
                var isSame = other != i && replies[other].Hash == replies[i].Hash;
                isTold &= !isSame || (replies[other].Kind == replies[i].Kind && other > i);
            }

            if (isTold)
            {
                told++;
                if (!sink.OnReply(in replies[i]))
                {
                    break;
                }
            }
        }

        return told;
    }
}
