using System.Text.Json;
using Dmex.Fast.Signing;

namespace Dmex.Fast.Replies;

/// <summary>
/// The second walk: goes down to every hash with the facts of all objects around it, and writes a verdict where there is one.
/// </summary>
internal ref struct ReplyScan
{
    private readonly Span<Reply> _replies;
    private int _toSkip;

    public ReplyScan(Span<Reply> replies, int skip)
    {
        _replies = replies;
        _toSkip = skip;
    }

    /// <summary>How many verdicts were written.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there was any verdict, written or skipped.</summary>
    public bool HasVerdict { get; private set; }

    /// <summary>Whether there was no room for a verdict.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Visits an object or an array and leaves the reader on its end.</summary>
    /// <param name="reader">Stands on the beginning of a value that the first walk has found to be sound.</param>
    /// <param name="enclosing">The facts of the objects around.</param>
    /// <param name="field">What the property that holds it is read as.</param>
    /// <param name="inError">Whether it is an error, or inside one.</param>
    public void Visit(ref Utf8JsonReader reader, in ReplyFacts enclosing, ReplyField field, bool inError)
    {
        var ahead = reader;
        var own = ReplySurvey.Walk(ref ahead, field, inError);
        if (!own.HasHash || IsTruncated)
        {
            reader = ahead;
            return;
        }

        Visit(ref reader, in own, in enclosing, field, inError);
    }

    /// <summary>The same, for a value whose facts are known already.</summary>
    public void Visit(ref Utf8JsonReader reader, in ReplyFacts own, in ReplyFacts enclosing, ReplyField field, bool inError)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            VisitObject(ref reader, own.Shared().Within(in enclosing), inError);
        }
        else
        {
            VisitArray(ref reader, in enclosing, field, inError);
        }
    }

    private void VisitObject(ref Utf8JsonReader reader, in ReplyFacts facts, bool inError)
    {
        var inner = facts;
        inner.Marks &= ~ReplyMarks.KinDoubt;
        var unclaimed = inner;
        unclaimed.Marks &= ~(ReplyMarks.Settled | ReplyMarks.Affirmed);
        ulong seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = ReplyNames.Find(in reader, ref seen, out _);
            _ = reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray && field == ReplyField.Hash)
            {
                VisitArray(ref reader, in facts, field, inError);
            }
            else if (ReplySurvey.IsContainer(reader.TokenType))
            {
                Visit(ref reader, field == ReplyField.Other ? unclaimed : inner, field, inError || field == ReplyField.Error);
            }
            else
            {
                Judge(in reader, field, in facts);
            }
        }
    }

    // Hashes in an array under a hash's name belong to the object that holds the array; objects in it stand for themselves.
    private void VisitArray(ref Utf8JsonReader reader, in ReplyFacts facts, ReplyField field, bool inError)
    {
        var inner = facts;
        inner.Marks &= ~ReplyMarks.KinDoubt;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReplySurvey.IsContainer(reader.TokenType))
            {
                Visit(ref reader, in inner, field, inError);
            }
            else
            {
                Judge(in reader, field, in facts);
            }
        }
    }

    private void Judge(in Utf8JsonReader reader, ReplyField field, in ReplyFacts facts)
    {
        if (field != ReplyField.Hash || !ReplySurvey.TryReadHash(in reader, out var hash))
        {
            return;
        }

        var kind = ReplyVerdict.Decide(in facts);
        if (kind == ReplyKind.None)
        {
            return;
        }

        HasVerdict = true;
        if (_toSkip > 0)
        {
            _toSkip--;
        }
        else if (Count == _replies.Length)
        {
            IsTruncated = true;
        }
        else
        {
            var hasReason = kind != ReplyKind.Confirmed;
            _replies[Count++] = new Reply
            {
                Hash = hash,
                Kind = kind,
                Gone = kind == ReplyKind.Gone ? ReplyVerdict.Reason(in facts) : GoneReason.None,
                ReasonOffset = hasReason ? facts.ReasonOffset : 0,
                ReasonLength = hasReason ? facts.ReasonLength : 0,
                RetryAfter = kind is ReplyKind.Throttled or ReplyKind.Busy ? facts.RetryAfter : null,
            };
        }
    }
}
